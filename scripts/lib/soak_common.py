"""What the long proofs share."""

import hashlib

JOBS = 8
UNSETTLED = 2 * JOBS  # whose bytes have come and are not on the disk yet (docs/decisions/0017-durable-in-groups.md)


class Broken(Exception):
    pass


def demand(holds, what):
    if not holds:
        raise Broken(what)


def tree(folder):
    """{relative path: SHA-1} of what is visible (outside the dot folder)."""
    return {str(p.relative_to(folder)): hashlib.sha1(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*"))
            if p.is_file() and p.relative_to(folder).parts[0] != ".icloud2immich"}


def media(visible):
    return {path: digest for path, digest in visible.items() if not path.endswith(".xmp")}


def downloads(practice):
    """Requests for file bodies since the last reset."""
    return practice.get("/requests?entries=0")["counts"]["download"]
