"""A real pseudo-terminal with the program in it: type, wait for words, look at what stands there."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

__all__ = ["CTRL_C", "DOWN", "ENTER", "Terminal"]

ENTER, DOWN, CTRL_C = "\r", "\x1b[B", "\x03"

_CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]|\r")
_WHERE = b"\x1b[6n"
"""What asks a terminal where its cursor is; without an answer prompts cannot tell how much room there is for a complaint."""

_PATIENCE = 60.0


class Terminal:
    """``groundplan ARGUMENTS`` with a terminal of 100 columns. stdout goes to a pipe, as results do; prompts to the terminal."""

    def __init__(self, *arguments: str, cwd: Path, **environment: str) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 100, 0, 0))
        plain = {"TERM": "xterm", "COLUMNS": "100"}
        self._process = subprocess.Popen(
            [Path(sys.executable).parent / "groundplan", *arguments],
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=theirs,
            cwd=cwd,
            env=os.environ | plain | environment,
            start_new_session=True,
        )
        os.close(theirs)
        self.seen = ""
        self._read = 0

    def wait_for(self, words: str) -> str:
        """Read until the words stand there, after what was waited for before; give what came up to them."""
        deadline = time.monotonic() + _PATIENCE
        while words not in (fresh := self.seen[self._read :]):
            if time.monotonic() > deadline or not self._more():
                raise AssertionError(f"never saw {words!r} after {fresh[-2000:]!r}")
        end = self._read + fresh.index(words) + len(words)
        found, self._read = self.seen[self._read : end], end
        return found

    def answer(self, words: str, keys: str) -> None:
        """Wait for a question and type."""
        self.wait_for(words)
        self.type(keys)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._ours, keys.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C; prompts read keys themselves."""
        self.type(CTRL_C)

    def end(self) -> tuple[int, str]:
        """Wait for the end; give exit code and what went to stdout."""
        while self._more():
            pass
        assert self._process.stdout is not None
        told = self._process.stdout.read().decode()
        code = self._process.wait(_PATIENCE)
        self._process.stdout.close()
        os.close(self._ours)
        return code, told

    def kill(self) -> None:
        """End it whatever it does."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _more(self) -> bool:
        """Read what has come; False when the terminal was closed."""
        ready, _, _ = select.select([self._ours], [], [], 1.0)
        if not ready:
            return self._process.poll() is None
        try:
            content = os.read(self._ours, 65536)
        except OSError:  # Linux tells the end of the other side like this
            return False
        if _WHERE in content:
            os.write(self._ours, b"\x1b[1;1R")
        self.seen += _CODES.sub("", content.decode(errors="replace"))
        return bool(content)
