"""Case files as a test wants them: a real one to start from, and one value changed."""

import shutil
from pathlib import Path

import pytest

OPEN = Path(__file__).parents[2] / "backtest" / "open"


def copied(folder: Path, *names: str) -> Path:
    """Put copies of open cases into a folder."""
    folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copy(OPEN / f"{name}.toml", folder)
    return folder


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    """Put a copy of an open case into a folder with the first of a text replaced."""
    text = (OPEN / f"{name}.toml").read_text()
    assert old in text
    copied(folder, name)
    (folder / f"{name}.toml").write_text(text.replace(old, new, 1))
    return folder


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """Give an empty folder for cases."""
    folder = tmp_path / "cases"
    folder.mkdir()
    return folder
