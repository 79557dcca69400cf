"""What must hold for every brief: losers never decide, more load never argues for the slower stack."""

import os
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from decision.strategies import briefs
from groundplan.brief.model import Brief, Load
from groundplan.catalogue import Addon, Catalogue, Framework, load
from groundplan.decision import Decision, decide
from groundplan.decision.model import Robustness
from groundplan.decision.scoring import Scale
from groundplan.decision.screening import screen
from groundplan.decision.searching import best, count, stands
from groundplan.decision.situation import situation
from groundplan.decision.whole import layouts
from groundplan.errors import NoArchitectureError

CATALOGUE = load()
AS_OF = "2026-11-22"
EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "10"))
QUICK = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def answer(brief: Brief, catalogue: Catalogue = CATALOGUE) -> Decision:
    try:
        return decide(brief, catalogue, AS_OF, draws=0)
    except NoArchitectureError:
        assume(False)  # noqa: FBT003  # hypothesis' own way to say that the example is of no use
        raise


def winner(decision: Decision) -> tuple[object, float]:
    return decision.chosen.architecture, decision.chosen.value


def without(name: str) -> Catalogue:
    return replace(CATALOGUE, frameworks=tuple(framework for framework in CATALOGUE.frameworks if framework.name != name))


def with_copy(name: str, copy: str, change: Callable[[str, float], float] = lambda _fact, value: value) -> Catalogue:
    """Add a framework that is like another one in everything, with its figures changed."""
    original = CATALOGUE.framework(name)
    facts = [replace(fact, subject=copy) for fact in CATALOGUE.facts if fact.subject == name]
    changed = [replace(fact, value=change(fact.id, fact.number)) if not isinstance(fact.value, str) else fact for fact in facts]
    return replace(
        CATALOGUE,
        frameworks=(*CATALOGUE.frameworks, replace(original, name=copy, title=copy)),
        addons=tuple(_also(addon, name, copy) for addon in CATALOGUE.addons),
        facts=(*CATALOGUE.facts, *changed),
        requests=(*CATALOGUE.requests, *(replace(row, subject=copy) for row in CATALOGUE.requests if row.subject == name)),
        sockets=(*CATALOGUE.sockets, *(replace(row, subject=copy) for row in CATALOGUE.sockets if row.subject == name)),
        installed={**CATALOGUE.installed, copy: CATALOGUE.installed[name]},
    )


def _also(addon: Addon, name: str, copy: str) -> Addon:
    return replace(addon, frameworks=(*addon.frameworks, copy)) if name in addon.frameworks else addon


@QUICK
@given(briefs(), st.sampled_from(CATALOGUE.frameworks))
def test_taking_a_loser_away_never_changes_the_winner(brief: Brief, loser: Framework) -> None:
    decision = answer(brief)
    assume(loser.name not in decision.chosen.architecture.frameworks)
    assert winner(decide(brief, without(loser.name), AS_OF, draws=0)) == winner(decision)


@QUICK
@given(briefs(), st.sampled_from(CATALOGUE.frameworks))
def test_a_copy_of_an_option_never_changes_the_winner(brief: Brief, copied: Framework) -> None:
    decision = answer(brief)
    assert winner(decide(brief, with_copy(copied.name, "copy"), AS_OF, draws=0)) == winner(decision)


@QUICK
@given(briefs(), st.sampled_from(CATALOGUE.frameworks))
def test_an_option_that_is_worse_somewhere_and_better_nowhere_never_wins(brief: Brief, framework: Framework) -> None:
    def worse(fact: str, value: float) -> float:
        return value * 0.5 if fact in {"survey_share", "guides"} else value + 0.2 * (fact == "breaking_per_year")

    decision = answer(brief, with_copy(framework.name, "worse", worse))
    assert "worse" not in decision.chosen.architecture.frameworks


@QUICK
@given(briefs(), st.sampled_from(["scope", "team", "performance", "horizon"]), st.floats(1, 200))
def test_a_criterion_on_which_nothing_differs_never_changes_the_winner(brief: Brief, axis: str, points: float) -> None:
    few = replace(CATALOGUE, frameworks=CATALOGUE.frameworks[:5])  # what binds nobody leaves the search little to cut off
    assert decide_architecture(brief, with_even_criterion(axis, points, few)) == decide_architecture(brief, few)


def with_even_criterion(axis: str, points: float, catalogue: Catalogue = CATALOGUE) -> Catalogue:
    """Add a criterion on which everything is at the good end."""
    dependence = next(criterion for criterion in CATALOGUE.criteria if criterion.id == "dependence")
    same = replace(dependence, id="same", reads="dependence", axis=axis, points=points, worst=2e9, best=1e9)  # type: ignore[arg-type]  # one of the four
    return replace(catalogue, criteria=(*catalogue.criteria, same))


def decide_architecture(brief: Brief, catalogue: Catalogue) -> object:
    return answer(brief, catalogue).chosen.architecture


@QUICK
@given(briefs(), st.sampled_from([0.25, 4.0, 1024.0]))
def test_scaling_all_weights_changes_nothing(brief: Brief, factor: float) -> None:
    method = replace(CATALOGUE.method, axes={axis: weight * factor for axis, weight in CATALOGUE.method.axes.items()})
    assert answer(brief, replace(CATALOGUE, method=method)) == answer(brief)


