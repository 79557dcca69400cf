"""pulse, built and installed once for all journeys of a run."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from journey.product import ROOT, build

# The browser suite has requirements of its own; make test-browser installs them, and fails if it then finds no test.
collect_ignore = [] if find_spec("playwright") else ["test_browser.py"]


@pytest.fixture(scope="session")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a built pulse; PULSE names one that is already there, while working on a test."""
    if "PULSE" in os.environ:
        return Path(os.environ["PULSE"])
    return build(ROOT / "examples" / "pulse.toml", tmp_path_factory.mktemp("journey") / "pulse")
