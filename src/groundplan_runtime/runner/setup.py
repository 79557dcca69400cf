"""``project.py setup``: the project's own environment with exactly the pinned packages, and ``.env`` with fresh secrets.

Standard library only: it runs before anything is installed.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Any

from groundplan_runtime.errors import SetupError
from groundplan_runtime.interpreter import STAMP, UNFINISHED, environment_folder, environment_python
from groundplan_runtime.runner.console import Console
from groundplan_runtime.runner.pids import signal_group
from groundplan_runtime.settings import ENV_FILE, ensure_env_file

__all__ = ["setup"]

_UNREACHABLE = ("NewConnectionError", "Failed to establish", "ConnectTimeout", "Name or service", "Temporary failure", "ProxyError")


def setup(root: Path, console: Console, *, production: bool) -> int:
    """Install and give 0. production: only what running needs, without tests, front door and services.

    Either everything is in place afterwards or nothing has changed; SetupError says in one sentence why.
    """
    requirements = root / ("requirements.txt" if production else "requirements-dev.txt")
    if not requirements.is_file():
        raise SetupError(f"{requirements}: this file is missing, and it names the packages; restore it from version control.")
    begin = time.monotonic()
    if _up_to_date(root, requirements):
        shutil.rmtree(_aside(environment_folder(root)), ignore_errors=True)  # a setup killed at its very end leaves that
        console.say(f".venv is up to date with {requirements.name}")
    else:
        console.say(f"installing {_count(requirements)} packages of {requirements.name} into .venv")
        _install(root, requirements)
        console.step("install", time.monotonic() - begin)
    if ensure_env_file(root):
        console.say(f"made {ENV_FILE} with a fresh SECRET_KEY and OWNER_PASSWORD")
    return 0


def _install(root: Path, requirements: Path) -> None:
    with _interruptible() as asked, _replaced(environment_folder(root)) as folder:
        _make_environment(asked, folder)
        _pip(asked, root, requirements)
        (folder / STAMP).write_text(_fingerprint(requirements), encoding="utf-8")
        (folder / UNFINISHED).unlink()


@contextmanager
def _replaced(folder: Path) -> Iterator[Path]:
    """Put an existing environment aside while a new one is made in its place; back it comes when that fails.

    In its place and not beside it: programs inside an environment carry its path, and a renamed one is broken.
    """
    aside = _aside(folder)
    if (folder / UNFINISHED).exists():
        shutil.rmtree(folder)
    elif folder.exists():
        shutil.rmtree(aside, ignore_errors=True)
        folder.rename(aside)
    try:
        folder.mkdir()
        (folder / UNFINISHED).touch()
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        if aside.exists():
            aside.rename(folder)
        raise
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _interruptible() -> Iterator[Event]:
    """Turn Ctrl-C and a polite request to end into a mark that is acted upon where it is safe: between and during programs."""
    asked = Event()
    before = {number: signal.signal(number, lambda *_: asked.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _aside(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-before")


def _make_environment(asked: Event, folder: Path) -> None:
    code, output = _finished(asked, [sys.executable, "-m", "venv", str(folder)], folder.parent)
    if code != 0:
        reason = _last(output)
        raise SetupError(
            f"{folder}: no environment could be made with {sys.executable} ({reason}); on Debian install python3-venv."
        )


def _pip(asked: Event, root: Path, requirements: Path) -> None:
    options = ["--disable-pip-version-check", "--no-input", "--require-hashes", "-r", str(requirements)]
    command = [str(environment_python(root)), "-m", "pip", "install", *options]
    code, output = _finished(asked, command, root)
    if code != 0:
        raise SetupError(f"{requirements.name} could not be installed: {_reason(output)}; nothing was changed.")


def _finished(asked: Event, command: list[str], folder: Path) -> tuple[int, str]:
    """Run a program to its end and give exit code and output. Asked to end, it ends with its descendants, which write too."""
    options: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
    with subprocess.Popen(command, cwd=folder, **options) as process:
        while not asked.is_set():
            with suppress(subprocess.TimeoutExpired):
                output, _ = process.communicate(timeout=0.2)
                return process.returncode, output
        signal_group(process.pid, signal.SIGKILL)
        process.communicate()  # ends when the last of them has closed its output, and so is gone
    raise KeyboardInterrupt


def _reason(output: str) -> str:
    if any(mark in output for mark in _UNREACHABLE):
        return "the package index cannot be reached, so check the network and pip's index setting"
    if "DO NOT MATCH THE HASHES" in output:
        return "the package index gave a file whose hash is not the pinned one, so check the index or update the project"
    if "(from versions: none)" in output:
        return "the package index cannot be reached or does not have one of them, so check the network and pip's index setting"
    return f"pip says {_last([line for line in output.splitlines() if line.startswith('ERROR')] or output)}"


def _last(text: str | list[str]) -> str:
    lines = text if isinstance(text, list) else [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "nothing"


def _up_to_date(root: Path, requirements: Path) -> bool:
    stamp = environment_folder(root) / STAMP
    intact = environment_python(root).exists() and not (environment_folder(root) / UNFINISHED).exists()
    return intact and stamp.is_file() and stamp.read_text(encoding="utf-8") == _fingerprint(requirements)


def _fingerprint(requirements: Path) -> str:
    """Say what an environment is made from: the pins, the interpreter, and the place, because environments cannot be moved."""
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()
    place = environment_folder(requirements.parent.resolve())
    return f"{requirements.name} {digest} {sys.version.split()[0]} {os.path.realpath(sys.base_prefix)} {place}\n"


def _count(requirements: Path) -> int:
    return sum("==" in line for line in requirements.read_text(encoding="utf-8").splitlines())
