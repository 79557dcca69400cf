"""Frameworks that bring their own server: a process of their own, never one with others."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from groundplan.brief.model import Brief, Kind, Part, Policy, Team
from groundplan.catalogue import Catalogue, Framework
from groundplan.decision import Decision, decide

AS_OF = "2026-11-22"

Decided = Callable[[Brief], Decision]


def lonely(catalogue: Catalogue, name: str) -> Framework:
    """Give Starlette under another name, with a server of its own."""
    starlette = catalogue.framework("starlette")
    return replace(
        starlette, name=name, title=name.title(), interfaces=("own",), provisions={"own": starlette.provisions["asgi"]}, layers=()
    )


@pytest.fixture(scope="module")
def own(catalogue: Catalogue) -> Catalogue:
    """Give Django and Starlette beside two frameworks with their own servers."""
    kept = tuple(catalogue.framework(name) for name in ("django", "starlette"))
    return replace(catalogue, frameworks=(*kept, lonely(catalogue, "solo"), lonely(catalogue, "hermit")), facts=())


def brief_of(*names: str, allow: tuple[str, ...]) -> Brief:
    parts = tuple(Part(name, Kind.API, 1 / len(names), {"websockets_or_streaming": 2}) for name in names)
    return Brief("one", "", parts, team=Team(4, 1, {"solo": 4, "django": 4}), policy=Policy(allow=allow))


def layouts_of(decision: Decision) -> set[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return {
        (
            rated.architecture.topology.name,
            rated.architecture.frameworks,
            tuple(rated.architecture.topology.processes),
        )
        for rated in decision.ranked
    }


def test_one_part_runs_on_the_server_of_its_framework(own: Catalogue) -> None:
    chosen = decide(brief_of("api", allow=("solo",)), own, AS_OF, draws=0).chosen.architecture
    assert str(chosen.stacks["api"]) == "solo on own"
    assert chosen.stacks["api"].interface == "own"
    assert chosen.topology.processes == {"all": ("api",)}


def test_parts_on_one_such_framework_may_share_its_process(own: Catalogue) -> None:
    found = layouts_of(decide(brief_of("a", "b", allow=("solo",)), own, AS_OF, draws=0))
    assert found == {("together", ("solo",), ("all",)), ("apart", ("solo",), ("a", "b"))}


def test_beside_django_it_gets_a_process_of_its_own_under_its_name(own: Catalogue) -> None:
    decision = decide(brief_of("a", "b", allow=("solo", "django")), own, AS_OF, draws=0)
    mixed = [one for one in decision.ranked if one.architecture.hybrid]
    assert {one.architecture.topology.name for one in mixed} == {"split"}
    for rated in mixed:
        assert set(rated.architecture.topology.processes) in ({"sync", "solo"}, {"async", "solo"})


def test_two_such_frameworks_never_share_a_process(own: Catalogue) -> None:
    decision = decide(brief_of("a", "b", "c", allow=("solo", "hermit", "django")), own, AS_OF, draws=0)
    for rated in decision.ranked:
        stacks = rated.architecture.stacks
        for parts in rated.architecture.topology.processes.values():
            assert len({stacks[part].framework for part in parts if stacks[part].interface == "own"}) <= 1
            assert len({stacks[part].interface == "own" for part in parts}) == 1


def test_candidates_of_split_layouts_are_those_where_every_interface_occurs(own: Catalogue) -> None:
    brief = brief_of("a", "b", "c", allow=("solo", "starlette"))
    ways = [mix for mix in product(("own", "asgi"), repeat=3) if len(set(mix)) == 2]
    # One process for each of the two frameworks alone, the splits, and every mix apart.
    assert decide(brief, own, AS_OF, draws=0).candidates == 2 + len(ways) + 2**3


def test_without_its_server_such_a_framework_is_out(own: Catalogue) -> None:
    brief = replace(brief_of("a", allow=("solo", "django")), policy=Policy(allow=("solo", "django"), forbid=("own",)))
    decision = decide(brief, own, AS_OF, draws=0)
    assert decision.chosen.architecture.frameworks == ("django",)
    assert {row.fact for row in decision.screened_out if row.stack.startswith("solo ")} == {"its own server is left out"}


def test_what_it_lacks_is_told_with_its_own_server(own: Catalogue) -> None:
    part = Part("a", Kind.API, 1.0, {"public_api_docs": 3})
    decision = decide(replace(brief_of("a", allow=("solo", "django")), parts=(part,)), own, AS_OF, draws=0)
    assert "no openapi under its own server, and no known add-on brings it" in {row.fact for row in decision.screened_out}


def test_waiting_requests_hold_no_thread_on_its_event_loop(own: Catalogue) -> None:
    part = Part("a", Kind.GATEWAY, 1.0, {"io_fanout": 3})
    decision = decide(replace(brief_of("a", allow=("solo",)), parts=(part,)), own, AS_OF, draws=0)
    (waiting,) = [found for found in decision.chosen.contributions if found.criterion == "waiting"]
    assert "10,000 places" in waiting.evidence
