"""The long proofs of scripts/soak, by seed. usage: soak.py BUILD_DIR [--seed S] [--kills N] [--sign-ins N] [--libraries N] [--changes N]
               [--disk-faults N]

kills       sync is killed (SIGKILL) at a random moment, sometimes twice, then run to its end: the same tree as an undisturbed
            run, no partial file visible at any time, at most the files on the wire or on their way to the disk fetched twice
sign-ins    auth with a fresh state dir, at times with wrong codes first: always ends signed in (and no attempt is wasted)
libraries   a generated library is changed at random between runs: every run ends complete, and what is visible in iCloud is on the
            volume, byte for byte
changes     a generated library changes while and between runs that faults, kills and other selections disturb: whatever came in
            between, a run to the end leaves the volume as the model of soak_changes.py says
disk-faults sync meets a disk that is full, over its quota or broken at its Nth write, flush, rename or new name, for every N, on the
            photos dir and in the ledger: it ends as the contract says, what is visible is whole, and the next run completes. One
            round is one N with one kind of error; by seed, so that a count as large as what it says there is covers all.

A failure prints the seed of its round: run that alone with --seed SEED and a count of 1."""

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from practice import IMMICH_PATH, MEDIA, Client, Practice, at_terminal, end_on_signals, find_binaries  # noqa: E402
from soak_changes import Changes  # noqa: E402
from soak_common import JOBS, UNSETTLED, Broken, demand, downloads, media, tree  # noqa: E402
from soak_disk import DiskFaults  # noqa: E402


