"""A generated project needs nobody: moved elsewhere, without Groundplan, its README's own commands install, test and run it."""

import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest

from journey.product import clean_environment

pytestmark = pytest.mark.long

READY_SECONDS = 90


def commands_of(readme: str) -> list[str]:
    """Give the README's shell commands in order, without their comments, fenced or indented."""
    lines = [line.strip().split("#")[0].strip() for line in readme.splitlines()]
    return [line for line in lines if line.startswith(("make ", "python3 project.py", ".venv/"))]


def wait_until_answers(url: str) -> int:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return int(answer.status)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)  # polls a port that another program opens when it is ready
    message = f"{url} did not answer within {READY_SECONDS} s"
    raise AssertionError(message)


def test_the_readme_alone_installs_tests_and_runs_the_moved_project(pulse: Path, tmp_path: Path) -> None:
    home = tmp_path / "somewhere else" / "pulse"
    shutil.copytree(pulse, home, ignore=shutil.ignore_patterns(".venv", "data", "__pycache__", ".env"))
    found = commands_of((home / "README.md").read_text())
    assert {"make setup", "make test", "make run"} <= set(found)
    environment = clean_environment() | {"PATH": "/usr/local/bin:/usr/bin:/bin:" + clean_environment()["PATH"]}
    for command in ("make setup", "make test"):
        subprocess.run(command.split(), cwd=home, env=environment, check=True, timeout=600)
    installed = subprocess.run([home / ".venv/bin/python", "-m", "pip", "list"], capture_output=True, text=True, check=True).stdout
    assert "groundplan" not in installed.lower()
    run = subprocess.Popen(["make", "run"], cwd=home, env=environment, start_new_session=True)
    try:
        assert wait_until_answers("http://127.0.0.1:8000/accounts/login/") == 200
        assert wait_until_answers("http://127.0.0.1:8000/api/v1/openapi.json") == 200
        assert "caddy" in " ".join(_children(run.pid))
    finally:
        subprocess.run([home / ".venv/bin/python", "project.py", "stop"], cwd=home, env=environment, check=True)
        run.send_signal(signal.SIGTERM)
        run.wait(30)


def _children(pid: int) -> list[str]:
    return [" ".join(child.cmdline()) for child in psutil.Process(pid).children(recursive=True)]
