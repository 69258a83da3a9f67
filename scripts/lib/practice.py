"""What scripts/demo, scripts/bench, scripts/soak and tests/interop share: the practice services as a child process, their
control service, and the client's settings for talking to them. Python's standard library only."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MEDIA = ROOT / "tests" / "media"
IMMICH_PATH = "/external/icloud"


class Practice:
    """practice-cloud in its own process; a context manager. Keys of its first line are attributes of .at."""

    def __init__(self, binary, work_dir, *options):
        self.work_dir = Path(work_dir)
        self.command = [str(binary), "--work-dir", str(self.work_dir), *map(str, options)]
        self.process = None
        self.at = {}

    def __enter__(self):
        self.work_dir.mkdir(parents=True, exist_ok=True)
        self.log = open(self.work_dir / "practice-cloud.log", "wb")
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.log)
        try:
            ready, _, _ = select.select([self.process.stdout], [], [], 120)
            line = self.process.stdout.readline() if ready else b""
            if not line:
                raise RuntimeError("practice-cloud did not start: " + self.log_text())
            self.at = json.loads(line)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def log_text(self):
        return (self.work_dir / "practice-cloud.log").read_text(errors="replace")[-2000:]

    def get(self, path):
        with urllib.request.urlopen(self.at["control"] + path, timeout=330) as answer:
            return json.load(answer)

    def post(self, path, body=None):
        request = urllib.request.Request(self.at["control"] + path, data=json.dumps(body or {}).encode(), method="POST",
                                         headers={"Content-Type": "application/json"})  # forms are kept to 8 KB
        with urllib.request.urlopen(request, timeout=330) as answer:
            return json.load(answer)

    def peak_memory_kib(self):
        return peak_memory_kib(self.process.pid)


class Client:
    """icloud2immich, set up by a configuration file for one practice account. Nothing of the caller's settings leaks in."""

    def __init__(self, binary, folder, practice, photos_dir=None):
        self.binary, self.folder, self.practice = str(binary), Path(folder), practice
        self.photos_dir = Path(photos_dir or practice.at["photos_dir"])
        self.state_dir = self.folder / "state"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "immich-api-key").write_text(practice.at["immich_api_key"] + "\n")
        (self.folder / "immich-api-key").chmod(0o600)
        self.config = self.folder / "practice.toml"
        self.config.write_text(self.config_text())
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith(("ICLOUD2IMMICH_", "IMMICH_")) and not key.lower().endswith("_proxy")}
        self.environment["XDG_CONFIG_HOME"] = str(self.folder / "none")

    def config_text(self):
        at = self.practice.at
        return "\n".join([
            f'apple-id = "{at["apple_id"]}"',
            f'photos-dir = "{self.photos_dir}"',
            f'state-dir = "{self.state_dir}"',
            f'endpoint = ["auth={at["auth"]}", "setup={at["setup"]}"]',
            f'ca-file = "{at["ca_file"]}"',
            "",
            "[import]",
            f'immich-url = "{at["immich"]}"',
            f'immich-api-key-file = "{self.folder / "immich-api-key"}"',
            f'immich-path = "{IMMICH_PATH}"', ""])

    def command(self, *words):
        return [self.binary, "--config", str(self.config), *words]

    def run_json(self, *words, echo=None):
        """Runs with --json; text for people goes to echo (a file) or nowhere. Returns (exit code, document, seconds, usage):
        usage has cpu_s and peak_kib of this child."""
        started = time.monotonic()
        process = subprocess.Popen(self.command("--json", *words), env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=echo or subprocess.DEVNULL)
        peak = PeakMemory(process.pid)
        text = process.stdout.read()
        usage = wait_measured(process, peak)
        process.stdout.close()
        seconds = time.monotonic() - started
        try:
            document = json.loads(text)
        except ValueError:
            document = {"commands": [], "exit_code": process.returncode}
        return process.returncode, document, seconds, usage

    def sign_in(self, show=None):
        """auth at a pseudo-terminal, answered as a person would: the password, then the code the phone shows."""
        answers = [(r"(?i)password[^\n]*: ?$", lambda: self.practice.at["password"]),
                   (r"(?i)code[^\n]*: ?$", lambda: self.practice.get("/code?wait_s=20")["code"])]
        return at_terminal(self.command("auth"), self.environment, answers, show)


