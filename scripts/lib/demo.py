"""The journey of scripts/demo, told step by step. usage: demo.py BUILD_DIR [--keep DIR]"""

import argparse
import contextlib
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from practice import IMMICH_PATH, MEDIA, Client, Practice, end_on_signals, find_binaries  # noqa: E402

COLOUR = sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def caption(number, title, text):
    print("\n" + paint("1;36", f"── {number}. {title} ") + paint("36", "─" * max(0, 70 - len(title))))
    print(text.strip() + "\n", flush=True)


def echo_command(client, *words):
    print(paint("1;32", "$ ") + paint("1", "icloud2immich --config practice.toml " + " ".join(words)), flush=True)


def show(piece):
    sys.stdout.write(piece)
    sys.stdout.flush()


class Failed(Exception):
    pass


def run(client, *words, wanted=0):
    """One invocation with its text on our output; its JSON results by command."""
    echo_command(client, *words)
    code, document, seconds, _ = client.run_json(*words, echo=sys.stdout.fileno())
    print(paint("2", f"(exit code {code}, {seconds:.1f} s)"), flush=True)
    if code != wanted:
        raise Failed(f"'icloud2immich {' '.join(words)}' ended in {code}, not in {wanted}")
    return {result["command"]: result for result in document["commands"]}


def demand(what, holds):
    if not holds:
        raise Failed(what)


def journey(client, practice):
    """sync, import and verify in one go, with what the services counted meanwhile. (results, counts)"""
    practice.post("/requests/reset")
    results = run(client, "sync", "import", "verify")
    seen = practice.get("/requests?entries=0")
    demand(f"the practice services saw what must never happen: {seen['violations']}", not seen["violations"])
    counts = seen["counts"]
    print(paint("1", "What it cost: ") + f"{counts['catalogue']} catalogue requests, {counts['download']} downloads "
          f"({seen['bytes']['download']:,} bytes), {counts['immich_read']} questions to Immich, {counts['immich_write']} changes sent to it.")
    demand("the verdict is not 'complete'", results["verify"]["verdict"] == "complete")
    return results, counts


def later_changes():
    """tests/media/later.json as what a person does on the phone."""
    later = json.loads((MEDIA / "later.json").read_text())
    master, asset = later["new_photo"]["master"], later["new_photo"]["asset"]
    album = later["album"]
    return [
        {"op": "add", "zone": asset["zone"], "id": asset["id"], "filename": master["filename"],
         "original": master["files"]["original"], "date_ms": asset["date_ms"]},
        {"op": "edit", "asset": later["edit"]["asset"], "edited": later["edit"]["edited"]},
        {"op": "create_album", "zone": album["zone"], "id": album["id"], "name": album["name"]},
        *[{"op": "add_to_album", "asset": member, "album": album["id"]} for member in album["assets"]],
        {"op": "trash", "asset": later["delete"]["asset"]},
    ]


