"""The manifest while it is being filled: zones, masters, assets, albums, with ids that follow from names."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

PERSONAL = "PrimarySync"
_SPACE = uuid.UUID("7d0b4b2e-3a55-4f0e-9a0c-5f3f0a6d1c11")
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def make_id(*names):
    """The upper-case UUID of these names; the same on every run."""
    return str(uuid.uuid5(_SPACE, "/".join(names))).upper()


SHARED = "SharedSync-" + make_id("zone", "shared")
NOISE = ("CMM-" + make_id("zone", "moment"), "AppLibrarySync-com.apple.GenerativePlayground-" + make_id("zone", "playground"))


@dataclass(frozen=True)
class When:
    """A capture time. exif and offset are what the file says; ms and offset_s what iCloud says."""
    ms: int
    offset_s: int | None = None
    exif: str | None = None
    offset: str | None = None

    @property
    def utc_text(self):
        return (_EPOCH + timedelta(milliseconds=self.ms)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")

    @property
    def apple_text(self):
        """Apple's QuickTime creationdate key, e.g. 2023-05-06T10:00:00+0200."""
        return self.exif.replace(":", "-", 2).replace(" ", "T") + (self.offset or "+00:00").replace(":", "")


def at(text, offset="+00:00"):
    """`2023-05-06 10:00:00` in local time with its offset from UTC."""
    sign = -1 if offset[0] == "-" else 1
    offset_s = sign * (int(offset[1:3]) * 3600 + int(offset[4:6]) * 60)
    local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)
    ms = int((local - _EPOCH) / timedelta(milliseconds=1)) - offset_s * 1000
    return When(ms, offset_s, text.replace("-", ":", 2), offset)


def file(path, uti):
    return {"path": path, "uti": uti}


class Catalogue:
    def __init__(self):
        self.zones = [{"name": PERSONAL, "database": "private"}, {"name": SHARED, "database": "shared"}]
        self.zones += [{"name": name, "database": "private"} for name in NOISE]
        self.masters, self.assets, self.albums = [], [], []
        self._added = 0

    def master(self, key, files, *, zone=PERSONAL, filename=None, filename_raw=None, item_type=True, video=False):
        """files: {"original": file, ...}. item_type True means the original's UTI; None leaves the field out."""
        record = {"key": key, "zone": zone, "data_class": 2 if video else 1, "files": files}
        if filename_raw is not None:
            record["filename_raw"] = filename_raw
        elif filename is not None:
            record["filename"] = filename
        if item_type:
            record["item_type"] = files["original"]["uti"] if item_type is True else item_type
        self.masters.append(record)
        return key

    def asset(self, name, master, when, size, *, zone=PERSONAL, place=None, added_ms=None, flags=(), **more):
        """flags: names among favorite, hidden, deleted. more: manifest keys as they are; None is left out. Returns the id."""
        self._added += 1
        record = {"zone": zone, "id": make_id("asset", zone, name), "master": master, "date_ms": when.ms,
                  "added_ms": added_ms if added_ms is not None else 1700000000000 + self._added * 61000}
        if when.offset_s is not None:
            record["tz_offset_s"] = when.offset_s
        for flag in ("favorite", "hidden", "deleted"):
            record[flag] = flag in flags
        if place:
            record["location"] = {"lat": place[0], "lon": place[1], "alt": place[2]}
        record["width"], record["height"] = size
        record.update({key: value for key, value in more.items() if value is not None})
        self.assets.append(record)
        return record["id"]

    def album(self, path, assets=(), *, folder=False, parent=None, twin=0):
        """twin tells two albums of one name apart. Returns the id."""
        record = {"zone": PERSONAL, "id": make_id("album", parent or "", path, str(twin)), "name": path,
                  "type": 3 if folder else 0, "assets": list(assets)}
        if parent:
            record["parent"] = parent
        self.albums.append(record)
        return record["id"]

    def manifest(self):
        return {"zones": self.zones, "masters": self.masters, "assets": self.assets, "albums": self.albums}
