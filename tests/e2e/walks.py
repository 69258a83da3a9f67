"""The texts in man/icloud2immich-auth.1, held to what the program says: each block there is named by a comment before it, and a case
gives what it saw under the same name."""

import difflib
import re
import socket

from common import ROOT

BLOCK = re.compile(r'^\.\\" walk: (\S+)\n\.Bd -literal\n(.*?)\n\.Ed$', re.M | re.S)


def as_written():
    page = (ROOT / "man/icloud2immich-auth.1").read_text(encoding="utf-8")
    return {name: plain(text) for name, text in BLOCK.findall(page)}


def plain(text):
    for written, shown in (("\\-", "-"), ("\\(bu", "•"), ("\\&", ""), ("\\(aq", "'"), ("\\e", "\\")):
        text = text.replace(written, shown)
    return text


def as_shown(words, text):
    """What differs from run to run made the same: times, places, the name of the pod."""
    text = re.sub(r"good until about \S+", "good until about 2026-12-25T08:30:00Z", text)
    text = re.sub(r"(?<!about )\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "2026-11-25T08:30:00Z", text)
    text = re.sub(r"^(auth \S+) \(\d+ s\)$", r"\1 (20 s)", text, flags=re.M)
    text = re.sub(r"--config \S+ ", "", text).replace(f"kubectl exec {socket.gethostname()} ", "kubectl exec POD ")
    return re.sub(r" +$", "", f"$ icloud2immich {words}\n{text}".rstrip("\n"), flags=re.M)


def compare(checks, shown, kind):
    """shown: {name: as_shown text}. kind: which names are this case's (a function): all of them must have been seen."""
    written = {name: text for name, text in as_written().items() if kind(name)}
    checks.equal(sorted(written), sorted(shown), "the man page has a block for each walk, and none more")
    for name in sorted(set(written) & set(shown)):
        difference = "\n".join(difflib.unified_diff(written[name].split("\n"), shown[name].split("\n"), "man page", "program", lineterm=""))
        checks.that(not difference, f"the man page shows walk '{name}' as it is", difference)
