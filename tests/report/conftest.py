"""Decisions to tell, and texts to hold them against."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.brief import load as load_brief
from groundplan.brief.model import Brief
from groundplan.catalogue import load
from groundplan.decision import Decision, decide

ROOT = Path(__file__).parents[2]
SNAPSHOTS = Path(__file__).parent / "snapshots"


@pytest.fixture(scope="session")
def told() -> Callable[[str], tuple[Brief, Decision]]:
    """Give (brief, decision) of an example."""
    catalogue = load()

    def read(name: str) -> tuple[Brief, Decision]:
        brief = load_brief(ROOT / "examples" / f"{name}.toml")
        return brief, decide(brief, catalogue, "2026-11-22")

    return read


@pytest.fixture
def same_as() -> Callable[[str, str], None]:
    """Hold a text against a kept one; ``UPDATE_SNAPSHOTS=1`` keeps the new one after a person has read it."""

    def check(name: str, text: str) -> None:
        path = SNAPSHOTS / name
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return check