def at_terminal(command, environment, answers, show=None, timeout_s=120, cwd=None):
    """Runs command at a pseudo-terminal and types: answers are (pattern of what the last line ends in, text or function),
    each used once, in order. show gets what appears, as text. Returns (exit code, all the text)."""
    pid, terminal = pty.fork()
    if pid == 0:
        try:
            if cwd:
                os.chdir(cwd)
            os.execvpe(command[0], command, environment)
        finally:
            os._exit(127)
    waiting, text, unread, until = list(answers), "", "", time.monotonic() + timeout_s
    try:
        while True:
            ready, _, _ = select.select([terminal], [], [], 0.2)
            if ready:
                try:
                    piece = os.read(terminal, 65536)
                except OSError:  # the other end is closed
                    break
                if not piece:
                    break
                piece = piece.decode(errors="replace").replace("\r\n", "\n")
                text, unread = text + piece, unread + piece
                if show:
                    show(piece)
            elif waiting and re.search(waiting[0][0], unread):
                answer = waiting.pop(0)[1]
                answer = answer() if callable(answer) else answer
                unread = ""
                if show:
                    time.sleep(0.6)
                os.write(terminal, answer.encode() + b"\n")
            if time.monotonic() > until:
                os.kill(pid, signal.SIGTERM)
                raise TimeoutError(f"{Path(command[0]).name} did not end in {timeout_s} s; it last said: {text[-300:]}")
    except BaseException:
        os.close(terminal)
        os.waitpid(pid, 0)
        raise
    # It has closed its end and is ending: the terminal goes after it, or it would still be told to hang up.
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), text


def find_binaries(build_dir):
    """(icloud2immich, practice-cloud) of a build folder; ends the program with a sentence where they are not built."""
    found = [Path(build_dir) / name for name in ("icloud2immich", "practice-cloud")]
    for binary in found:
        if not binary.exists():
            sys.exit(f"{binary} is not built: cmake --preset ci && cmake --build build/ci")
    return found


def preload(binary, library):
    """What LD_PRELOAD must be so that library (of tests/shim) stands between binary and the C library. Where binary is sanitized, the
    sanitizer's own library comes first: it does not start behind another one."""
    linked = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=True).stdout
    return " ".join([*re.findall(r"lib[at]san\.so\S* => (\S+)", linked), str(library)])


def peak_memory_kib(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1))


class PeakMemory:
    """The greatest resident set of a child, read every few milliseconds until it ends. What wait4 says instead (ru_maxrss) begins
    with the resident set of this Python, which the child shared until it became another program."""

    def __init__(self, pid, every_s=0.02):
        self.pid, self.every_s, self.kib = pid, every_s, 0
        self.own_program = Path(f"/proc/{os.getpid()}/exe").resolve()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while True:
            try:
                if Path(f"/proc/{self.pid}/exe").resolve(strict=True) != self.own_program:
                    self.kib = peak_memory_kib(self.pid)
            except (OSError, AttributeError):  # gone, or a process that has no memory any more
                return
            time.sleep(self.every_s)


def wait_measured(process, peak):
    """Waits for a child; its CPU seconds and peak memory."""
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    peak.thread.join()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return {"cpu_s": round(used.ru_utime + used.ru_stime, 2), "peak_kib": peak.kib}


def end_on_signals():
    """SIGTERM and SIGHUP unwind like Ctrl-C, so that children are ended."""
    def leave(number, _):
        sys.exit(128 + number)
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
