"""clang-tidy over many sources, several to a translation unit. usage: tidy.py BUILD_DIR SOURCE...

Most of clang-tidy's time goes into the standard library's headers, again for each source; a unit that includes several sources
pays for them once. Where two sources cannot stand in one unit (both have a name in their unnamed namespaces) the unit is halved
until they are apart; what a single source is told is final. Exit 1 where anything was found."""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

TOGETHER = 8
TOOL = ["clang-tidy-16", "--quiet", "--warnings-as-errors=*"]


def compile_commands(build):
    return {entry["file"]: entry for entry in json.loads((build / "compile_commands.json").read_text())}


def private_names(source):
    """What source seems to define, each name in its folder's namespace."""
    text = Path(source).read_text(encoding="utf-8")
    return {(Path(source).parent, name) for name in re.findall(r"^(?:\S.*?)(?<![:~\w])(\w+)(?:\(| = | ?\{)", text, re.M)}


def groups_of(sources):
    """Neighbours go together as far as their own names allow."""
    groups = []
    for source in sources:
        names = private_names(source)
        for members, taken in groups:
            if len(members) < TOGETHER and not names & taken:
                members.append(source)
                taken |= names
                break
        else:
            groups.append(([source], names))
    return [members for members, _ in groups]


def run_tidy(group, known, work):
    """(exit code, what was said) of one clang-tidy over the sources of group."""
    folder = Path(tempfile.mkdtemp(dir=work))
    unit = folder / "unit.cpp"
    unit.write_text("// NOLINTBEGIN(bugprone-suspicious-include)\n" + "".join(f'#include "{source}"\n' for source in group) +
                    "// NOLINTEND(bugprone-suspicious-include)\n")
    entry = known[group[0]]
    defined = sorted({word for source in group for word in re.findall(r"\s(-D(?:\\.|\S)+)", known[source]["command"])})
    command = re.sub(r"(?<=\s)-c\s+\S+", lambda _: f"{' '.join(defined)} -c {unit}", entry["command"])
    (folder / "compile_commands.json").write_text(json.dumps([{**entry, "command": command, "file": str(unit)}]))
    done = subprocess.run([*TOOL, "--config-file=.clang-tidy", "-p", str(folder), str(unit)], capture_output=True, text=True)
    return done.returncode, done.stdout


def check(group, known, work):
    """What clang-tidy has to say of the sources of group; empty where nothing."""
    if len(group) == 1:
        done = subprocess.run([*TOOL, "-p", str(work.parent), group[0]], capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stdout + done.stderr
    code, said = run_tidy(group, known, work)
    if code == 0:
        return ""
    if "clang-diagnostic-error" not in said:
        return said
    middle = len(group) // 2
    return check(group[:middle], known, work) + check(group[middle:], known, work)


def main():
    build = Path(sys.argv[1]).resolve()
    sources = [str(Path(source).resolve()) for source in sys.argv[2:]]
    known = compile_commands(build)
    unknown = [source for source in sources if source not in known]
    if unknown:
        sys.exit("lint: not in the build: " + ", ".join(unknown) + "; configure again (cmake --preset ci)")
    with tempfile.TemporaryDirectory(prefix="tidy.", dir=build) as work, ThreadPoolExecutor(os.cpu_count()) as pool:
        found = "".join(pool.map(lambda group: check(group, known, Path(work)), groups_of(sources)))
    print(found, end="")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
