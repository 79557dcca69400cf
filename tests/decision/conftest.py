"""The shipped catalogue, and briefs to decide on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.brief import load as load_brief
from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue, load
from groundplan.decision import Decision, decide

EXAMPLES = Path(__file__).parents[2] / "examples"
AS_OF = "2026-11-22"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def example() -> Callable[[str], Brief]:
    return lambda name: load_brief(EXAMPLES / f"{name}.toml")


@pytest.fixture(scope="session")
def decided(catalogue: Catalogue) -> Callable[[Brief], Decision]:
    return lambda brief: decide(brief, catalogue, AS_OF, draws=0)
