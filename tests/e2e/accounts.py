"""Practice accounts of every kind, for the cases around signing in."""

import contextlib
import json
import tempfile
from pathlib import Path

from common import Client, Practice, find_binaries

APPLE_ID = "you@example.com"
PASSWORD = "Kennwort-7gX!"


class Account:
    """One practice account; fresh() is a client that never signed in."""

    def __init__(self, binary, practice, folder):
        self.binary, self.practice, self.folder, self.clients = binary, practice, folder, 0

    def fresh(self):
        # Apple sends an account only so many codes in some hours; the practice services' clock skips them.
        self.practice.post("/clock", {"advance_s": 9 * 3600})
        self.clients += 1
        client = Client(self.binary, self.folder / f"client{self.clients}", self.practice, self.folder / "photos")
        client.account_dir = client.state_dir / APPLE_ID
        return client

    def counters(self):
        return self.practice.get("/counters")["sign_in"]

    def next_code(self, code):
        self.practice.post("/code", {"code": code})
        return code

    def code(self, phone=None):
        return self.practice.get("/code?wait_s=20" + (f"&phone={phone}" if phone else ""))["code"]


@contextlib.contextmanager
def account(build_dir, second_factor="hsa2_device", **facts):
    binary, cloud = find_binaries(build_dir)
    with tempfile.TemporaryDirectory(prefix="icloud2immich-account.") as text:
        folder = Path(text)
        config = {"account": {"apple_id": APPLE_ID, "password": PASSWORD, "second_factor": second_factor, **facts}}
        (folder / "config.json").write_text(json.dumps(config))
        with Practice(cloud, folder / "practice", "--config", folder / "config.json") as practice:
            yield Account(binary, practice, folder)


def phone(number, digits, mode="sms"):
    return {"id": number, "masked_number": f"(•••) •••-••{digits}", "last_two_digits": digits, "push_mode": mode}


def session_is_whole_or_absent(client):
    """No session file, or one that can be read; and nothing half-written beside it."""
    file = client.account_dir / "session.json"
    if file.exists():
        json.loads(file.read_text())
    return not list(client.account_dir.glob("*.new"))