class Kills:
    """One practice cloud and one sign-in for all rounds; each round begins with a copy of the signed-in state."""

    def __init__(self, programs, folder, stack):
        self.folder = folder
        binary, practice = programs
        self.practice = stack.enter_context(Practice(practice, folder / "practice", "--library", MEDIA / "library.json",
                                                     "--generated", 150, "--size", 40_000))
        self.client = Client(binary, folder / "client", self.practice, folder / "photos")
        code, text = self.client.sign_in()
        demand(code == 0, f"auth ended in {code}: {text[-500:]}")
        self.fresh = folder / "fresh-state"
        shutil.copytree(self.client.state_dir, self.fresh)
        self.practice.post("/network", {"latency_ms": 10})
        self.reset()
        started = time.monotonic()
        code, document, _, _ = self.client.run_json("sync")
        self.seconds = time.monotonic() - started
        demand(code == 0, f"the undisturbed sync ended in {code}: {json.dumps(document)[:800]}")
        self.wanted = tree(self.client.photos_dir)
        self.cost = downloads(self.practice)
        self.known = {file["sha1"] for file in self.practice.get("/state")["files"]}

    def reset(self):
        for folder in (self.client.photos_dir, self.client.state_dir):
            shutil.rmtree(folder, ignore_errors=True)
        self.client.photos_dir.mkdir()
        shutil.copytree(self.fresh, self.client.state_dir)
        self.practice.post("/requests/reset")

    def round(self, draw):
        self.reset()
        kills = 0
        for _ in range(draw.choice((1, 1, 1, 2))):
            process = subprocess.Popen(self.client.command("sync"), env=self.client.environment, stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(draw.uniform(0.0, self.seconds))
            except subprocess.TimeoutExpired:
                kills += 1
            process.send_signal(signal.SIGKILL)
            process.wait()
            for path, digest in media(tree(self.client.photos_dir)).items():
                demand(digest in self.known, f"after the kill {path} is visible and no whole file of iCloud's")
        code, document, _, _ = self.client.run_json("sync")
        demand(code == 0, f"the run after the kill ended in {code}: {json.dumps(document)[:800]}")
        have = tree(self.client.photos_dir)
        different = sorted(set(have.items()) ^ set(self.wanted.items()))
        demand(not different, f"another end state than without the kill: {different[:2]}")
        twice = downloads(self.practice) - self.cost
        demand(twice <= (JOBS + UNSETTLED) * kills, f"{twice} files fetched twice after {kills} kills")


class SignIns:
    def __init__(self, programs, folder, stack):
        self.practice = stack.enter_context(Practice(programs[1], folder / "practice"))
        self.client = Client(programs[0], folder / "client", self.practice)

    def round(self, draw):
        shutil.rmtree(self.client.state_dir, ignore_errors=True)
        # Apple sends an account only so many codes in some hours; the practice services' clock skips them.
        self.practice.post("/clock", {"advance_s": 9 * 3600})
        wrong = draw.choice((0, 0, 0, 1, 2))

        def code_of(attempt):
            right = self.practice.get("/code?wait_s=20")["code"]
            return f"{(int(right) + 1) % 1_000_000:06d}" if attempt < wrong else right

        answers = [(r"(?i)password[^\n]*: ?$", self.practice.at["password"])]
        answers += [(r"(?i)code[^\n]*: ?$", lambda attempt=attempt: code_of(attempt)) for attempt in range(wrong + 1)]
        code, text = at_terminal(self.client.command("auth"), self.client.environment, answers)
        demand(code == 0, f"auth ended in {code}: {text[-500:]}")
        code, _, _, _ = self.client.run_json("auth", "--check")
        demand(code == 0, f"auth --check ended in {code}")


class Libraries:
    def __init__(self, programs, folder, stack):
        self.programs, self.folder = programs, folder

    def round(self, draw):
        folder = self.folder / "round"
        shutil.rmtree(folder, ignore_errors=True)
        size = draw.choice((0, 1, 2, 99, 100, 101, 199, 200, 201, draw.randrange(10, 600)))
        options = ["--generated", size, "--size", draw.randrange(1, 5000), "--live-every", draw.choice((0, 3, 7))] if size else []
        if draw.random() < 0.3 or not size:
            options += ["--library", MEDIA / "library.json"]
        with Practice(self.programs[1], folder / "practice", *options, "--photos-dir", folder / "photos", "--immich-path",
                      IMMICH_PATH) as practice:
            client = Client(self.programs[0], folder / "client", practice)
            code, text = client.sign_in()
            demand(code == 0, f"auth ended in {code}: {text[-500:]}")
            for _ in range(draw.randrange(1, 4)):
                code, document, _, _ = client.run_json("sync", "import", "verify")
                demand(code == 0, f"a run ended in {code}: {json.dumps(document)[-1500:]}")
                demand(document["commands"][-1]["verdict"] == "complete", "the verdict is not complete")
                have = set(media(tree(client.photos_dir)).values())
                state = practice.get("/state")["files"]
                missing = [f for f in state if not f["hidden"] and not f["deleted"] and f["sha1"] not in have]
                demand(not missing, f"not on the volume: {missing[:1]}")
                self.change(draw, practice, state)

    def change(self, draw, practice, state):
        assets = sorted({file["asset"] for file in state if not file["deleted"] and file["zone"] == "PrimarySync"})
        draw.shuffle(assets)
        for asset in assets[: draw.randrange(0, 12)]:
            op = draw.choice(("trash", "favorite", "hide", "unhide", "edit", "duplicate", "purge"))
            change = {"op": op, "asset": asset}
            if op == "edit":
                change["edited"] = {"size": draw.randrange(1, 9000), "seed": draw.randrange(1 << 30)}
            practice.post("/mutate", change)
        for _ in range(draw.randrange(0, 5)):
            practice.post("/mutate", {"op": "add", "filename": f"IMG_{draw.randrange(10000):04d}.JPG",
                                      "original": {"size": draw.randrange(1, 9000), "seed": draw.randrange(1 << 30)}})


PROOFS = {"kills": Kills, "sign_ins": SignIns, "libraries": Libraries, "changes": Changes, "disk_faults": DiskFaults}


def prove(name, count, seed, programs):
    broken = 0
    with contextlib.ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="icloud2immich-soak."))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        proof = PROOFS[name](programs, folder, stack)
        started = time.monotonic()
        for number in range(count):
            try:
                draw = random.Random(f"{name} {seed + number}")
                draw.number = seed + number
                proof.round(draw)
            except Broken as failure:
                broken += 1
                print(f"FAILED {name.replace('_', '-')} seed {seed + number}: {failure}", flush=True)
            if sys.stdout.isatty() and number % 10 == 9:
                print(f"  {number + 1} of {count}", flush=True)
        print(f"{name.replace('_', '-')}: {count} rounds from seed {seed} in {time.monotonic() - started:.0f} s, {broken} broken", flush=True)
    return broken


def main():
    options = argparse.ArgumentParser()
    options.add_argument("build_dir", type=Path)
    options.add_argument("--seed", type=int, default=1)
    for name in PROOFS:
        options.add_argument("--" + name.replace("_", "-"), type=int, default=0)
    options = options.parse_args()
    os.environ.pop("DISPLAY", None)
    end_on_signals()
    programs = [path.resolve() for path in find_binaries(options.build_dir)]
    broken = sum(prove(name, count, options.seed, programs) for name in PROOFS if (count := getattr(options, name)) > 0)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
