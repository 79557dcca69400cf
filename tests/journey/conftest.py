"""pulse, built and installed once for all journeys of a run."""

import os
from pathlib import Path

import pytest

from journey.product import ROOT, build


@pytest.fixture(scope="session")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a built pulse; PULSE names one that is already there, while working on a test."""
    if "PULSE" in os.environ:
        return Path(os.environ["PULSE"])
    return build(ROOT / "examples" / "pulse.toml", tmp_path_factory.mktemp("journey") / "pulse")
