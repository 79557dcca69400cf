"""What to build now and what at the expected load, and the load between them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Load
from groundplan.catalogue import Catalogue
from groundplan.decision import Architecture, Decision, Stack, Topology, decide
from groundplan.decision.again import alike
from groundplan.decision.staging import Staging, moves, staging

Example = Callable[[str], Brief]
Decided = Callable[[Brief], Decision]
AS_OF = "2026-11-22"


def staged(brief: Brief, catalogue: Catalogue) -> Staging:
    found = staging(brief, catalogue, AS_OF, decide(brief, catalogue, AS_OF, draws=0).chosen.architecture)
    assert found is not None
    return found


def at(brief: Brief, rate: float, sockets: float) -> Brief:
    """Give the brief for a load that is today's and the expected one."""
    load = Load(rate, round(sockets))
    return replace(brief, load=replace(load, later=load))


@pytest.fixture(scope="module")
def young(example: Example) -> Brief:
    """Give ``pulse-mvp`` on the day after its first release: a few requests now, the load of ``pulse`` to come."""
    pulse = example("pulse-mvp")
    return replace(pulse, load=Load(3, 50, later=Load(3000, 50000)))


@pytest.fixture(scope="module")
def growing(young: Brief, catalogue: Catalogue) -> Staging:
    return staged(young, catalogue)


def test_a_brief_without_growth_has_no_stages(example: Example, catalogue: Catalogue, decided: Decided) -> None:
    brief = example("grants")
    assert staging(brief, catalogue, AS_OF, decided(brief).chosen.architecture) is None


def test_the_first_stage_begins_at_the_load_of_today(growing: Staging) -> None:
    assert (growing.stages[0].requests_per_second, growing.stages[0].open_connections, growing.stages[0].moves) == (3, 50, ())


def test_a_trigger_lies_between_todays_load_and_the_later_one_on_the_same_ratio(growing: Staging) -> None:
    trigger = growing.stages[1]
    assert 3 < trigger.requests_per_second < 3000
    assert (trigger.open_connections - 50) / (50000 - 50) == pytest.approx((trigger.requests_per_second - 3) / (3000 - 3), rel=0.01)


def test_at_the_trigger_the_next_stage_is_recommended_and_3_percent_below_it_the_one_before(
    young: Brief, decided: Decided, growing: Staging
) -> None:
    before, after = growing.stages[:2]
    rate, sockets = after.requests_per_second, after.open_connections
    assert decided(at(young, rate, sockets)).chosen == after.best
    assert alike(decided(at(young, rate * 0.97, sockets * 0.97)).chosen.architecture, before.best.architecture)


def test_the_last_stage_is_what_the_later_load_asks_for(young: Brief, decided: Decided, growing: Staging) -> None:
    later = decided(at(young, 3000, 50000)).chosen.architecture
    assert alike(growing.stages[-1].best.architecture, later)


def test_neighbouring_stages_differ_and_say_what_moves(growing: Staging) -> None:
    for before, after in zip(growing.stages, growing.stages[1:], strict=False):
        assert not alike(before.best.architecture, after.best.architecture)
        assert after.moves == moves(before.best.architecture, after.best.architecture) != ()


def test_the_stage_that_is_the_recommendation_is_named(
    example: Example, young: Brief, catalogue: Catalogue, decided: Decided, growing: Staging
) -> None:
    chosen = decided(young).chosen.architecture
    assert growing.recommended is not None
    assert alike(growing.stages[growing.recommended].best.architecture, chosen)
    elsewhere = decided(example("device-api")).chosen.architecture
    other = staging(young, catalogue, AS_OF, elsewhere)
    assert other is not None
    assert other.recommended is None


def test_growth_from_nothing_is_followed_too(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("pulse"), load=Load(0.0, None, later=Load(3000, 50000)))
    found = staged(brief, catalogue)
    assert found.stages[0].requests_per_second == 0
    assert found.stages[0].open_connections == catalogue.method.assumed["open_connections"]


def test_what_grows_in_one_figure_only_keeps_the_other(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("pulse"), load=Load(300, 5000, later=Load(None, 500000)))
    assert {stage.requests_per_second for stage in staged(brief, catalogue).stages} == {300}


def architecture(topology: str, processes: dict[str, tuple[str, ...]], **stacks: Stack) -> Architecture:
    return Architecture(stacks, Topology(topology, processes))


def test_a_move_tells_stack_server_and_process_of_the_parts_that_change() -> None:
    django = Stack("django", ("django-ninja",), "granian", "wsgi")
    fastapi = Stack("fastapi", (), "uvicorn", "asgi")
    before = architecture("together", {"all": ("a", "b", "c")}, a=django, b=django, c=django)
    after = architecture("split", {"sync": ("a", "c"), "async": ("b",)}, a=django, b=fastapi, c=django)
    found = {move.part: move for move in moves(before, after)}
    assert found["b"].stack == ("django + django-ninja", "fastapi")
    assert found["b"].server == ("granian (wsgi)", "uvicorn (asgi)")
    assert found["b"].process == (("a", "c"), ())
    assert (found["a"].stack, found["a"].server, found["a"].process) == (None, None, (("b", "c"), ("c",)))
    assert moves(before, before) == ()
