"""The tests that a part brings along pass in a project that was just built."""

import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from templates.building import Wanted, build
from templates.conftest import LONELY, PARTS


@pytest.mark.long
@pytest.mark.parametrize("wanted", [PARTS, LONELY], ids=["with Django", "without Django"])
def test_the_tests_of_the_parts_pass(wanted: Sequence[Wanted], tmp_path: Path) -> None:
    root = build(tmp_path, wanted)
    (root / ".env").write_text(f"SECRET_KEY={secrets.token_hex(32)}\n")
    folders = [folder for folder in sorted(root.glob("parts/*/tests")) if folder.parent.name != "office"]
    assert len(folders) >= 2
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GROUNDPLAN_", "PYTEST_"))}
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *map(str, folders)]
    ran = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-2000:]
