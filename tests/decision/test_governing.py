"""Who owns it, who decides, who is paid and who releases: four signs, read from dated facts."""

from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Horizon, Kind, Load, Part, Policy, Team
from groundplan.catalogue import Catalogue
from groundplan.catalogue.model import Fact
from groundplan.decision import Contribution, Decision, decide

AS_OF = "2026-11-22"
SIGNS = ("owned_together", "rules_written", "work_paid", "releases_shared")


def sign(subject: str, name: str, value: float) -> Fact:
    return Fact(subject, name, value, "yes/no", "who", "https://example.org", AS_OF, "B")


def api(*names: str, needs: dict[str, int | None] | None = None) -> Brief:
    part = Part("only", Kind.API, 1.0, needs or {})
    load = Load(10, 10)
    return Brief("any", "", (part,), team=Team(4, 1, {}, 1, 26), horizon=Horizon(3), load=load, policy=Policy(allow=names))


def decision_on(brief: Brief, catalogue: Catalogue, as_of: str = AS_OF) -> Decision:
    return decide(brief, catalogue, as_of, draws=0)


def found(decision: Decision) -> Contribution:
    return next(one for one in decision.chosen.contributions if one.criterion == "governance")


def with_signs(catalogue: Catalogue, *facts: Fact) -> Catalogue:
    """Give the catalogue with only these signs."""
    return replace(catalogue, facts=(*(fact for fact in catalogue.facts if fact.id not in SIGNS), *facts))


def test_each_of_the_four_signs_is_a_quarter_of_the_scale(catalogue: Catalogue) -> None:
    for count in range(5):
        signs = [sign("starlette", name, float(place < count)) for place, name in enumerate(SIGNS)]
        assert found(decision_on(api("starlette"), with_signs(catalogue, *signs))).value == pytest.approx(count / 4)


def test_a_sign_that_nobody_knows_counts_as_an_unknown_and_is_asked_for(catalogue: Catalogue) -> None:
    signs = [sign("starlette", name, 1.0) for name in SIGNS[:2]]
    decision = decision_on(api("starlette"), with_signs(catalogue, *signs))
    assert found(decision).value == pytest.approx((1 + 1 + 0.25 + 0.25) / 4)
    assert "Not known of starlette: whether anybody is paid for it, who releases it." in decision.unknown


def test_without_any_sign_the_reading_is_unknown(catalogue: Catalogue) -> None:
    assert found(decision_on(api("starlette"), with_signs(catalogue))).value == 0.25


def test_what_a_layer_below_lacks_is_lacking_above(catalogue: Catalogue) -> None:
    signs = [sign("fastapi", name, 1.0) for name in SIGNS]
    alone = with_signs(catalogue, *signs)
    below = with_signs(catalogue, *signs, sign("starlette", "owned_together", 0.0))
    assert found(decision_on(api("fastapi"), alone)).value == 1.0
    assert found(decision_on(api("fastapi"), below)).value == 0.75


def test_what_is_known_of_a_layer_alone_says_nothing(catalogue: Catalogue) -> None:
    below = with_signs(catalogue, *(sign("starlette", name, 1.0) for name in SIGNS))
    assert found(decision_on(api("fastapi"), below)).value == 0.25


def test_an_add_on_counts_by_what_it_carries(catalogue: Catalogue) -> None:
    brief = api("django", needs={"spa_frontend": 2})
    django = [sign("django", name, 1.0) for name in SIGNS]
    add_ons = [sign(addon.name, name, 0.0) for addon in catalogue.addons for name in SIGNS]
    assert found(decision_on(brief, with_signs(catalogue, *django, *add_ons))).value == 0.0  # one carries all that is asked for


@pytest.mark.parametrize(
    ("framework", "year", "value"),
    [
        ("django", "2010", (1 + 3 * 0.25) / 4),  # a foundation; no word yet about the rest
        ("django", "2016", 1.0),
        ("flask", "2012", (0 + 0 + 2 * 0.25) / 4),
        ("flask", "2018", (1 + 1 + 2 * 0.25) / 4),
        ("starlette", "2019", (1 + 0 + 2 * 0.25) / 4),
        ("starlette", "2025", (0 + 0 + 2 * 0.25) / 4),
    ],
)
def test_the_signs_are_those_of_the_day(catalogue: Catalogue, framework: str, year: str, value: float) -> None:
    brief = api(framework)
    assert found(decision_on(brief, catalogue, f"{year}-12-31")).value == pytest.approx(value)


def test_the_words_name_the_signs_and_what_is_not_known(catalogue: Catalogue) -> None:
    signs = [sign("starlette", "owned_together", 1.0), sign("starlette", "rules_written", 0.0)]
    said = found(decision_on(api("starlette"), with_signs(catalogue, *signs))).evidence
    assert said == (
        "only: 1 of 4 signs that Starlette rests on more than one person (Starlette: owned by more than one person; "
        "not known: paid maintenance, released by several) (who, 2026-11-22)"
    )
