"""The real thing, made once: pulse built by the command line, installed into its own environment, started by its own runner."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
GROUNDPLAN = Path(sys.executable).parent / "groundplan"
STOP_SECONDS = 30

ACCOUNTS = [
    {"username": "ada", "password": "ada-pass-7351", "staff": True, "permissions": [
        f"office.{verb}_sale" for verb in ("view", "add", "change", "delete")
    ]},
    {"username": "ben", "password": "ben-pass-7351", "staff": False, "permissions": []},
]  # fmt: skip


def clean_environment() -> dict[str, str]:
    """Give the environment without what a developer's shell may have set for projects."""
    ours = ("GROUNDPLAN_", "DATABASE_URL", "EVENTS_URL", "SECRET_KEY", "PUBLIC_URL", "DJANGO_", "PYTHONPATH", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def build(brief: Path, target: Path) -> Path:
    """Build a project from a brief and install what it needs into its own environment."""
    subprocess.run([GROUNDPLAN, "build", brief, target], check=True, env=clean_environment())
    subprocess.run([sys.executable, "project.py", "setup"], cwd=target, check=True, env=clean_environment())
    return target


@dataclass
class Running:
    """A started project: what it told when it was ready, its process and its folder of data."""

    ready: dict[str, Any]
    process: "subprocess.Popen[str]"
    data: Path

    @property
    def url(self) -> str:
        return str(self.ready["url"])


@contextlib.contextmanager
def running(project: Path, data: Path, *flags: str) -> Iterator[Running]:
    """Start a project with the accounts above and stop it at the end; fails when it does not get ready."""
    data.mkdir(parents=True, exist_ok=True)
    accounts = data / "accounts.json"
    accounts.write_text(json.dumps(ACCOUNTS))
    command: list[str | Path] = [project / ".venv/bin/python", "project.py", "run", "--json", "--port", "0", "--data", data]
    process = subprocess.Popen(
        [*command, "--accounts", accounts, *flags], cwd=project, env=clean_environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        yield Running(_until_ready(process), process, data)
    finally:
        stop(process)


def _until_ready(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    for line in process.stdout:
        told: dict[str, Any] = json.loads(line)
        if told["event"] == "ready":
            return told
    message = f"the project ended with code {process.wait()} before it was ready"
    raise AssertionError(message)


def stop(process: "subprocess.Popen[str]") -> int:
    """Ask a project to stop and give its exit code; kill it when it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
