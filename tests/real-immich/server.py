"""A real Immich, read and changed by its public API only, as a person with keys would."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request


class Server:
    def __init__(self, url, key, admin_key=None, patience_s=1800):
        url = url.rstrip("/")
        self.url = url if url.endswith("/api") else url + "/api"
        self.key, self.admin_key, self.patience_s = key, admin_key or key, patience_s

    def call(self, method, path, body=None, key=None):
        request = urllib.request.Request(self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"x-api-key": key or self.key, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path} was answered {error.code}: {error.read()[:500]!r}") from None
        return json.loads(text) if text else None

    def as_admin(self, method, path, body=None):
        return self.call(method, path, body, self.admin_key)

    def version(self):
        version = self.call("GET", "/server/version")
        return (version["major"], version["minor"], version["patch"])

    # -- libraries and queues ---------------------------------------------------------------------------------------------------

    def libraries(self, prefix):
        return [library for library in self.as_admin("GET", "/libraries") if library["name"].startswith(prefix)]

    def busy(self):
        """{queue: jobs} of what is going on or waiting."""
        return {queue["name"]: n for queue in self.as_admin("GET", "/queues")
                if (n := sum(queue["statistics"][state] for state in ("active", "waiting", "delayed", "paused")))}

    def settle(self):
        """Waits until nothing was going on for a while: queues empty for an instant between two stages."""
        until, calm = time.monotonic() + self.patience_s, 0
        while calm < 4:
            busy = self.busy()
            calm = 0 if busy else calm + 1
            if time.monotonic() > until:
                raise RuntimeError(f"Immich is still busy after {self.patience_s} s: {busy}")
            time.sleep(0.5)

    def scan(self, library_id):
        """A whole scan as a person starts it, to its end."""
        before = self.as_admin("GET", f"/libraries/{library_id}")["refreshedAt"]
        self.as_admin("POST", f"/libraries/{library_id}/scan")
        until = time.monotonic() + self.patience_s
        while self.as_admin("GET", f"/libraries/{library_id}")["refreshedAt"] == before:
            if time.monotonic() > until:
                raise RuntimeError(f"Immich did not scan the library within {self.patience_s} s")
            self.busy()
            time.sleep(0.5)
        self.settle()

    # -- what it shows ----------------------------------------------------------------------------------------------------------

    def search(self, **wanted):
        """Every asset that fits; each visibility is asked for, since the default differs between 2.7 and 3.1."""
        found = {}
        for visibility in ("timeline", "archive", "hidden"):
            page = 1
            while page:
                answer = self.call("POST", "/search/metadata", {**wanted, "visibility": visibility, "size": 1000, "page": page})["assets"]
                found.update({asset["id"]: asset for asset in answer["items"]})
                page = int(answer["nextPage"]) if answer["nextPage"] else None
        return found

    def albums(self, prefix):
        return [album for album in self.call("GET", "/albums") if album["albumName"].startswith(prefix)]

    def stacks(self):
        return self.call("GET", "/stacks")


class Shown:
    """What one library looks like in Immich, by paths below root (as the server names it)."""

    def __init__(self, server, library_id, root, prefix):
        assets = server.search(libraryId=library_id, withDeleted=True)
        self.path = {id: asset["originalPath"].removeprefix(root + "/") for id, asset in assets.items()}
        self.id_of = {path: id for id, path in self.path.items()}
        self.visibility = {self.path[id]: asset["visibility"] for id, asset in assets.items()}
        self.favorites = {self.path[id] for id, asset in assets.items() if asset["isFavorite"]}
        self.offline = {self.path[id] for id, asset in assets.items() if asset["isOffline"]}
        self.trashed = {self.path[id] for id, asset in assets.items() if asset["isTrashed"] and not asset["isOffline"]}
        self.links = {self.path[id]: self.path.get(asset["livePhotoVideoId"], "another library's")
                      for id, asset in assets.items() if asset.get("livePhotoVideoId")}
        self.stacks = {self.path[stack["primaryAssetId"]]: {self.path.get(asset["id"], "another library's") for asset in stack["assets"]}
                       for stack in server.stacks() if stack["primaryAssetId"] in self.path}
        self.albums = sorted((album["albumName"], album["id"], sorted(self.path.get(id, "another library's")
                                                                      for id in server.search(albumIds=[album["id"]], withDeleted=True)))
                             for album in server.albums(prefix))

    def plain(self):
        """Photos that are neither favourites nor stacked nor live nor archived, in order."""
        stacked = {path for members in self.stacks.values() for path in members}
        return sorted(path for path, how in self.visibility.items()
                      if how == "timeline" and path.endswith(".JPG") and path not in stacked | self.favorites | set(self.links))

    def everything(self):
        return {name: value for name, value in vars(self).items() if name != "path"}
