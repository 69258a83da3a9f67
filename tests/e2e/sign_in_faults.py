"""What the cases share that break a sign-in."""

import contextlib
import shutil

from common import auth, each, place
from fault_cases import faults_of


@contextlib.contextmanager
def patient(build_dir):
    """A place whose Apple never finds that codes were asked for too often: every sign-in here stands for one on another day."""
    with place(build_dir, "--generated", 1, "--size", 500, name="sign-in") as here:
        here[0].post("/knobs", {"sign_in": {"lock_after_pushes": 100000}})
        yield here


def struck(practice):
    return practice.get("/counters")["faults_struck"] > 0


def told(checks, what, code, result):
    """A run that did not end well says what happened and what to do."""
    error = result.get("error", {})
    checks.that(code == 0 or (error.get("message") and error.get("remedy")), f"{what}: a sentence and a remedy", f"{code}: {error}")


def one_sign_in(here, checks, row, *words, password=None, wait="20s"):
    """auth with the faults of the row from an empty state dir. Returns its result."""
    practice, client, _ = here
    what, _, right = row
    shutil.rmtree(client.state_dir, ignore_errors=True)
    before = practice.get("/counters")["sign_in"]
    practice.post("/faults", {"faults": faults_of(row)})
    code, result, said = auth(client, *words, password=password, wait=wait)
    after = practice.get("/counters")["sign_in"]
    checks.that(code in right, f"{what}: auth ends in one of {sorted(right)}", f"{code}: {result.get('error')} {said[-700:]}")
    checks.that(struck(practice) or not faults_of(row), f"{what}: the fault was met")
    told(checks, what, code, result)
    tries = after["password_attempts"] - before["password_attempts"]
    checks.that(tries <= 1, f"{what}: the password is tried at most once", tries)
    practice.post("/faults", {"faults": []})
    return result


def says_when(checks, what, result):
    checks.that(result.get("error", {}).get("retry_after_s", 0) > 0, f"{what}: and when to try again", result.get("error"))


def next_sign_in(here, checks, what):
    practice, client, _ = here
    before = practice.get("/counters")["sign_in"]["password_attempts"]
    code, result, said = auth(client, "--try-now")
    checks.that(code == 0, f"{what}: the next auth signs in", f"{code}: {result.get('error')} {said[-700:]}")
    checks.equal(practice.get("/counters")["sign_in"]["password_attempts"] - before, 1, f"{what}: with one try")
    checks.equal(result.get("session", {}).get("state"), "valid", f"{what}: and the session is good")


def sign_in_cases(build_dir, checks, rows):
    def one(here, row):
        result = one_sign_in(here, checks, row)
        if "answers 429" in row[0]:
            says_when(checks, row[0], result)
        next_sign_in(here, checks, row[0])

    each(rows, lambda: patient(build_dir), one)
