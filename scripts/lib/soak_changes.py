"""A generated library under a sequence of changes, faults, kills and changing selections: whatever came in between, a run to the end
leaves the volume as the model says. The model is what iCloud published so far (the practice cloud's /state, read after each change)
and what the volume showed before."""

import hashlib
import json
import random
import shutil
import signal
import subprocess
import threading

from practice import Client, Practice
from soak_common import Broken, demand, downloads, tree

NAMES = ("IMG_{n:04d}.HEIC", "IMG_{n:04d}.JPG", "img_{n:04d}.jpg", "IMG_0001.PNG", "FullSizeRender.jpg", "a/b:c\\d.jpg", "..", ".hidden.jpg", "CON.jpg",
         "e\u0301te\u0301 {n}.JPG", "\u00e9t\u00e9 {n}.jpg", "\u202egpj.{n}", "x" * 300 + ".mov", " . ", "\u65e5\u672c\u8a9e.heic", "no extension", "IMG_1.HEIC.xmp",
         "IMG_{n:04d}-edited.JPG", "tab\tand\nline.jpg", "\U0001f468\u200d\U0001f469\u200d\U0001f467.jpeg")

# Faults that a run outlives or that end it with its work saved; each strikes a bounded number of times.
CONTENT = ("flip_bit", "truncate", "reset", "short_body", "html_body", "wrong_size", "swapped_body", "ignore_range", "without_length")
LISTING = ("empty_page", "split_pair", "only_assets", "repeated_item", "wrong_count", "indexing_running", "record_error",
           "lookup_missing", "lookup_no_url", "invalid_token", "zone_retry_later", "unknown_tombstones")


LOOKUP = "records/lookup"
# Below this, files of several seeds are the same bytes, and so one record at iCloud.
SMALLEST = 64


def times(folder):
    return {str(p.relative_to(folder)): p.stat().st_mtime_ns for p in folder.rglob("*") if p.relative_to(folder).parts[0] != ".icloud2immich"}


class World:
    """The practice cloud with one changing library, and what is known of it."""

    def __init__(self, practice, draw):
        self.practice, self.draw = practice, draw
        self.published = set()  # SHA-1s of all that was ever offered
        self.texts = {}         # asset -> the words a sidecar must hold
        self.albums = []
        self.look()

    def look(self):
        self.files = self.practice.get("/state")["files"]
        self.published |= {file["sha1"] for file in self.files}

    def assets(self, deleted=False):
        return sorted({file["asset"] for file in self.files if bool(file["deleted"]) == deleted})

    def wanted(self):
        return {file["sha1"] for file in self.files if not file["hidden"] and not file["deleted"]}

    def alive(self):
        """Contents that some asset outside Recently Deleted has."""
        return {file["sha1"] for file in self.files if not file["deleted"]}

    def file(self, largest=9000):
        # A small pool of seeds makes equal contents under several names.
        return {"size": self.draw.randrange(1, largest), "seed": self.draw.randrange(1 << 30)} if self.draw.random() < 0.8 else \
            {"size": 777, "seed": self.draw.randrange(6)}

    def change(self):
        draw, assets, gone = self.draw, self.assets(), self.assets(deleted=True)
        kind = draw.choice(("add", "add", "add", "edit", "edit", "revert", "trash", "trash", "restore", "purge", "hide", "unhide", "favorite",
                            "duplicate", "caption", "keywords", "date", "place", "album", "share"))
        if kind == "add":
            self.add()
        elif kind == "restore":
            if gone:
                self.mutate({"op": "restore", "asset": draw.choice(gone)})
        elif kind == "purge":
            if gone or assets:
                self.mutate({"op": "purge", "asset": draw.choice(gone or assets)})
        elif kind == "album":
            self.album(assets)
        elif assets:
            self.change_one(kind, draw.choice(assets))

    def add(self):
        draw = self.draw
        item = {"op": "add", "filename": draw.choice(NAMES).format(n=draw.randrange(30)), "original": self.file(),
                "date_ms": draw.choice((0, 1_400_000_000_000, -62_000_000_000_000, 86_000_000_000_000, draw.randrange(1_000_000_000_000, 1_750_000_000_000)))}
        if draw.random() < 0.2:
            item["live_video"] = self.file()
        elif draw.random() < 0.1:
            item["alternative"] = self.file() | {"uti": "com.adobe.raw-image"}
        if draw.random() < 0.15:
            item["zone"] = "SharedSync-1b4e28ba-2fa1-11d2-883f-0016d3cca427"
        self.mutate(item)

    def change_one(self, kind, asset):
        draw = self.draw
        change = {"op": kind, "asset": asset}
        if kind == "edit":
            change["edited"] = self.file()
        elif kind == "caption":
            words = self.texts.setdefault(asset, {})
            change["value"] = words["caption"] = draw.choice(("Lake & <mountain>", "\u65e5\u672c", "two\nlines", "]]>", f"caption {draw.randrange(1000)}"))
        elif kind == "keywords":
            change["value"] = [f"word{draw.randrange(5)}", "caf\u00e9 & more"]
        elif kind == "date":
            change["value"] = draw.randrange(1_000_000_000_000, 1_750_000_000_000)
        elif kind == "place":
            change["value"] = draw.choice((None, {"lat": draw.uniform(-80, 80), "lon": draw.uniform(-170, 170)}))
        elif kind == "share":
            change = {"op": "move", "asset": asset, "zone": draw.choice(("PrimarySync", "SharedSync-1b4e28ba-2fa1-11d2-883f-0016d3cca427"))}
        self.mutate(change)

    def album(self, assets):
        draw = self.draw
        if not self.albums or draw.random() < 0.3:
            made = self.mutate({"op": "create_album", "zone": "PrimarySync", "name": draw.choice(NAMES).format(n=1)})
            self.albums.append(made["album"])
        elif assets:
            self.mutate({"op": "add_to_album", "album": draw.choice(self.albums), "asset": draw.choice(assets)})

    def mutate(self, change):
        """Some changes make no sense for what they meet (a relation across libraries); the cloud refuses those."""
        try:
            made = self.practice.post("/mutate", change)
        except OSError:
            made = {}
        self.look()
        return made