def tell(practice, client):
    state = "one iCloud account and one Immich, both on this machine"
    caption(1, "The practice services", f"""
No Apple ID is needed: this starts {state}.
The iCloud holds a small library of real photos and videos (tests/media): Live Photos, RAW pairs, edits, a burst,
a shared library, awkward names. The Immich sees the photos folder as {IMMICH_PATH}.
This is all the client is told; with a real account, 'endpoint' and 'ca-file' are left out:""")
    print(paint("2", client.config.read_text()))

    caption(2, "auth: sign in once, with a code from your phone", """
The password is proven without being sent (SRP); then Apple shows six digits on your devices. What is typed below is
typed by this script; it reads the code from the practice phone, as you would read yours.""")
    echo_command(client, "auth")
    code, _ = client.sign_in(show)
    demand(f"auth ended in {code}", code == 0)

    caption(3, "sync, import, verify: the first time", """
sync mirrors the catalogue and brings every file, checking Apple's own checksum on each; import makes the folder an
Immich library, scans it, carries over favourites and albums; verify compares iCloud, disk and Immich.""")
    first, _ = journey(client, practice)
    files = sorted(p for p in client.photos_dir.rglob("*") if p.is_file() and ".icloud2immich" not in p.parts)
    print(f"\nOn the volume now ({len(files)} files), among them:")
    for path in files[:: max(1, len(files) // 8)][:8]:
        print("  " + str(path.relative_to(client.photos_dir)).encode(errors="replace").decode(errors="replace"))

    caption(4, "The same again: nothing changed, so nothing is done", """
Every later run asks iCloud only for what is new since the last one.""")
    _, quiet = journey(client, practice)
    demand("a run without news fetched files", quiet["download"] == 0)
    demand("a run without news changed something in Immich", quiet["immich_write"] == 0)

    caption(5, "Life goes on: a new photo, an edit, a new album, a deletion", """
Made on the practice phone. The deleted photo leaves iCloud; the copy on your volume stays (nothing is ever unlinked).""")
    for change in later_changes():
        practice.post("/mutate", change)
    news, counts = journey(client, practice)
    demand("the new photo and the edit were not fetched, or more than they", counts["download"] == 2)

    caption(6, "Proof: one bit of one photo is flipped on the disk", """
Size and date stay as they were. verify reads every byte and compares with Apple's checksum.""")
    victim = next(p for p in files if p.suffix.upper() == ".JPG" and p.stat().st_size > 2000)
    times = victim.stat()
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    os.utime(victim, ns=(times.st_atime_ns, times.st_mtime_ns))
    found = run(client, "verify", wanted=5)
    demand("the flipped bit was not found", found["verify"]["volume"]["damaged"] == 1)
    print("\nThe damage is named. Now mend it: verify --repair queues the file, sync fetches it again.\n")
    run(client, "verify", "--repair", wanted=4)
    last = run(client, "sync", "import", "verify")
    demand("the verdict is not 'complete' after the repair", last["verify"]["verdict"] == "complete")
    return first, last, quiet


def close(first, last, quiet, seconds):
    wanted = first["sync"]["files"]
    print("\n" + paint("1;36", "── What you saw " + "─" * 62))
    print(f"""
  {first['verify']['icloud']['assets']} photos and videos left iCloud as {wanted['wanted']} distinct files, each proven by Apple's checksum,
  and stand in Immich with their albums and favourites. A run without news cost {quiet['catalogue']} catalogue requests, no download and
  no change to Immich; a flipped bit was found and mended. All of it in {seconds:.0f} seconds. Verdict: {paint('1;32', last['verify']['verdict'])}.

With your own account:

  cmake --preset release && cmake --build build/release
  build/release/icloud2immich auth --apple-id you@example.com
  build/release/icloud2immich --apple-id you@example.com --photos-dir /volume/photos sync \\
      import --immich-url http://immich:2283 --immich-api-key-file key --immich-path /external/photos verify

  --immich-path is how the Immich server sees /volume/photos. README.md tells the rest; try 'sync --recent 50' first.
""")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("build_dir")
    options.add_argument("--keep", metavar="DIR", help="play in this folder and leave it")
    options = options.parse_args()
    binary, practice_binary = find_binaries(options.build_dir)
    end_on_signals()
    started = time.monotonic()
    with contextlib.ExitStack() as stack:
        if options.keep:
            folder = Path(options.keep).resolve()
            folder.mkdir(parents=True, exist_ok=True)
        else:
            folder = Path(tempfile.mkdtemp(prefix="icloud2immich-demo."))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        practice = stack.enter_context(Practice(practice_binary, folder / "practice", "--library", MEDIA / "library.json",
                                                "--photos-dir", folder / "photos", "--immich-path", IMMICH_PATH))
        client = Client(binary, folder, practice)
        try:
            first, last, quiet = tell(practice, client)
        except Failed as failure:
            print("\n" + paint("1;31", f"The demonstration failed: {failure}."))
            return 1
        close(first, last, quiet, time.monotonic() - started)
    return 0


if __name__ == "__main__":
    sys.exit(main())
