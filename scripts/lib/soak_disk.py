"""A disk that fails at its Nth call, for every N (tests/shim/disk_faults.cpp)."""

import errno
import json
import random
import shutil
import sys

from practice import Client, Practice, preload
from soak_common import demand, media, tree


class DiskFaults:
    ERRORS = [(errno.ENOSPC, True), (errno.ENOSPC, False), (errno.EDQUOT, True), (errno.EIO, False), (errno.EIO, True), (errno.EROFS, True)]

    def __init__(self, programs, folder, stack):
        self.shim = programs[0].parent / "disk-faults.so"
        if not self.shim.exists():
            sys.exit(f"{self.shim} is not built: cmake --build {programs[0].parent} --target disk-faults")
        self.practice = stack.enter_context(Practice(programs[1], folder / "practice", "--generated", 12, "--size", 150_000,
                                                     "--live-every", 4, "--photos-dir", folder / "photos"))
        self.client = Client(programs[0], folder / "client", self.practice, folder / "photos")
        code, text = self.client.sign_in()
        demand(code == 0, f"auth ended in {code}: {text[-500:]}")
        self.fresh = folder / "fresh-state"
        shutil.copytree(self.client.state_dir, self.fresh)
        self.known = {file["sha1"] for file in self.practice.get("/state")["files"]}
        # An error at each call of a first run, and at each of a run that only has to go on.
        places = {"photos": str(self.client.photos_dir) + "/", "ledger": str(next(self.fresh.iterdir())).replace(
            str(self.fresh), str(self.client.state_dir)) + "/ledger.sqlite"}
        self.points = []
        for place in places.values():
            self.reset()
            counted = folder / "count"
            code, document = self.run(DISK_FAULTS_BELOW=place, DISK_FAULTS_COUNT=counted)
            demand(code == 0, f"a run that is only counted ended in {code}: {json.dumps(document)[:800]}")
            calls = int(counted.read_text())
            demand(calls > 20, f"only {calls} calls seen below {place}")
            self.points += [(place, nth, error, for_good) for nth in range(1, calls + 1) for error, for_good in self.ERRORS]
        random.Random("disk faults").shuffle(self.points)
        print(f"disk-faults: there are {len(self.points)}", flush=True)

    def reset(self):
        for folder in (self.client.photos_dir, self.client.state_dir):
            shutil.rmtree(folder, ignore_errors=True)
        self.client.photos_dir.mkdir()
        shutil.copytree(self.fresh, self.client.state_dir)

    def run(self, **settings):
        kept = self.client.environment
        self.client.environment = {**kept, **{key: str(value) for key, value in settings.items()}, "LD_PRELOAD": preload(self.client.binary, self.shim)}
        try:
            return self.client.run_json("sync")[:2]
        finally:
            self.client.environment = kept

    def whole(self, when):
        visible = media(tree(self.client.photos_dir))
        for path, digest in visible.items():
            demand(digest in self.known, f"{when} {path} is visible and no whole file of iCloud's")
        return visible

    def round(self, draw):
        place, nth, error, for_good = self.points[draw.number % len(self.points)]
        what = f"{errno.errorcode[error]} at call {nth}{' and later' if for_good else ''} below {place.rsplit('/', 2)[-2:]}"
        self.reset()
        code, document = self.run(DISK_FAULTS_BELOW=place, DISK_FAULTS_NTH=nth, DISK_FAULTS_ERRNO=error,
                                  DISK_FAULTS_FOR_GOOD="1" if for_good else "")
        demand(code in (0, 4, 9), f"{what}: the run ended in {code}: {json.dumps(document)[:800]}")
        placed = self.whole(f"{what}: after the fault")
        code, document, _, _ = self.client.run_json("sync", "verify", "--against", "icloud,volume")
        demand(code == 0, f"{what}: the next run ended in {code}: {json.dumps(document)[:1200]}")
        have = self.whole(f"{what}: after the next run")
        demand(placed.items() <= have.items(), f"{what}: what was placed did not stay")
        demand(set(have.values()) == self.known, f"{what}: {len(self.known - set(have.values()))} files are missing")
