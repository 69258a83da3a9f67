"""What the end-to-end cases share. A case is a program: usage: CASE BUILD_DIR; it ends in 0 when every claim held."""

import contextlib
import hashlib
import json
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts" / "lib"))
from practice import IMMICH_PATH, MEDIA, Client, Practice, at_terminal, end_on_signals, find_binaries  # noqa: E402,F401


class Checks:
    def __init__(self):
        self.failed = 0

    def that(self, holds, what, seen=None):
        if not holds:
            self.failed += 1
            print(f"FAILED: {what}" + ("" if seen is None else f"\n  seen: {str(seen)[:1500]}"), flush=True)
        return bool(holds)

    def equal(self, have, want, what):
        return self.that(have == want, what, f"{have!r}, expected {want!r}")


def tree(folder):
    """{relative path: SHA-1} of what is visible (outside the dot folder)."""
    folder = Path(folder)
    return {str(p.relative_to(folder)): hashlib.sha1(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*"))
            if p.is_file() and p.relative_to(folder).parts[0] != ".icloud2immich"}


def visible_contents(practice):
    """SHA-1s of every file of assets that are neither hidden nor in Recently Deleted: what a plain sync wants."""
    return {f["sha1"] for f in practice.get("/state")["files"] if not f["hidden"] and not f["deleted"]}


@contextlib.contextmanager
def signed_in(build_dir, *options, name="case"):
    """(practice, client, folder): both services up, the volume mounted into the practice Immich, the account signed in."""
    binary, cloud = find_binaries(build_dir)
    with tempfile.TemporaryDirectory(prefix=f"icloud2immich-{name}.") as text:
        folder = Path(text)
        with Practice(cloud, folder / "practice", "--photos-dir", folder / "photos", "--immich-path", IMMICH_PATH,
                      *options) as practice:
            (folder / "photos").mkdir(exist_ok=True)
            client = Client(binary, folder / "client", practice)
            code, said = client.sign_in()
            if code != 0:
                raise SystemExit(f"auth ended in {code}: {said[-1000:]}")
            yield practice, client, folder


def run(client, *words):
    """(exit code, {command: its result}, document)"""
    code, document, _, _ = client.run_json(*words)
    return code, {command["command"]: command for command in document["commands"]}, document


def main(case):
    end_on_signals()
    checks = Checks()
    case(Path(sys.argv[1]).resolve(), checks)
    if checks.failed:
        print(f"{checks.failed} claims failed")
    sys.exit(1 if checks.failed else 0)


def brief(document):
    return json.dumps(document)[:1500]
