"""What to loosen when nothing is left; every set that is told is tried here by deciding again, and so is every smaller one."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import pytest

from groundplan.brief.model import Brief, Check, Comparison, Kind, LoadPlan, Must, Part, Policy
from groundplan.catalogue import Catalogue
from groundplan.decision import decide
from groundplan.decision.again import first
from groundplan.decision.relaxing import Ways, refusal, relaxed, smallest_sets
from groundplan.decision.screening import Sieve, constraints, screen
from groundplan.decision.situation import situation
from groundplan.errors import NoArchitectureError

Example = Callable[[str], Brief]
AS_OF = "2026-11-22"


MEASURED = frozenset({"django", "fastapi", "flask", "starlette", "quart"})


@pytest.fixture
def catalogue(catalogue: Catalogue) -> Catalogue:
    """Give the frameworks whose memory is known: a must leaves out nothing else."""
    return replace(catalogue, frameworks=tuple(one for one in catalogue.frameworks if one.name in MEASURED))


def memory(name: str, part: str = "only", limit: float = 1) -> Must:
    return Must(name, part, "memory", Check(Comparison.BELOW, limit, "B", text=f"< {limit:g}B"), LoadPlan())


def parts(count: int, **needs: int | None) -> tuple[Part, ...]:
    return tuple(Part(f"p{index}", Kind.API, 1 / count, dict(needs)) for index in range(count))


def many(count: int, kind: Kind = Kind.API) -> Brief:
    """Give a brief whose musts, each by itself, leave nothing."""
    musts = tuple(memory(f"limit{index}") for index in range(count))
    return Brief("any", "", (Part("only", kind, 1.0, {}),), musts=musts)


def stuck(example: Example) -> dict[str, Brief]:
    """Give briefs of which nothing survives."""
    pulse, device = example("pulse"), example("device-api")
    return {
        "policy against needs": replace(pulse, policy=Policy(allow=("flask",))),
        "policy against policy": replace(pulse, policy=Policy(allow=("django",), forbid=("django",))),
        "an answer": replace(
            Brief("any", "", (Part("only", Kind.API, 1.0, {}),)),
            policy=Policy(allow=("flask",)),
            answers={"embedded": "event-loop"},
        ),
        "an answer and a must": replace(many(1), policy=Policy(allow=("flask",)), answers={"embedded": "event-loop"}),
        "a must": replace(device, musts=(*device.musts, memory("tiny", "readings"))),
        "five musts": many(5),
        "parts by themselves": replace(
            Brief("any", "", parts(4)), musts=tuple(memory(f"m{index}", f"p{index}") for index in range(4))
        ),
    }


STUCK = [
    "policy against needs",
    "policy against policy",
    "an answer",
    "an answer and a must",
    "a must",
    "five musts",
    "parts by themselves",
]


def left(brief: Brief, catalogue: Catalogue) -> bool:
    try:
        first(brief, catalogue, AS_OF)
    except NoArchitectureError:
        return False
    return True


@pytest.mark.parametrize("name", STUCK)
def test_each_told_set_helps_and_no_part_of_it_does(example: Example, catalogue: Catalogue, name: str) -> None:
    brief = stuck(example)[name]
    assert not left(brief, catalogue)
    found = smallest_sets(brief, lambda looser: left(looser, catalogue))
    assert found.sets
    assert found.complete
    for names in found.sets:
        assert decide(relaxed(brief, names), catalogue, AS_OF, draws=0).chosen
        assert not any(left(relaxed(brief, fewer), catalogue) for fewer in combinations(names, len(names) - 1))


@pytest.mark.parametrize("name", ["policy against needs", "policy against policy", "an answer", "a must"])
def test_the_told_sets_are_all_of_that_size(example: Example, catalogue: Catalogue, name: str) -> None:
    brief = stuck(example)[name]
    found = smallest_sets(brief, lambda looser: left(looser, catalogue)).sets
    every = combinations(constraints(brief), len(found[0]))
    assert found == tuple(names for names in every if left(relaxed(brief, names), catalogue))


@pytest.mark.parametrize("name", STUCK)
def test_what_is_printed_are_those_sets(example: Example, catalogue: Catalogue, name: str) -> None:
    brief = stuck(example)[name]
    with pytest.raises(NoArchitectureError) as caught:
        decide(brief, catalogue, AS_OF)
    sets = smallest_sets(brief, lambda looser: left(looser, catalogue)).sets
    assert str(caught.value).endswith(f"Loosen {' or '.join(' together with '.join(names) for names in sets)}.")


def test_an_answer_is_offered_too(example: Example, catalogue: Catalogue) -> None:
    found = smallest_sets(stuck(example)["an answer"], lambda looser: left(looser, catalogue))
    assert ("answers.embedded = event-loop",) in found.sets


def test_more_than_three_are_named_together(example: Example, catalogue: Catalogue) -> None:
    found = smallest_sets(stuck(example)["five musts"], lambda looser: left(looser, catalogue))
    assert found.sets == (tuple(f"must limit{index}" for index in range(5)),)


def test_of_many_ways_some_are_told_and_the_others_counted(catalogue: Catalogue) -> None:
    brief = many(8)
    found = smallest_sets(brief, lambda looser: any(must.level == "should" for must in looser.musts))
    assert found.sets == tuple((f"must limit{index}",) for index in range(8))
    told = str(refusal(brief, screen(situation(brief, catalogue, AS_OF)), found))
    assert told.endswith("or must limit5 or one of 2 more sets of as many.")


def test_a_search_that_takes_too_long_ends_with_a_set_of_which_nothing_can_be_spared() -> None:
    def with_half_of_them(looser: Brief) -> bool:
        return sum(must.level == "should" for must in looser.musts) >= 10

    found = smallest_sets(many(20), with_half_of_them)
    assert not found.complete
    assert [len(names) for names in found.sets] == [10]
    told = str(refusal(many(20), Sieve(((),), {}, (), ()), found))
    assert told.endswith(" Other ways may be shorter; the search ended after 400 decisions.")


def test_where_nothing_helps_that_is_said(catalogue: Catalogue) -> None:
    bare = replace(catalogue, servers=())
    assert smallest_sets(many(1), lambda looser: left(looser, bare)) == Ways((), complete=True)
    with pytest.raises(NoArchitectureError, match="Not even loosening all of them leaves one"):
        decide(many(1), bare, AS_OF)
