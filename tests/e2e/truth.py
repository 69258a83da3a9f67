"""What iCloud publishes and what Immich has to show of it, worked out from the practice service and the files on the volume; not asked
of the program."""

import json

from common import MEDIA, tree


class Library:
    """iCloud as the practice service publishes it, by the files on the volume; worked out here, not asked of the program."""

    def __init__(self, practice, photos):
        self.path_of = {}
        for path, digest in tree(photos).items():
            self.path_of.setdefault(digest, path)
        self.assets = {}
        for file in practice.get("/state")["files"]:
            if file["deleted"] or file["sha1"] not in self.path_of:
                continue
            path = self.path_of[file["sha1"]]
            self.assets.setdefault((file["zone"], file["asset"]), {})[file["rendition"]] = path

    def tops(self):
        """{(zone, asset): the path of the picture that Photos shows}: the edit where there is one, of a RAW pair the other half."""
        found = {}
        for asset, files in self.assets.items():
            video = files["original"].endswith((".MOV", ".MP4"))
            shown = [files.get("edited_video" if video else "edited"), files.get("original"), files.get("alternative")]
            found[asset] = next(path for path in [*[path for path in shown if path and not path.endswith(".DNG")], *filter(None, shown)])
        return found

    def stacks(self, flags):
        """{the top one's path: all of its paths}: what a person expects. flags: {asset id: burst flags} of the one burst."""
        groups, burst = {}, []
        for (_, asset), files in self.assets.items():
            video = files["original"].endswith((".MOV", ".MP4"))
            shown = [files.get("edited_video" if video else "edited"), files.get("original"), files.get("alternative")]
            shown = [path for path in shown if path]
            raw = [path for path in shown if path.endswith(".DNG")]
            shown = [path for path in shown if path not in raw] + raw
            if asset in flags:
                burst.append((-flags[asset], shown))
            elif len(shown) > 1:
                groups[shown[0]] = set(shown)
        burst.sort()
        if burst:
            groups[burst[0][1][0]] = {path for _, shown in burst for path in shown}
        return groups

    def links(self):
        """{still: film} of the live photos."""
        found = {}
        for files in self.assets.values():
            if "live_video" in files:
                found[files["original"]] = files["live_video"]
                if "edited" in files:
                    found[files["edited"]] = files.get("edited_live_video", "")
        return found


def burst_flags():
    return {a["id"]: a["burst_flags"] for a in json.loads((MEDIA / "library.json").read_text())["assets"] if "burst_flags" in a}
