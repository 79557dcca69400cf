"""The real program in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

GROUNDPLAN = Path(sys.executable).parent / "groundplan"

Ended = subprocess.CompletedProcess[str]
Program = Callable[..., Ended]


@pytest.fixture(scope="session")
def groundplan() -> Program:
    """Give a function that runs ``groundplan ARGUMENTS`` and gives stdout, stderr and exit code."""

    def run(*arguments: object, cwd: Path | None = None, **environment: str) -> Ended:
        command = [str(GROUNDPLAN), *(str(argument) for argument in arguments)]
        surroundings = os.environ | {"COLUMNS": "80"} | environment
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, cwd=cwd, env=surroundings)

    return run
