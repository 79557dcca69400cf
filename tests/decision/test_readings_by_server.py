"""Which readings a server can change is written down; every other one is made once for all servers."""

from collections.abc import Callable

import pytest

from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue
from groundplan.decision.options import wants
from groundplan.decision.part_readings import OF_SERVER, PART_READINGS
from groundplan.decision.readings import Place, touches
from groundplan.decision.screening import screen
from groundplan.decision.situation import situation

AS_OF = "2026-11-22"


@pytest.mark.parametrize("criterion", sorted(PART_READINGS))
def test_readings_that_no_server_can_change_are_known(
    criterion: str, example: Callable[[str], Brief], catalogue: Catalogue
) -> None:
    view = situation(example("notifications"), catalogue, AS_OF)
    asked = [one for one in catalogue.criteria if one.reading == criterion]
    different = False
    for part, options in zip(view.parts, screen(view).options, strict=True):
        for option in options if any(touches(one, part) for one in asked) else ():
            places = [Place(view, part, wants(part, catalogue), option, server) for server in ("granian", "uvicorn", "")]
            different |= len({repr(PART_READINGS[criterion](place)) for place in places}) > 1
    assert different == (criterion in OF_SERVER)
