"""The files of the catalogue, parsed when Groundplan was installed: TOML takes twenty times as long to read as JSON.

The file holds every text beside its tables, and is only asked for a text: whatever was changed since is not found in it, and is
parsed. Where there is no such file, as in a working copy that nobody installed, everything is.
"""

import json
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["FILE", "parsed", "written"]

FILE = "parsed.json"
"""Beside the files of the catalogue; made by ``scripts/build.py`` whenever a wheel or an editable installation is."""

_DATA = Path(__file__).parent / "data"


@cache
def parsed(folder: Path = _DATA) -> dict[str, dict[str, Any]]:
    """Give text of a file -> its tables, as far as they are there. Nobody may change them."""
    try:
        found: dict[str, dict[str, Any]] = dict(json.loads((folder / FILE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}
    return found


def written(folder: Path = _DATA) -> str:
    """Give what the file has to hold for the catalogue in a folder."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.toml"))]
    return json.dumps([[text, tomllib.loads(text)] for text in texts], ensure_ascii=False, separators=(",", ":"))