class Changes:
    """One practice cloud and one sign-in for all rounds; each round is another library, seen with the signed-in state anew."""

    def __init__(self, programs, folder, stack):
        self.folder = folder
        self.practice = stack.enter_context(Practice(programs[1], folder / "practice"))
        self.client = Client(programs[0], folder / "client", self.practice, folder / "photos")
        code, text = self.client.sign_in()
        demand(code == 0, f"auth ended in {code}: {text[-500:]}")
        self.fresh = folder / "fresh-state"
        shutil.copytree(self.client.state_dir, self.fresh)

    def round(self, draw):
        try:
            self.sequence(draw)
        except Broken as failure:
            raise Broken(f"{failure}; {'' if not self.trash else 'with --deleted trash '}after {self.story}") from failure

    def sequence(self, draw):
        for folder in (self.client.photos_dir, self.client.state_dir):
            shutil.rmtree(folder, ignore_errors=True)
        self.client.photos_dir.mkdir()
        shutil.copytree(self.fresh, self.client.state_dir)
        self.practice.post("/faults", {"faults": []})
        size = draw.choice((0, 1, 3, 20, 99, 100, 101, 150))
        generated = [{"assets": size, "size_bytes": draw.randrange(SMALLEST, 4000), "seed": draw.randrange(1 << 30), "live_every": draw.choice((0, 3))}]
        self.practice.post("/library", {"generated": generated if size else []})
        self.world = World(self.practice, draw)
        self.trash = draw.random() < 0.5
        self.words = ["--deleted", "trash", "--max-deletions", "100000"] if self.trash else []
        self.story = []   # what disturbed the runs so far, for whoever has to find out
        self.paths = {}   # SHA-1 -> the path it was first seen at
        self.shown = set()  # SHA-1s the volume showed after the last run to the end
        for _ in range(draw.randrange(2, 6)):
            for _ in range(draw.randrange(0, 8)):
                self.world.change()
            for _ in range(draw.choice((0, 0, 1, 2))):
                self.disturbed(draw)
            self.to_the_end()

    def disturbed(self, draw):
        """A run that something happens to: faults, changes meanwhile, a kill, another selection."""
        faults = [self.fault(draw) for _ in range(draw.choice((0, 1, 2)))]
        self.practice.post("/faults", {"faults": faults})
        words = draw.choice(([], [], ["--only", "photos"], ["--files", "original"], ["--recent", "3"], ["--full"], ["--since", "2015-01-01"],
                             ["--include", "hidden"], ["--library", "shared"]))
        process = subprocess.Popen(self.client.command("sync", *self.words, *words), env=self.client.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ended = threading.Event()
        changer = threading.Thread(target=self.change_meanwhile, args=(ended, random.Random(draw.random())))
        end = draw.choice((None, None, signal.SIGKILL, signal.SIGTERM))
        self.story.append({"faults": faults, "words": words, "end": end and end.name})
        if draw.random() < 0.4:
            changer.start()
        try:
            process.wait(draw.uniform(0.0, 0.4) if end else 120)
        except subprocess.TimeoutExpired:
            demand(end is not None, "a run with faults did not end in two minutes")
            process.send_signal(end)
        process.wait(60)
        ended.set()
        if changer.is_alive():
            changer.join()
        self.practice.post("/faults", {"faults": []})
        # What a throttled run left behind holds the next ones back for an hour; the hour is over now.
        for path in self.client.state_dir.rglob("holds.json"):
            path.unlink()
        self.world.look()
        self.whole(tree(self.client.photos_dir))

    def change_meanwhile(self, ended, draw):
        # Its own draws: which changes come while a run is on depends on the machine, what comes after must not.
        self.world.draw, before = draw, self.world.draw
        while not ended.wait(draw.uniform(0.0, 0.1)):
            self.world.change()
        self.world.draw = before

    @staticmethod
    def fault(draw):
        if draw.random() < 0.5:
            return {"service": "content", "action": draw.choice(CONTENT), "after": draw.randrange(0, 20), "count": draw.randrange(1, 4)}
        if draw.random() < 0.3:
            return {"service": draw.choice(("ck", "content")), "after": draw.randrange(0, 10), "count": draw.randrange(1, 3),
                    "action": {"status": draw.choice((503, 500, 410)), "headers": {"Retry-After": "0"}}}
        fault = {"service": "ck", "action": draw.choice(LISTING), "after": draw.randrange(0, 6), "count": draw.randrange(1, 3)}
        # In a page of changes such an answer would be a record that never comes again: no client could know of it.
        return fault | ({"path": LOOKUP} if fault["action"].startswith("lookup_") else {})

    def whole(self, visible):
        """Holds at every instant: each visible media file is whole and one of iCloud's; a sidecar stands beside its file."""
        for path, digest in visible.items():
            if path.endswith(".xmp") and digest not in self.world.published:
                demand(path[:-4] in visible, f"{path} has no file beside it")
            else:
                demand(digest in self.world.published, f"{path} is visible and no whole file of iCloud's")

    def to_the_end(self):
        self.practice.post("/requests/reset")
        code, document, _, _ = self.client.run_json("sync", *self.words, "verify", "--against", "icloud,volume")
        said = json.dumps(document)[-1500:]
        demand(code == 0, f"the run to the end ended in {code}: {said}")
        folder, world = self.client.photos_dir, self.world
        visible = tree(folder)
        self.whole(visible)
        media = {path: digest for path, digest in visible.items() if digest in world.published}
        by_content = {}
        for path, digest in media.items():
            demand(digest not in by_content, f"one content twice: {path} and {by_content.get(digest)}")
            by_content[digest] = path
            demand(self.paths.setdefault(digest, path) == path, f"{self.paths[digest]} has moved to {path}")
        folded = {}
        for path in visible:
            demand(folded.setdefault(path.casefold(), path) == path, f"{path} and {folded[path.casefold()]} are one on some disks")
        missing = world.wanted() - set(by_content)
        demand(not missing, f"wanted and not on the volume: {[f for f in world.files if f['sha1'] in missing][:1]}")
        lost = (self.shown - set(by_content)) - (set() if not self.trash else self.shown - world.alive())
        demand(not lost, f"was on the volume and is gone: {[self.paths.get(digest) for digest in lost][:3]}")
        if self.trash:
            still = set(by_content) - world.alive()
            demand(not still, f"gone from iCloud and still visible: {[by_content[digest] for digest in still][:3]}")
        kept = {hashlib.sha1(p.read_bytes()).hexdigest() for p in (folder / ".icloud2immich").rglob("*") if p.is_file()}
        demand(not (self.shown - set(by_content) - kept), "what left the visible part is not in the trash")
        self.shown = set(by_content)
        self.sidecars(visible, by_content)

        before = times(folder)
        self.practice.post("/requests/reset")
        code, document, _, _ = self.client.run_json("sync", *self.words)
        demand(code == 0 and document["commands"][0]["files"]["downloaded"] == 0, f"the same run again ended in {code}: {json.dumps(document)[:800]}")
        demand(downloads(self.practice) == 0 and tree(folder) == visible and times(folder) == before, "the same run again changed something")

    def sidecars(self, visible, by_content):
        for file in self.world.files:
            words = self.world.texts.get(file["asset"])
            owners = {other["asset"] for other in self.world.files if other["sha1"] == file["sha1"]}
            if not words or file["rendition"] != "original" or file["hidden"] or file["deleted"] or len(owners) > 1:
                continue
            path = by_content[file["sha1"]] + ".xmp"
            demand(path in visible, f"{path} is missing, though there is a caption")
            if visible[path] in self.world.published:
                continue  # a photo of that name: no place for a sidecar
            text = (self.client.photos_dir / path).read_text(encoding="utf-8")
            escaped = words["caption"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
            demand(escaped.split("\n")[0] in text, f"{path} lacks {words['caption']!r}")
