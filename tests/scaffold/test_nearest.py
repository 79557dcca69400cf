"""What cannot be built yet, and what comes nearest to it."""

from dataclasses import replace
from pathlib import Path

import pytest

from groundplan import catalogue
from groundplan.brief import load
from groundplan.brief.model import Brief, Policy
from groundplan.decision import Decision, decide
from groundplan.scaffold import buildable, nearest, plan, without_template

EXAMPLES = Path(__file__).parents[2] / "examples"
KNOWN = catalogue.load()


def again(brief: Brief) -> Decision:
    return decide(brief, KNOWN, "2026-11-22", draws=0)


@pytest.fixture(scope="module")
def litestar() -> Brief:
    """Give the API of one part for a team that has shipped nothing but Litestar."""
    brief = load(EXAMPLES / "aggregation.toml")
    return replace(brief, team=replace(brief.team, shipped={"litestar": 5}))


def test_the_pages_of_the_catalogue_say_which_kinds_have_a_template() -> None:
    there = {(template.framework, template.kind) for template in buildable()}
    assert {(framework.name, kind) for framework in KNOWN.frameworks for kind in framework.templates} == there


def test_a_decision_for_a_framework_without_templates_says_so(litestar: Brief) -> None:
    decision = again(litestar)
    assert decision.chosen.architecture.frameworks == ("litestar",)
    assert decision.unknown[0] == "No template yet for part quotes (api on Litestar): build cannot write it."
    assert without_template(litestar, decision.chosen.architecture) == ("quotes (api on litestar + sqlalchemy)",)


def test_a_decision_of_a_time_before_templates_does_not_miss_them(litestar: Brief) -> None:
    assert not any("No template" in line for line in decide(litestar, KNOWN, "2024-01-01", draws=0).unknown)


def test_the_nearest_can_be_built_and_is_worth_less(litestar: Brief) -> None:
    decision = again(litestar)
    found = nearest(litestar, decision, KNOWN, again)
    assert found is not None
    assert found.architecture.frameworks == ("fastapi",)
    assert found.value < decision.chosen.value
    assert plan(litestar, replace(decision, ranked=(found,)), record="", tool_version="0").files


def test_what_the_policy_leaves_out_is_no_nearest_either(litestar: Brief) -> None:
    brief = replace(litestar, policy=Policy(allow=("litestar", "sanic")))
    assert nearest(brief, again(brief), KNOWN, again) is None


def test_a_nearest_that_clashes_is_none() -> None:
    brief = load(EXAMPLES / "notifications.toml")
    found = nearest(brief, again(brief), KNOWN, again)
    assert found is None or plan(brief, replace(again(brief), ranked=(found,)), record="", tool_version="0").files


def test_an_architecture_with_templates_lacks_none() -> None:
    brief = load(EXAMPLES / "pulse.toml")
    assert without_template(brief, again(brief).chosen.architecture) == ()