@QUICK
@given(briefs())
def test_the_search_finds_what_looking_at_everything_finds(brief: Brief) -> None:
    view = situation(brief, CATALOGUE, AS_OF)
    sieve = screen(view)
    assume(all(sieve.options))
    scale = Scale(view)
    places = layouts(view, {interface: tuple(server.name for server in found) for interface, found in sieve.servers.items()})
    assume(count(sieve.options, places) < 600)
    every = [
        sum(one.weight * one.value for one in scale.judged(options, layout))
        for layout in places
        for options in product(*sieve.options)
        if all(option.interface in layout.interfaces for option in options) and stands(options, layout)
    ]
    assert best(scale, sieve.options, places, 1)[0].value == pytest.approx(max(every), abs=1e-9)


@pytest.mark.parametrize("name", ["pulse", "pulse-mvp"])
def test_more_connections_never_argue_for_slower_delivery(example: Callable[[str], Brief], name: str) -> None:
    brief = replace(example(name), load=Load(100, None))
    speeds = []
    for connections in (10, 100, 1000, 5000, 20_000, 50_000, 200_000):
        stacks = decide(replace(brief, load=Load(100, connections)), CATALOGUE, AS_OF, draws=0).chosen.architecture.stacks
        speeds.append(stacks["live"].framework != "django")
    assert speeds == sorted(speeds)


@pytest.mark.parametrize("name", ["pulse", "pulse-mvp", "aggregation", "device-api"])
def test_more_requests_never_argue_for_more_work_per_request(example: Callable[[str], Brief], name: str) -> None:
    brief = replace(example(name), musts=())
    costs = []
    for rate in (1, 10, 100, 1000, 3000):
        decision = decide(replace(brief, load=replace(brief.load, requests_per_second=rate, later=None)), CATALOGUE, AS_OF, draws=0)
        frozen = replace(brief, load=replace(brief.load, requests_per_second=3000, later=None))
        costs.append(_headroom_at(frozen, decision))
    assert costs == sorted(costs)


def _headroom_at(brief: Brief, decision: Decision) -> float:
    """Value the headroom of a chosen architecture at one fixed load."""
    view = situation(brief, CATALOGUE, AS_OF)
    sieve = screen(view)
    scale = Scale(view)
    stacks = decision.chosen.architecture.stacks
    topology = decision.chosen.architecture.topology.name
    places = [place for place in layouts(view, {"wsgi": ("granian",), "asgi": ("uvicorn",)}) if place.topology == topology]
    layout = next(
        place for place in places if all((stack.interface, stack.server) in place.servers.items() for stack in stacks.values())
    )
    chosen = [
        next(
            option
            for option in options
            if option.names() == (stack.framework, *stack.addons) and option.interface == stack.interface
        )
        for options, stack in zip(sieve.options, stacks.values(), strict=True)
    ]
    return next(one.value for one in scale.judged(chosen, layout) if one.criterion.id == "headroom")


def drawn(brief: Brief, catalogue: Catalogue = CATALOGUE) -> tuple[Decision, Robustness]:
    """Decide with a few draws."""
    try:
        decision = decide(brief, catalogue, AS_OF, draws=300)
    except NoArchitectureError:
        assume(False)  # noqa: FBT003  # hypothesis' own way to say that the example is of no use
        raise
    assert decision.robustness is not None
    return decision, decision.robustness


def share_of(decision: Decision, robust: Robustness) -> float:
    chosen = set(decision.chosen.architecture.frameworks)
    return sum(family.share for family in robust.families if set(family.frameworks) == chosen)


@QUICK
@given(briefs(), st.sampled_from(CATALOGUE.frameworks))
def test_taking_a_loser_away_leaves_an_answer_as_sure_as_it_was(brief: Brief, loser: Framework) -> None:
    before, sure = drawn(brief)
    assume(sure.word != "toss-up")
    assume(loser.name not in before.chosen.architecture.frameworks)
    after, surer = drawn(brief, without(loser.name))
    assert winner(after) == winner(before)
    assert share_of(after, surer) >= share_of(before, sure)


@pytest.mark.long
@QUICK
@given(briefs(), st.sampled_from(CATALOGUE.frameworks))
def test_a_copy_takes_no_more_than_sureness(brief: Brief, copied: Framework) -> None:
    before, sure = drawn(brief)
    after, less_sure = drawn(brief, with_copy(copied.name, "copy"))
    assume("toss-up" not in {sure.word, less_sure.word})
    assert winner(after) == winner(before)
    assert share_of(after, less_sure) <= share_of(before, sure)


@QUICK
@given(briefs(), st.sampled_from(["scope", "team", "performance", "horizon"]), st.floats(1, 200))
def test_a_criterion_on_which_nothing_differs_leaves_a_drawn_answer_as_it_is(brief: Brief, axis: str, points: float) -> None:
    before, sure = drawn(brief)
    after, even = drawn(brief, with_even_criterion(axis, points))
    assume("toss-up" not in {sure.word, even.word})
    assert after.chosen.architecture == before.chosen.architecture


@QUICK
@given(briefs())
def test_the_same_brief_gives_the_same_draws(brief: Brief) -> None:
    assert drawn(brief) == drawn(brief)
