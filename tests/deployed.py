"""What a deployment gives to the program, given to the program: command line, variables and files, with its folders below another one."""

import dataclasses
import json
import re
import subprocess
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclasses.dataclass
class Job:
    arguments: list[str]
    environment: dict[str, str]
    folders: list[str]  # what it finds, by absolute paths; nothing else is there
    files: dict[str, str]  # {absolute path: text}


def who_acts():
    """{exit code: who acts}, by docs/cli.md; 0 is nobody's."""
    table = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").split("\n## Exit codes\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([\d, ]+) \|.*\|([^|]*)\|$", table, re.M)
    return {int(code): who.strip() for codes, who in rows for code in codes.split(",") if who.strip()}


def a_person_acts():
    return {code for code, who in who_acts().items() if who == "person"}


def another_try_helps():
    return set(who_acts()) - a_person_acts()


def signs_in(arguments):
    return arguments[0] == "auth" and "--check" not in arguments


def expected(arguments):
    """(exit code, words) of a job without a session and with nothing to reach: the command line was understood."""
    if arguments[0] == "verify":
        return 2, "nothing was synced"
    return (6, "localhost") if signs_in(arguments) else (3, "nobody has signed in")


def strays(job, seen_by_immich):
    """Paths in variables and settings that are not in the job's folders, or are secrets without a file. seen_by_immich: where Immich's are."""
    text = "\n".join(text for name, text in job.files.items() if name.endswith(".toml"))
    values = [value for value in (*re.findall(r'"(/[^"]*)"', text), *job.environment.values()) if value.startswith("/")]
    for value in values:
        if value.startswith(seen_by_immich):
            continue
        if not any(value == folder or value.startswith(folder + "/") for folder in job.folders):
            yield f"{value} is in no folder of the job"
    for value in re.findall(r'^\s*[\w-]+-file *= *"(.*)"', text, re.M):
        if value not in job.files:
            yield f"{value} is a secret that is not there"


def run(binary, job):
    """(exit code, message of the last command, log) of the job, with nobody signed in and no service to be reached."""
    with tempfile.TemporaryDirectory(prefix="icloud2immich-deployed.") as name:
        here = Path(name)
        places = "|".join(re.escape(folder) for folder in sorted(job.folders, key=len, reverse=True))

        def moved(text):
            return re.sub(rf"(^|[\"'\s=])((?:{places})\b)", lambda found: found[1] + str(here) + found[2], text, flags=re.M)

        for folder in job.folders:
            (here / folder.lstrip("/")).mkdir(parents=True, exist_ok=True)
        for path, text in job.files.items():
            file = here / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(moved(text))
            file.chmod(0o440)
        environment = {"HOME": "/nonexistent", **{key: moved(value) for key, value in job.environment.items()}}
        done = subprocess.run([binary, "--json", "--endpoint", "auth=https://localhost:1", "--endpoint", "setup=https://localhost:1", *job.arguments],
                              env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    said = json.loads(done.stdout)
    message = (said["commands"] or [{}])[-1].get("error", said.get("error", {})).get("message", "")
    return done.returncode, message or done.stderr[-300:], done.stderr


def complaints(binary, job, seen_by_immich="/external/"):
    """What is wrong with a job, in sentences."""
    yield from strays(job, seen_by_immich)
    code, words = expected(job.arguments)
    ended, message, log = run(binary, job)
    if ended != code or words not in message:
        yield f"{job.arguments} ended in {ended} instead of {code}: {message}"
    # Where the settings name a notify file its services are tried, which cannot be reached here. A sign-in by hand is nobody's news.
    told = not signs_in(job.arguments) and any(re.search("^notify-file", text, re.M) for text in job.files.values())
    if told != ("was not told" in log) or "Nobody is told" in log:
        yield f"{job.arguments} {'told nobody' if told else 'wanted to tell somebody'}: {log[-300:]}"
