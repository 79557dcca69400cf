"""Which single answer would change the recommendation, and which pair of answers."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Kind, Load, Part, Team
from groundplan.catalogue import Catalogue
from groundplan.decision import decide, flips
from groundplan.decision.again import alike
from groundplan.decision.changes import changes
from groundplan.decision.flipping import Ledger, ledger, pairs
from groundplan.events import Event, Progress

Example = Callable[[str], Brief]
AS_OF = "2026-11-22"


@pytest.fixture(scope="module")
def pulse(example: Example, catalogue: Catalogue) -> Ledger:
    return ledger(example("pulse"), catalogue, AS_OF)


@pytest.mark.long
def test_without_anybody_who_has_shipped_fastapi_the_api_of_pulse_is_on_django(pulse: Ledger) -> None:
    found = {flip.change: flip.architecture for flip in pulse.flips}
    assert found["nobody has shipped with FastAPI, not 1"].stacks["public"].framework == "django"


def test_a_safe_choice_flips_on_nothing(example: Example, catalogue: Catalogue) -> None:
    assert flips(example("grants"), catalogue, AS_OF) == ()


def test_an_unknown_need_is_tried_at_both_ends(catalogue: Catalogue) -> None:
    part = Part("only", Kind.API, 1.0, {"websockets_or_streaming": None})
    brief = Brief("any", "", (part,), team=Team(None, 1, {"flask": 3}), load=Load(later=Load(100)))
    found = {flip.change: flip.architecture.frameworks for flip in flips(brief, catalogue, AS_OF)}
    assert found["only: websockets_or_streaming 3, not unknown"] != ("flask",)
    assert "only: websockets_or_streaming 0, not unknown" in {change.words for change in changes(brief, catalogue)}


@pytest.mark.long
def test_every_flip_is_what_deciding_the_changed_brief_gives(example: Example, catalogue: Catalogue, pulse: Ledger) -> None:
    changed = {change.words: change.apply(example("pulse")) for change in changes(example("pulse"), catalogue)}
    for flip in pulse.flips:
        assert decide(changed[flip.change], catalogue, AS_OF, draws=0).chosen.architecture == flip.architecture
        assert not alike(flip.architecture, pulse.architecture)


@pytest.mark.long
def test_the_ledger_holds_every_change_and_marks_those_that_flip(example: Example, catalogue: Catalogue, pulse: Ledger) -> None:
    assert [(row.place, row.change) for row in pulse.tried] == [
        (change.place, change.words) for change in changes(example("pulse"), catalogue)
    ]
    assert {row.flips for row in pulse.tried} == {True, False}
    assert all(row.flips == (not alike(row.architecture, pulse.architecture)) for row in pulse.tried if row.architecture)


def test_a_change_that_leaves_nothing_is_told_and_is_no_flip(example: Example, catalogue: Catalogue) -> None:
    bare = replace(catalogue, frameworks=(catalogue.framework("flask"),), addons=())
    part = replace(example("device-api").parts[0], needs={"admin_backoffice": 2})
    brief = replace(example("device-api"), parts=(part,), musts=())
    row = next(row for row in ledger(brief, bare, AS_OF).tried if row.change.endswith("admin_backoffice 3, not 2"))
    assert (row.architecture, row.flips) == (None, False)


def test_changes_are_of_every_kind_and_none_leaves_the_brief_as_it_is(example: Example, catalogue: Catalogue) -> None:
    brief = replace(
        example("notifications"),
        policy=replace(example("notifications").policy, allow=("flask", "fastapi", "quart"), forbid=("granian",)),
        priorities={"first": "team", "second": "scope"},
        answers={"existing_code": "sync"},
    )
    every = changes(brief, catalogue)
    kinds = {change.place.split(".")[0].split(" ")[0] for change in every}
    assert kinds == {
        *("part", "merge", "team", "horizon", "load", "policy", "must", "incumbent", "answers", "priorities"),
    }  # fmt: skip
    assert all(change.apply(brief) != brief for change in every)
    assert len({change.words for change in every}) == len(every)


def words_of(brief: Brief, catalogue: Catalogue, place: str) -> list[str]:
    return [change.words for change in changes(brief, catalogue) if change.place == place]


def test_answers_are_tried_at_each_of_their_other_values(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("grants"), answers={"existing_code": "sync"})
    assert words_of(brief, catalogue, "answers.existing_code") == [
        f"existing_code is {other}, not sync" for other in ("none", "async", "mixed")
    ]
    assert len(words_of(brief, catalogue, "answers.typed_clients")) == 4


def test_a_smaller_team_has_not_more_people_who_shipped_than_it_has(example: Example, catalogue: Catalogue) -> None:
    found = {change.words: change for change in changes(example("pulse"), catalogue)}
    team = found["2 engineers, not 4"].apply(example("pulse")).team
    assert (team.engineers, team.shipped["django"]) == (2, 2)


def test_merged_parts_are_one_with_the_needs_and_musts_of_both(example: Example, catalogue: Catalogue) -> None:
    brief = example("pulse")
    found = {change.place: change for change in changes(brief, catalogue)}
    merged = found["merge public, live"].apply(brief)
    part = merged.parts[-1]
    assert [one.name for one in merged.parts] == ["office", "public"]
    assert (part.kind, part.share) == (Kind.API, 0.5)
    assert (part.needs["websockets_or_streaming"], part.needs["public_api_docs"]) == (3, 3)
    assert {must.part for must in merged.musts} == {"public"}


def test_merging_leaves_alone_a_brief_without_the_parts(example: Example, catalogue: Catalogue) -> None:
    change = next(change for change in changes(example("pulse"), catalogue) if change.merges)
    assert change.apply(example("grants")) == example("grants")


def test_an_unknown_need_stays_unknown_in_a_merged_part_unless_the_other_is_at_the_top(catalogue: Catalogue) -> None:
    parts = (
        Part("a", Kind.API, 0.6, {"io_fanout": None, "cpu_or_ml": None}),
        Part("b", Kind.API, 0.4, {"io_fanout": 3, "cpu_or_ml": 1}),
    )
    brief = Brief("any", "", parts)
    merged = next(change for change in changes(brief, catalogue) if change.merges).apply(brief)
    assert merged.parts[0].needs == {"io_fanout": 3, "cpu_or_ml": None}


def test_an_axis_that_comes_first_keeps_the_order_of_the_others(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("grants"), priorities={"first": "team", "second": "scope", "note": "kept"})
    found = {change.words: change.apply(brief).priorities for change in changes(brief, catalogue)}
    assert found["horizon comes first"] == {"first": "horizon", "second": "team", "third": "scope", "note": "kept"}
    assert "team comes first" not in found


def small(example: Example) -> Brief:
    """Give a brief with few answers, so that there are few pairs."""
    brief = example("aggregation")
    part = replace(brief.parts[0], needs={"io_fanout": 2})
    return replace(brief, parts=(part,), team=Team(), musts=(), priorities={"first": "team"}, load=Load())


@pytest.mark.long
def test_pairs_flip_together_and_none_of_them_alone(example: Example, catalogue: Catalogue) -> None:
    brief = small(example)
    single = ledger(brief, catalogue, AS_OF)
    alone = {row.change for row in single.tried if row.flips}
    found = pairs(brief, catalogue, AS_OF, told=single)
    every = {change.words: change for change in changes(brief, catalogue)}
    assert found
    for flip in found:
        one, other = (every[words] for words in flip.change.split(", together with "))
        assert not alone & {one.words, other.words}
        assert decide(other.apply(one.apply(brief)), catalogue, AS_OF, draws=0).chosen.architecture == flip.architecture


def test_progress_counts_every_change(example: Example, catalogue: Catalogue) -> None:
    heard: list[Event] = []
    found = ledger(example("device-api"), catalogue, AS_OF, heard.append)
    assert heard == [Progress("single answers", done, len(found.tried)) for done in range(1, len(found.tried) + 1)]
