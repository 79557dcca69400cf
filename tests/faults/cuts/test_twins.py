"""Each guarantee of the gateway holds, and a gateway with one piece built wrongly is caught by the same scenario."""

import pytest

from faults.cuts.guarantees import Stage
from faults.cuts.table import PAGE, page
from faults.cuts.twins import GUARANTEES, Guarantee, Twin
from faults.cuts.watching import BrokenError

PAIRS = [(guarantee, twin) for guarantee in GUARANTEES for twin in guarantee.twins]


@pytest.fixture
def stage(request: pytest.FixtureRequest, sqlite_url: str) -> Stage:
    return Stage(sqlite_url, request.getfixturevalue("valkey") if request.getfixturevalue("guarantee").valkey else None)


@pytest.mark.parametrize("guarantee", GUARANTEES, ids=lambda guarantee: guarantee.scenario.__name__)
async def test_the_gateway_keeps(stage: Stage, guarantee: Guarantee) -> None:
    await guarantee.scenario(stage)


@pytest.mark.faults
@pytest.mark.parametrize(("guarantee", "twin"), PAIRS, ids=[twin.what.replace(" ", "-") for _, twin in PAIRS])
async def test_a_twin_that_is_caught(stage: Stage, guarantee: Guarantee, twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twin.place, twin.name, twin.piece)
    with pytest.raises(BrokenError) as broken:
        await guarantee.scenario(stage)
    print(f"{twin.what}: {broken.value}")


def test_the_page_tells_every_guarantee_and_twin() -> None:
    assert PAGE.read_text() == page(), "run python tests/faults/cuts/table.py"
