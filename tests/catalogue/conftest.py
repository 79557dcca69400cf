"""A copy of the shipped catalogue that a test may spoil."""

import shutil
from collections.abc import Callable
from importlib.resources import as_file, files
from pathlib import Path

import pytest

Edit = Callable[[str, str, str], Path]


@pytest.fixture
def edited(tmp_path: Path) -> Edit:
    """Give a function (file, old, new) that changes the copy and returns its folder."""
    with as_file(files("groundplan.catalogue") / "data") as data:
        folder = Path(shutil.copytree(data, tmp_path / "data"))

    def edit(name: str, old: str, new: str) -> Path:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))
        return folder

    return edit
