"""Decisions to tell, and texts to hold them against."""

import os
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from groundplan.brief import load as load_brief
from groundplan.catalogue import load
from groundplan.report.telling import Telling, tell

collect_ignore = [] if find_spec("playwright") else ["test_page_in_browser.py"]
ROOT = Path(__file__).parents[2]
SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture(scope="session")
def told() -> Callable[[str], Telling]:
    """Give an example, decided, with all that its reports are made from."""
    catalogue = load()
    return cache(lambda name: tell(load_brief(ROOT / "examples" / f"{name}.toml"), catalogue, "2026-11-22"))


@pytest.fixture
def same_as() -> Callable[[str, str], None]:
    """Hold a text against a kept one; ``UPDATE_SNAPSHOTS=1`` keeps the new one after a person has read it."""

    def check(name: str, text: str) -> None:
        path = SNAPSHOTS / name
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return check
