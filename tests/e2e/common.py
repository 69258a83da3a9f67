"""What the end-to-end cases share. A case is a program: usage: CASE BUILD_DIR; it ends in 0 when every claim held."""

import contextlib
import hashlib
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts" / "lib"))
from practice import IMMICH_PATH, MEDIA, Client, Practice, at_terminal, end_on_signals, find_binaries, preload  # noqa: E402,F401

SKIPPED = 77  # what ctest takes for "skipped"


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


def tree(folder, sidecars=False):
    """{relative path: SHA-1} of what is visible (outside the dot folder): the media, or their sidecars."""
    folder = Path(folder)
    return {str(p.relative_to(folder)): hashlib.sha1(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*"))
            if p.is_file() and p.relative_to(folder).parts[0] != ".icloud2immich" and (p.suffix == ".xmp") == sidecars}


def visible_contents(practice):
    """SHA-1s of every file of assets that are neither hidden nor in Recently Deleted: what a plain sync wants."""
    return {f["sha1"] for f in practice.get("/state")["files"] if not f["hidden"] and not f["deleted"]}


@contextlib.contextmanager
def place(build_dir, *options, name="case"):
    """(practice, client, folder): both services up, the volume mounted into the practice Immich; nobody is signed in."""
    binary, cloud = find_binaries(build_dir)
    with tempfile.TemporaryDirectory(prefix=f"icloud2immich-{name}.") as text:
        folder = Path(text)
        with Practice(cloud, folder / "practice", "--photos-dir", folder / "photos", "--immich-path", IMMICH_PATH,
                      *options) as practice:
            (folder / "photos").mkdir(exist_ok=True)
            yield practice, Client(binary, folder / "client", practice), folder


@contextlib.contextmanager
def signed_in(build_dir, *options, name="case"):
    """(practice, client, folder): both services up, the volume mounted into the practice Immich, the account signed in."""
    with place(build_dir, *options, name=name) as (practice, client, folder):
        code, _, said = auth(client)
        if code != 0:
            raise SystemExit(f"auth ended in {code}: {said[-1000:]}")
        yield practice, client, folder


def codes_sent(practice):
    counters = practice.get("/counters")["sign_in"]
    return counters["pushes"] + counters["texts"] + counters["calls"]


def auth(client, *words, password=None, wait="20s"):
    """auth without a terminal: the password from a file, the code into another one as soon as the device shows a new one.
    Returns (exit code, its result, what it said)."""
    practice = client.practice
    code_file, password_file = client.folder / "code", client.folder / "password"
    code_file.unlink(missing_ok=True)
    password_file.touch(0o600)
    password_file.write_text((password or practice.at["password"]) + "\n")
    sent = codes_sent(practice)
    command = client.command("--json", "auth", "--password-file", str(password_file), "--code-file", str(code_file),
                             "--wait", wait, *words)
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, env=client.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said)
        while process.poll() is None and codes_sent(practice) == sent:
            time.sleep(0.02)
        if process.poll() is None:
            whole = code_file.with_suffix(".new")
            whole.write_text(practice.get("/code?wait_s=5")["code"] + "\n")
            whole.rename(code_file)
        document = json.loads(process.stdout.read())
        process.stdout.close()
        process.wait()
        said.seek(0)
        return process.returncode, document["commands"][0], said.read()


def each(rows, open_place, do, workers=3):
    """do(place, row) for every row, several at a time; each worker has a place (a context manager) of its own. Most of a faulty run
    is waiting between tries."""
    waiting, errors = queue.SimpleQueue(), []
    for row in rows:
        waiting.put(row)

    def work():
        try:
            with open_place() as here:
                while not errors:
                    do(here, waiting.get_nowait())
        except queue.Empty:
            pass
        except BaseException as error:  # told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def run(client, *words):
    """(exit code, {command: its result}, document)"""
    code, document, _, _ = client.run_json(*words)
    return code, {command["command"]: command for command in document["commands"]}, document


def time_comes(client):
    """The time is over before which a refusal keeps later runs from asking (docs/decisions/0007-holds.md)."""
    for path in client.state_dir.rglob("holds.json"):
        holds = json.loads(path.read_text())
        for hold in holds.values():
            if isinstance(hold, dict) and "until" in hold:
                hold["until"] = int(time.time() * 1000) - 1
        path.write_text(json.dumps(holds))


def error_of(document):
    """The first error of a run: of the command, or of one of its libraries; {} where it has none."""
    for command in document["commands"]:
        for holder in (command, *command.get("libraries", [])) if isinstance(command.get("libraries"), list) else (command,):
            if holder.get("error"):
                return holder["error"]
    return {}


def skip(why):
    print(f"skipped: {why}")
    sys.exit(SKIPPED)


def main(case):
    end_on_signals()
    checks = Checks()
    case(Path(sys.argv[1]).resolve(), checks)
    if checks.failed:
        print(f"{checks.failed} claims failed")
    sys.exit(1 if checks.failed else 0)


def brief(document):
    return json.dumps(document)[:1500]
