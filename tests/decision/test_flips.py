"""Which single answer would change the recommendation."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Kind, Load, Part, Team
from groundplan.catalogue import Catalogue
from groundplan.decision import decide, flips

Example = Callable[[str], Brief]
AS_OF = "2026-11-22"


def test_a_tenth_of_the_load_brings_pulse_back_to_one_framework(example: Example, catalogue: Catalogue) -> None:
    found = {flip.change: flip.architecture for flip in flips(example("pulse"), catalogue, AS_OF)}
    assert found["a tenth of the load"].frameworks == ("django",)


def test_a_safe_choice_flips_on_nothing_but_its_own_constraints(example: Example, catalogue: Catalogue) -> None:
    assert flips(example("grants"), catalogue, AS_OF) == ()


def test_an_unknown_need_is_tried_at_its_highest(catalogue: Catalogue) -> None:
    part = Part("only", Kind.API, 1.0, {"websockets_or_streaming": None})
    brief = Brief("any", "", (part,), team=Team(None, 1, {"flask": 3}), load=Load(later=Load(100)))
    found = {flip.change: flip.architecture.frameworks for flip in flips(brief, catalogue, AS_OF)}
    assert found["part only: websockets_or_streaming turns out to be 3"] != ("flask",)


def test_a_change_that_leaves_nothing_is_no_flip(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("device-api"), team=Team(2, 1, {"flask": 2}))
    assert all(flip.architecture.stacks for flip in flips(brief, catalogue, AS_OF))


@pytest.mark.parametrize("name", ["pulse-mvp", "aggregation"])
def test_every_flip_is_another_recommendation(example: Example, catalogue: Catalogue, name: str) -> None:
    now = decide(example(name), catalogue, AS_OF).chosen.architecture
    assert all(flip.architecture != now for flip in flips(example(name), catalogue, AS_OF))
