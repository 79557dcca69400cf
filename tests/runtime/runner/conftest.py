"""Small real projects for this room's tests."""

from pathlib import Path

import pytest

from runtime.runner.projects import write


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """Give a project of a WSGI part at / and an ASGI part at /api/v1."""
    return write(tmp_path / "pair")
