"""pulse, built and installed once for all journeys of a run."""

from pathlib import Path

import pytest

from journey.product import ROOT, build


@pytest.fixture(scope="session")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT / "examples" / "pulse.toml", tmp_path_factory.mktemp("journey") / "pulse")
