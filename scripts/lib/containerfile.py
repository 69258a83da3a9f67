"""deploy/container/Containerfile as data: its stages, and what the last one says of how the image runs. An instruction or option that is not
known here ends in ValueError, so that nothing of the file is passed over. Python's standard library only."""

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CONTAINERFILE = ROOT / "deploy" / "container" / "Containerfile"


@dataclass
class Step:
    """WORKDIR: words is the folder. COPY: words are sources and destination, source_stage where it copies from. RUN: words is the line."""
    name: str
    words: list
    source_stage: str = ""


@dataclass
class Stage:
    base: str
    name: str
    steps: list = field(default_factory=list)
    labels: dict = field(default_factory=dict)
    environment: dict = field(default_factory=dict)
    volumes: list = field(default_factory=list)
    entrypoint: list = field(default_factory=list)
    user: str = ""
    health: str = ""


def instructions(text):
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    for line in re.sub(r"\\\n", " ", "\n".join(lines)).splitlines():
        name, _, rest = line.strip().partition(" ")
        yield name, rest.strip()


def pairs(text):
    return dict(word.split("=", 1) for word in shlex.split(text))


def read(path=CONTAINERFILE):
    stages = []
    for name, rest in instructions(Path(path).read_text(encoding="utf-8")):
        if name == "FROM":
            base, *named = rest.split()
            if named and named[0] != "AS":
                raise ValueError(f"FROM {rest}: an option that is not known")
            stages.append(Stage(base, named[1] if named else ""))
            continue
        stage = stages[-1]
        if name == "COPY":
            words = rest.split()
            source = ""
            if words[0].startswith("--from="):
                source = words.pop(0).removeprefix("--from=")
            if any(word.startswith("--") for word in words):
                raise ValueError(f"COPY {rest}: an option that is not known")
            stage.steps.append(Step(name, words, source))
        elif name in ("RUN", "WORKDIR"):
            if rest.startswith(("-", "[")):
                raise ValueError(f"{name} {rest}: a form that is not known")
            stage.steps.append(Step(name, [rest]))
        elif name == "LABEL":
            stage.labels.update(pairs(rest))
        elif name == "ENV":
            stage.environment.update(pairs(rest))
        elif name == "VOLUME":
            stage.volumes += json.loads(rest)
        elif name == "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        elif name == "USER":
            stage.user = rest
        elif name == "HEALTHCHECK":
            stage.health = rest
        else:
            raise ValueError(f"{name}: an instruction that is not known")
    return stages


def context():
    """What .dockerignore lets through, relative to the root of the source tree."""
    lines = [line for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    if lines[0] != "*" or not all(re.fullmatch(r"![\w./-]+", line) for line in lines[1:]):
        raise ValueError(".dockerignore: not '*' and then names with '!'")
    return [line[1:] for line in lines[1:]]
