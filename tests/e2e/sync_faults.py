"""What the cases share that break a sync."""

import contextlib
import shutil

from common import MEDIA, brief, each, error_of, run, signed_in, time_comes, tree, visible_contents
from fault_cases import faults_of


class Start:
    """What a run starts from: the state dir and the photos dir, kept aside and put back before each case. Ledger and volume go back in
    time, the session does not: Apple rotates its cookies."""

    def __init__(self, client, folder):
        self.client, self.photos = client, folder / "photos"
        self.kept_state, self.kept_photos = folder / "kept-state", folder / "kept-photos"
        shutil.copytree(client.state_dir, self.kept_state)
        shutil.copytree(self.photos, self.kept_photos)

    def put_back(self):
        session = {path.relative_to(self.client.state_dir): path.read_bytes() for path in self.client.state_dir.rglob("session.json")}
        for place, kept in ((self.client.state_dir, self.kept_state), (self.photos, self.kept_photos)):
            shutil.rmtree(place)
            shutil.copytree(kept, place)
        for path, text in session.items():
            (self.client.state_dir / path).write_bytes(text)


def one_sync(checks, practice, client, folder, row):
    """A sync with the row's fault, then one without."""
    what, _, right, *told = row
    photos, wanted = folder / "photos", visible_contents(practice)
    before = tree(photos)
    practice.post("/faults", {"faults": faults_of(row)})
    code, did, document = run(client, "sync")
    struck = practice.get("/counters")["faults_struck"]
    practice.post("/faults", {"faults": []})
    checks.that(struck > 0, f"{what}: the fault was met")
    checks.that(code in right, f"{what}: sync ends in one of {sorted(right)}", f"{code}: {brief(document)}")
    error, result = error_of(document), did.get("sync", {})
    checks.that(code == 0 or (error.get("message") and error.get("remedy")) or (code == 4 and result.get("failures")),
                f"{what}: a sentence and a remedy, or the files that are left", brief(document))
    checks.that(before.items() <= tree(photos).items(), f"{what}: no file that was there is changed or gone")
    checks.that(set(tree(photos).values()) - set(before.values()) <= wanted, f"{what}: nothing wrong is visible on the volume")
    if code == 0:
        checks.that(wanted <= set(tree(photos).values()) or result["files"]["unavailable"] > 0 or result["notes"],
                    f"{what}: a run that ends in 0 has everything, or says what not", brief(document))
    time_comes(client)
    code, _, document = run(client, "sync", *told, "verify", "--against", "icloud,volume")
    checks.equal(code, 0, f"{what}: the next clean run completes: {brief(document)}")
    checks.that(wanted <= set(tree(photos).values()), f"{what}: and everything is there")
    checks.that(before.items() <= tree(photos).items(), f"{what}: still nothing is changed or gone")


def first_sync_cases(build_dir, checks, rows):
    @contextlib.contextmanager
    def open_place():
        with signed_in(build_dir, "--library", MEDIA / "library.json", name="faults") as (practice, client, folder):
            yield practice, client, folder, Start(client, folder)

    def one(here, row):
        practice, client, folder, start = here
        start.put_back()
        one_sync(checks, practice, client, folder, row)

    each(rows, open_place, one)


def changed_library_cases(build_dir, checks, rows):
    @contextlib.contextmanager
    def open_place():
        with signed_in(build_dir, "--library", MEDIA / "library.json", name="changes") as (practice, client, folder):
            code, _, document = run(client, "sync")
            checks.equal(code, 0, f"the first sync ends in 0: {brief(document)}")
            start = Start(client, folder)
            for number in range(3):
                practice.post("/mutate", {"op": "add", "filename": f"IMG_990{number}.JPG", "original": {"size": 4000, "seed": number}})
            victim = practice.get("/state")["files"][0]["asset"]
            practice.post("/mutate", {"op": "favorite", "asset": victim, "value": True})
            yield practice, client, folder, start

    def one(here, row):
        practice, client, folder, start = here
        start.put_back()
        one_sync(checks, practice, client, folder, row)

    each(rows, open_place, one)
