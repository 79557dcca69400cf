"""The rivals."""

from dataclasses import replace

import pytest

from backtest.conftest import OPEN
from groundplan.backtest import load
from groundplan.backtest.baselines import baselines, equal_weights
from groundplan.backtest.levels import levels
from groundplan.backtest.model import Asked
from groundplan.backtest.translating import brief_of
from groundplan.catalogue import load as load_catalogue
from groundplan.decision.situation import situation
from groundplan.decision.weights import weights

ASKED = {case.name: case.asked for case in load(OPEN)}
CATALOGUE = load_catalogue()


def advice(name: str, asked: Asked) -> str:
    return baselines(CATALOGUE)[name](asked)


@pytest.mark.parametrize("name", ["django", "fastapi"])
def test_a_constant_says_the_same_to_everybody(name: str) -> None:
    assert {advice(f"always_{name}", asked) for asked in ASKED.values()} == {name}


@pytest.mark.parametrize(
    ("case", "year", "framework"),
    [("zulip", 2012, "django"), ("zulip", 2020, "fastapi"), ("searxng", 2014, "flask"), ("yente", 2019, "flask")],
)
def test_the_year_rule_reads_the_year_and_how_central_relational_data_is(case: str, year: int, framework: str) -> None:
    assert advice("year_rule", replace(ASKED[case], year=year)) == framework


def test_equal_weights_weigh_every_criterion_that_a_brief_raises_the_same() -> None:
    view = situation(brief_of(ASKED["zulip"], levels()), equal_weights(CATALOGUE), "2026-11-22")
    raised = [weight for weight in weights(view).values() if weight > 0]
    assert raised == pytest.approx([1 / len(raised)] * len(raised))
