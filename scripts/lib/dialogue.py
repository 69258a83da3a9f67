"""A program at a pseudo-terminal of its own, step by step: what it says, what is typed, what signals come, how it leaves the
terminal. practice.at_terminal is enough where all answers are known before. Python's standard library only."""

import os
import pty
import re
import select
import signal
import termios
import time


class Dialogue:
    def __init__(self, command, environment, timeout_s=60):
        self.timeout_s = timeout_s
        self.text, self.unread, self.code = "", "", None
        self.terminal, self.side = pty.openpty()  # the side stays open here too: its state is looked at after the end
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.terminal)
                os.login_tty(self.side)
                os.execvpe(command[0], command, environment)
            finally:
                os._exit(127)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        os.close(self.terminal)
        os.close(self.side)

    def _read(self, wait_s):
        ready, _, _ = select.select([self.terminal], [], [], wait_s)
        if not ready:
            return False
        piece = os.read(self.terminal, 65536).decode(errors="replace").replace("\r\n", "\n")
        self.text, self.unread = self.text + piece, self.unread + piece
        return True

    def until(self, pattern):
        """Reads until what was said since the last call matches; that much is then read."""
        until = time.monotonic() + self.timeout_s
        while not (found := re.search(pattern, self.unread)):
            if not self._read(0.1) and time.monotonic() > until:
                raise TimeoutError(f"never said {pattern!r}; last: {self.text[-600:]!r}")
        self.unread = self.unread[found.end():]
        return found

    def type(self, text, end="\n"):
        os.write(self.terminal, (text.encode() if isinstance(text, str) else text) + end.encode())

    def answer(self, pattern, text):
        self.until(pattern)
        self.type(text)

    def signal(self, number):
        os.kill(self.pid, number)

    def echoes(self):
        return bool(termios.tcgetattr(self.side)[3] & termios.ECHO)

    def end(self):
        """The exit code; what was said last is in text."""
        until = time.monotonic() + self.timeout_s
        while True:
            self._read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                break
            if time.monotonic() > until:
                raise TimeoutError(f"did not end; it last said: {self.text[-600:]!r}")
        while self._read(0.05):
            pass
        self.code = os.waitstatus_to_exitcode(status)
        return self.code
