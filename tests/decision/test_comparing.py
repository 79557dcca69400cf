"""Two decisions side by side."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue
from groundplan.decision import decide
from groundplan.decision.comparing import Compared, compare

Example = Callable[[str], Brief]
TODAY = "2026-11-22"


def side(brief: Brief, catalogue: Catalogue, left: str, right: str, other: Brief | None = None) -> Compared:
    other = other or brief
    return compare((brief, decide(brief, catalogue, left, draws=0)), (other, decide(other, catalogue, right, draws=0)), catalogue)


def test_a_brief_beside_itself_differs_in_nothing(example: Example, catalogue: Catalogue) -> None:
    found = side(example("pulse"), catalogue, TODAY, TODAY)
    assert (found.answers, found.parts, found.criteria, found.facts) == ((), (), (), ())


def test_two_briefs_differ_in_answers_parts_and_weights(example: Example, catalogue: Catalogue) -> None:
    found = side(example("pulse"), catalogue, TODAY, TODAY, example("pulse-mvp"))
    answers = {pair.place: (pair.left, pair.right) for pair in found.answers}
    assert answers["team.engineers"] == (4, 1)
    assert answers["load.later.requests_per_second"] == (3000, None)
    assert answers["must.nothing-lost"][1] is None
    assert {pair.part for pair in found.parts} >= {"public", "live"}
    assert all(pair.left != pair.right for pair in found.parts)


def test_a_criterion_that_counts_on_one_side_weighs_nothing_on_the_other(example: Example, catalogue: Catalogue) -> None:
    found = side(example("pulse"), catalogue, TODAY, TODAY, example("pulse-mvp"))
    spread = next(pair for pair in found.criteria if pair.criterion == "spread")
    assert spread.weights[1] == 0 < spread.weights[0]
    assert spread.values[1] is None


def test_the_criterion_whose_weighted_value_changes_most_comes_first(example: Example, catalogue: Catalogue) -> None:
    found = side(example("pulse"), catalogue, TODAY, TODAY, example("pulse-mvp"))
    gained = [abs(pair.weights[0] * (pair.values[0] or 0) - pair.weights[1] * (pair.values[1] or 0)) for pair in found.criteria]
    assert gained == sorted(gained, reverse=True)


def test_a_part_of_one_brief_only_stands_beside_nothing(example: Example, catalogue: Catalogue) -> None:
    found = side(example("grants"), catalogue, TODAY, TODAY, example("aggregation"))
    assert {(pair.left is None, pair.right is None) for pair in found.parts} == {(True, False), (False, True)}
    assert any(pair.place.startswith("parts.") and pair.right is None for pair in found.answers)


def test_two_days_differ_in_what_ages_and_in_no_answer(example: Example, catalogue: Catalogue) -> None:
    found = side(example("pulse"), catalogue, TODAY, "2027-11-22")
    assert found.answers == ()
    support = next(pair for pair in found.criteria if pair.criterion == "support")
    assert support.values[0] is not None
    assert support.values[1] is not None
    assert support.values[0] > support.values[1]
    assert support.weights[0] == pytest.approx(support.weights[1])


def test_a_fact_with_another_value_is_told_with_both(example: Example, catalogue: Catalogue) -> None:
    brief = example("grants")
    facts = tuple(
        replace(fact, value=12.0) if (fact.subject, fact.id) == ("django", "survey_share") else fact for fact in catalogue.facts
    )
    left = decide(brief, catalogue, TODAY, draws=0)
    right = decide(brief, replace(catalogue, facts=facts), TODAY, draws=0)
    found = compare((brief, left), (brief, right), catalogue)
    assert [(pair.subject, pair.fact, pair.left, pair.right) for pair in found.facts] == [("django", "survey_share", 35, 12)]
