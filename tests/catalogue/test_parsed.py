"""The catalogue as it was parsed at installation: the same tables, and never those of another text."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import groundplan
import groundplan_runtime
from groundplan import catalogue
from groundplan.catalogue.parsed import FILE, parsed, written

DATA = Path(catalogue.__file__).parent / "data"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copied = Path(copytree(DATA, tmp_path / "data"))
    (copied / FILE).write_text(written(copied), encoding="utf-8")
    return copied


def test_every_file_is_there_with_its_tables(folder: Path) -> None:
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.toml")]
    assert parsed(folder) == {text: tomllib.loads(text) for text in texts}


def test_a_changed_file_is_not_found_in_it(folder: Path) -> None:
    page = folder / "frameworks" / "flask.toml"
    text = page.read_text(encoding="utf-8")
    assert text in parsed(folder)
    assert text.replace('title = "Flask"', 'title = "Bottle"') not in parsed(folder)


@pytest.mark.parametrize("content", [None, "", "{", "[1]", "[[1, 2, 3]]"])
def test_without_it_or_with_a_broken_one_everything_is_parsed(content: str | None, folder: Path) -> None:
    (folder / FILE).unlink()
    if content is not None:
        (folder / FILE).write_text(content, encoding="utf-8")
    assert parsed(folder) == {}


def test_what_was_parsed_is_used_for_this_very_text_and_for_no_other(tmp_path: Path) -> None:
    package = copytree(
        Path(groundplan.__file__).parent, tmp_path / "groundplan", ignore=ignore_patterns("templates", "__pycache__")
    )
    copytree(Path(groundplan_runtime.__file__).parent, tmp_path / "groundplan_runtime", ignore=ignore_patterns("__pycache__"))
    data = package / "catalogue" / "data"
    (data / FILE).write_text(written(data).replace('"title":"Flask"', '"title":"From the parsed file"'), encoding="utf-8")
    assert _title(tmp_path) == "From the parsed file"
    page = data / "frameworks" / "flask.toml"
    page.write_text(page.read_text(encoding="utf-8").replace('title = "Flask"', 'title = "Edited since"'), encoding="utf-8")
    assert _title(tmp_path) == "Edited since"


def _title(folder: Path) -> str:
    code = "from groundplan.catalogue import load; print(load().framework('flask').title)"
    run = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=True
    )
    return run.stdout.strip()
