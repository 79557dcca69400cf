"""The smallest sets of add-ons, held against looking at every set."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.brief.model import Brief, Kind, Part, Policy, Team
from groundplan.catalogue import Addon, Catalogue
from groundplan.catalogue.model import Provision
from groundplan.decision import decide
from groundplan.decision.addon_sets import addon_sets, subjects, without_doubles

WORDS = "abcdef"


def addon(name: str, brings: str, needs: tuple[str, ...] = (), title: str = "") -> Addon:
    provisions = {word: Provision(word, name, "third_party", "", "2026-11-22") for word in brings}
    return Addon(name, title, ("rock",), ("wsgi",), needs, "third_party", "1", "2026-11", "", "", "", {}, provisions)


@st.composite
def shelves(draw: st.DrawFn) -> list[Addon]:
    found: list[Addon] = []
    for index in range(draw(st.integers(0, 6))):
        brings = "".join(sorted(draw(st.sets(st.sampled_from(WORDS), max_size=3))))
        needs = tuple(draw(st.lists(st.sampled_from([one.name for one in found]), max_size=2, unique=True))) if found else ()
        found.append(addon(f"p{index}", brings, needs))
    return found


def whole(names: frozenset[str], by_name: dict[str, Addon]) -> bool:
    return all(need in names for name in names for need in by_name[name].needs)


def every(shelf: list[Addon], wanted: set[str]) -> list[list[str]]:
    """Look at all sets, the small ones first."""
    by_name = {one.name: one for one in shelf}
    within_reach = wanted & {word for one in shelf for word in one.provisions}
    for size in range(len(shelf) + 1):
        sets = [frozenset(one.name for one in some) for some in combinations(shelf, size)]
        fit = [
            names
            for names in sets
            if whole(names, by_name) and within_reach <= {word for n in names for word in by_name[n].provisions}
        ]
        if fit:
            return sorted(sorted(names) for names in fit)
    raise AssertionError


@settings(max_examples=200, deadline=None, derandomize=True)
@given(shelves(), st.sets(st.sampled_from(WORDS)))
def test_the_search_finds_the_sets_that_looking_at_all_of_them_finds(shelf: list[Addon], wanted: set[str]) -> None:
    own = {word: Provision(word, "rock", "absent", "", "") for word in WORDS}
    found = addon_sets(own, tuple(sorted(wanted)), shelf)
    assert sorted(sorted(one.name for one in chosen) for chosen in found) == every(shelf, wanted)


def test_what_is_there_already_needs_no_add_on() -> None:
    own = {"a": Provision("a", "rock", "core", "", "")}
    assert addon_sets(own, ("a", "unknown"), [addon("p", "a")]) == [()]


def test_an_add_on_whose_own_needs_cannot_be_had_is_not_used() -> None:
    own = {"a": Provision("a", "rock", "absent", "", "")}
    assert addon_sets(own, ("a",), [addon("p", "a", ("q",)), addon("q", "", ("gone",))]) == [()]


def test_of_add_ons_that_nothing_tells_apart_the_earlier_is_kept(catalogue: Catalogue) -> None:
    twins = [addon("first", "ab"), addon("second", "ab"), addon("more", "abc")]
    assert [one.name for one in without_doubles(twins, subjects(catalogue))] == ["first", "more"]


def test_an_add_on_with_a_fact_of_its_own_or_that_others_need_is_no_double(catalogue: Catalogue) -> None:
    shelf = [addon("first", "ab"), addon("alembic", "ab"), addon("known", "ab"), addon("above", "c", ("alembic",))]
    fact = replace(catalogue.facts[0], subject="known")
    kept = without_doubles(shelf, subjects(replace(catalogue, facts=(fact,))))
    assert [one.name for one in kept] == ["first", "alembic", "known", "above"]


@pytest.mark.parametrize("kept_out", ["rq", "huey", "dramatiq"])
def test_a_double_that_is_left_out_of_the_search_could_not_have_won(kept_out: str, catalogue: Catalogue) -> None:
    part = Part("only", Kind.WORKER, 1.0, {"cpu_or_ml": 2})
    brief = Brief("one", "", (part,), team=Team(4, 1, {"flask": 2}), policy=Policy(allow=("flask",)))
    doubles = {"celery", "rq", "huey", "dramatiq"}
    alone = replace(catalogue, addons=tuple(one for one in catalogue.addons if one.name not in doubles - {kept_out}))
    shown, other = decide(brief, catalogue, "2026-11-22").chosen, decide(brief, alone, "2026-11-22").chosen
    assert shown.value == other.value
    assert "celery" in shown.architecture.stacks["only"].addons
    assert kept_out in other.architecture.stacks["only"].addons
