"""What the program says of itself in --help, as values: the one source that man pages, docs/cli.md and completions are compared with."""

import re
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Option:
    names: tuple  # "--sidecars", "--no-sidecars"
    takes_value: bool
    repeatable: bool
    values: tuple  # where it is one of a few words
    default: str
    variable: str
    text: str


def say(binary, *words):
    # A home that does not exist: no configuration of the person who runs the test.
    run = subprocess.run([binary, *words, "--help"], check=True, capture_output=True, text=True, env={"HOME": "/nonexistent"})
    return run.stdout


def commands(binary):
    """{command: what it does}"""
    return dict(re.findall(r"^  ([a-z]+) +(\S.*)", part_of(say(binary), "subcommands"), re.M))


def part_of(said, title):
    """CLI11 2.4 and newer shout their titles."""
    return re.search(rf"(?im)^{title}:\s*\n((?:[ \t].*\n)*)", said)[1]


HEAD = re.compile(
    r"(?P<names>--[a-z][a-z-]*(?:,--[a-z][a-z-]*(?:\{false\})?)*)(?P<inline>=\S+)?"
    r"(?: +(?P<kind>TEXT|INT|UINT)(?::(?:\{(?P<values>[^}]*)\}|INT in \[[^]]*\]|FILE))?(?:=(?P<default>\S+))?)?"
    r"(?P<more> +\.\.\.)?(?: +\(Env:(?P<variable>\w+)\))?(?: +Excludes:(?: --[a-z-]+)+)? *(?P<text>.*)")


def options(binary, command=""):
    """Those of one command, or the global ones, but --help and --version."""
    said = part_of(say(binary, *([command] if command else [])), "options")
    found = []
    # An option begins near the margin, its text is far from it or follows on the same line.
    for block in re.findall(r"^ {2,9}(?:-\w, *)?(--.*(?:\n {10,}.*)*)", said, re.M):
        part = HEAD.fullmatch(" ".join(block.split()))
        if part is None:
            raise ValueError(f"tests/help_text.py does not know how to read: {block}")
        names = tuple(re.findall(r"--[a-z][a-z-]*", part["names"]))
        default = part["default"] or ""
        if "/nonexistent" in default or default == "[]":
            default = ""
        found.append(Option(names, bool(part["kind"] or part["inline"]), bool(part["more"]), tuple(part["values"].split(",")) if part["values"] else (),
                            default, part["variable"] or "", part["text"]))
    return [option for option in found if not set(option.names) & {"--help", "--version"}]
