"""Which figure, were it another, would change the recommendation; test_every_flip.py decides every one that is told again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, decide
from groundplan.decision.again import alike
from groundplan.decision.fact_flips import FactFlips, fact_flips
from groundplan.report.figure_words import another

Example = Callable[[str], Brief]
Decided = Callable[[Brief], Decision]


@pytest.fixture(scope="module")
def pulse(example: Example, catalogue: Catalogue, decided: Decided) -> FactFlips:
    brief = example("pulse")
    return fact_flips(brief, catalogue, decided(brief))


@pytest.mark.long
def test_a_told_figure_lies_elsewhere_and_leads_elsewhere(pulse: FactFlips) -> None:
    assert pulse.flips
    for flip in pulse.flips:
        assert flip.becomes != flip.value
        assert not alike(flip.architecture, pulse.architecture)


@pytest.mark.long
def test_a_figure_that_flips_lies_between_todays_and_the_end_of_its_scale(catalogue: Catalogue, pulse: FactFlips) -> None:
    ends = {one.id: sorted((one.worst, one.best)) for one in catalogue.criteria}
    for flip in pulse.flips:
        if flip.fact == "breaking_per_year":
            low, high = ends["upgrades"]
            assert min(low, flip.value) <= flip.becomes <= max(high, flip.value)


@pytest.mark.long
def test_a_figure_that_both_sides_share_cancels_and_is_no_flip(pulse: FactFlips) -> None:
    assert not {(flip.subject, flip.fact) for flip in pulse.flips} & set(pulse.cancelling)


def test_a_safe_choice_has_no_figure_that_flips_it(example: Example, catalogue: Catalogue, decided: Decided) -> None:
    brief = example("grants")
    found = fact_flips(brief, catalogue, decided(brief))
    assert found.flips == ()
    assert found.tried > 10


def test_without_a_rival_nothing_flips_and_nothing_cancels(example: Example, catalogue: Catalogue, decided: Decided) -> None:
    brief = replace(example("device-api"), policy=replace(example("device-api").policy, allow=("flask",)))
    found = fact_flips(brief, catalogue, decided(brief))
    assert (found.flips, found.cancelling) == ((), ())


def test_a_figure_at_whose_end_nothing_is_left_is_followed_to_where_something_is(
    example: Example, catalogue: Catalogue, decided: Decided
) -> None:
    brief = replace(example("device-api"), policy=replace(example("device-api").policy, allow=("flask", "bottle")))
    found = fact_flips(brief, catalogue, decided(brief))
    assert all(flip.fact != "rss_mb" or flip.becomes < 10 * flip.value for flip in found.flips)


def test_what_was_not_known_on_the_day_is_not_followed(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("grants"), musts=())
    decision = decide(brief, catalogue, "2016-12-31", draws=0)
    assert all(flip.date <= "2016-12-31" for flip in fact_flips(brief, catalogue, decision).flips)


@pytest.mark.long
def test_figures_are_told_in_words_with_their_source(pulse: FactFlips) -> None:
    told = [another(flip) for flip in pulse.flips]
    assert all(flip.source in words and flip.date in words for words, flip in zip(told, pulse.flips, strict=True))
    types = replace(
        pulse.flips[0], subject="flask", fact="ships_types", value=1.0, becomes=0.0, source="metadata", date="2026-11-22"
    )
    assert another(types) == "Flask: ships no types (metadata, 2026-11-22)"
