"""Scales, weights, stacks and structure, one at a time."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from groundplan.brief.model import Brief, Horizon, Kind, Load, Part, Policy, Team
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, decide
from groundplan.decision.lines import along
from groundplan.decision.options import Option, addon_sets, options, wants
from groundplan.decision.readings import Reading, value
from groundplan.decision.situation import situation
from groundplan.decision.weights import axis_weights, weights

Example = Callable[[str], Brief]
Decided = Callable[[Brief], Decision]
AS_OF = "2026-11-22"


def brief_with(*parts: Part, team: Team | None = None, **more: object) -> Brief:
    chosen = parts or (Part("only", Kind.API, 1.0),)
    return Brief("any", "", chosen, team=team or Team(4, 1, {"django": 2}, 1, 26), horizon=Horizon(3), load=Load(10, 10), **more)  # type: ignore[arg-type]  # fields of a brief


def test_a_straight_scale_runs_from_worst_to_best_and_stops_there(catalogue: Catalogue) -> None:
    coverage = next(criterion for criterion in catalogue.criteria if criterion.id == "coverage")
    found = [value(coverage, Reading(figure, ""), 0.25) for figure in (40.0, 50.0, 75.0, 100.0)]
    assert found == [0.0, 0.0, 0.5, 1.0]


def test_a_logarithmic_scale_gives_equal_steps_for_equal_factors(catalogue: Catalogue) -> None:
    cores = next(criterion for criterion in catalogue.criteria if criterion.id == "headroom")
    found = [value(cores, Reading(figure, ""), 0.25) for figure in (0.1, 1.0, 4.0, 16.0, 99.0)]
    assert found == pytest.approx([1.0, 1.0, 0.5, 0.0, 0.0])


def test_an_unknown_figure_has_the_stated_value(catalogue: Catalogue) -> None:
    assert value(catalogue.criteria[0], Reading(None, ""), 0.25) == 0.25


def test_pieces_with_figures_of_their_own_are_averaged_by_what_they_carry(catalogue: Catalogue) -> None:
    coverage = next(criterion for criterion in catalogue.criteria if criterion.id == "coverage")
    assert value(coverage, Reading(80.0, "", mix=((0.5, 100.0), (0.5, None))), 0.25) == pytest.approx(0.625)


def test_lines_are_flat_outside_and_straight_between() -> None:
    points = ((1.0, 10.0), (3.0, 20.0), (4.0, 0.0))
    assert [along(points, figure) for figure in (0, 1, 2, 3.5, 9)] == [10.0, 10.0, 15.0, 10.0, 0.0]


def test_without_a_word_the_axes_weigh_the_same(catalogue: Catalogue) -> None:
    assert set(axis_weights(situation(brief_with(), catalogue, AS_OF)).values()) == {0.25}


def test_the_teams_own_order_goes_before_the_default(catalogue: Catalogue) -> None:
    brief = brief_with(priorities={"first": "horizon", "second": "team"})
    found = axis_weights(situation(brief, catalogue, AS_OF))
    assert found["horizon"] > found["team"] > found["scope"] == found["performance"]
    assert sum(found.values()) == pytest.approx(1.0)


def test_a_full_order_gives_the_rank_order_centroids(catalogue: Catalogue) -> None:
    order = {"first": "team", "second": "scope", "third": "horizon", "fourth": "performance"}
    found = axis_weights(situation(brief_with(priorities=order), catalogue, AS_OF))
    assert [round(found[axis], 3) for axis in ("team", "scope", "horizon", "performance")] == [0.521, 0.271, 0.146, 0.063]


def test_priorities_that_name_no_axis_are_left_alone(catalogue: Catalogue) -> None:
    assert set(axis_weights(situation(brief_with(priorities={"first": "beauty"}), catalogue, AS_OF)).values()) == {0.25}


def test_a_long_life_makes_the_horizon_count_more(catalogue: Catalogue) -> None:
    short = axis_weights(situation(replace(brief_with(), horizon=Horizon(1)), catalogue, AS_OF))
    long = axis_weights(situation(replace(brief_with(), horizon=Horizon(10)), catalogue, AS_OF))
    assert short["horizon"] < 0.25 < long["horizon"]


def test_a_near_release_makes_the_team_count_more(catalogue: Catalogue) -> None:
    brief = brief_with(team=Team(4, 1, {"django": 2}, 1, 4))
    assert axis_weights(situation(brief, catalogue, AS_OF))["team"] > 0.25


def test_a_question_the_brief_does_not_raise_weighs_nothing(catalogue: Catalogue) -> None:
    found = weights(situation(brief_with(), catalogue, AS_OF))
    assert [name for name, weight in found.items() if not weight] == [
        "kept",
        "departure",
        "live",
        "live_growth",
        "waiting",
        "isolation",
        "spread",
    ]


def test_a_small_footprint_makes_size_count_more(catalogue: Catalogue) -> None:
    small = brief_with(Part("only", Kind.API, 1.0, {"small_footprint": 3}))
    plain, device = (weights(situation(brief, catalogue, AS_OF)) for brief in (brief_with(), small))
    assert device["memory"] > 4 * plain["memory"]


def test_add_on_sets_are_the_smallest_that_bring_everything_there_is(catalogue: Catalogue) -> None:
    provisions = catalogue.framework("django").provisions["wsgi"]
    addons = [addon for addon in catalogue.addons if "django" in addon.frameworks]
    found = addon_sets(provisions, ("openapi", "payload_validation"), addons)
    assert [[addon.name for addon in chosen] for chosen in found] == [["django-ninja"]]


def test_an_add_on_brings_what_it_cannot_be_without(catalogue: Catalogue) -> None:
    provisions = catalogue.framework("fastapi").provisions["asgi"]
    addons = [addon for addon in catalogue.addons if "fastapi" in addon.frameworks]
    found = addon_sets(provisions, ("generated_admin",), addons)
    assert [[addon.name for addon in chosen] for chosen in found] == [["sqlalchemy", "sqladmin"], ["sqlalchemy", "starlette-admin"]]


def test_equally_small_sets_are_all_given(catalogue: Catalogue) -> None:
    provisions = catalogue.framework("django").provisions["wsgi"]
    addons = [addon for addon in catalogue.addons if "django" in addon.frameworks]
    found = addon_sets(provisions, ("payload_validation",), addons)
    assert [[addon.name for addon in chosen] for chosen in found] == [["djangorestframework"], ["django-ninja"]]


def stacks(catalogue: Catalogue, part: Part) -> list[Option]:
    view = situation(brief_with(part), catalogue, AS_OF).parts[0]
    return list(options(view, wants(view, catalogue), catalogue, frozenset()))


def test_sign_in_can_be_borrowed_from_a_part_on_django(catalogue: Catalogue) -> None:
    found = [
        option
        for option in stacks(catalogue, Part("only", Kind.API, 1.0, {"content_permissions": 2}))
        if option.framework.name == "fastapi"
    ]
    assert {(option.borrows, option.identity) for option in found} == {("", "fastapi-users"), ("django", "")}


def test_a_loan_needs_a_lender_in_the_same_product(decided: Decided) -> None:
    alone = brief_with(Part("only", Kind.API, 1.0, {"content_permissions": 3, "request_validation": 3}))
    assert decided(alone).chosen.architecture.frameworks == ("django",)


def test_a_part_without_tables_brings_no_data_layer(catalogue: Catalogue) -> None:
    assert {option.data_layer for option in stacks(catalogue, Part("only", Kind.API, 1.0))} == {""}


def test_a_django_part_for_sockets_needs_channels_and_asgi(catalogue: Catalogue) -> None:
    found = stacks(catalogue, Part("only", Kind.REALTIME, 1.0, {"websockets_or_streaming": 3}))
    django = {(option.interface, "channels" in option.names()) for option in found if option.framework.name == "django"}
    assert django == {("wsgi", False), ("asgi", True)}


def test_one_part_is_always_one_process(decided: Decided) -> None:
    assert {rated.architecture.topology.name for rated in decided(brief_with()).ranked} == {"together"}


def test_split_is_offered_only_where_both_interfaces_occur(example: Example, decided: Decided) -> None:
    for rated in decided(example("pulse")).ranked:
        interfaces = {stack.interface for stack in rated.architecture.stacks.values()}
        assert (rated.architecture.topology.name != "split") or interfaces == {"wsgi", "asgi"}


def test_two_parts_of_two_interfaces_are_split_and_not_also_apart(example: Example, decided: Decided) -> None:
    for rated in decided(example("notifications")).ranked:
        if {stack.interface for stack in rated.architecture.stacks.values()} == {"wsgi", "asgi"}:
            assert rated.architecture.topology.name in {"split", "together"}


def test_in_one_process_every_part_is_called_by_the_same_server(example: Example, decided: Decided) -> None:
    ranked = decided(example("pulse-mvp")).ranked
    together = [rated for rated in ranked if rated.architecture.topology.name == "together"]
    assert together
    assert all(len({stack.server for stack in rated.architecture.stacks.values()}) == 1 for rated in together)


def test_a_second_team_pays_for_a_second_process(example: Example, decided: Decided) -> None:
    brief = example("pulse")
    one = next(found for found in decided(brief).chosen.contributions if found.criterion == "simplicity")
    larger = replace(brief, team=replace(brief.team, teams=2))
    two = next(found for found in decided(larger).chosen.contributions if found.criterion == "simplicity")
    assert two.value > one.value


def test_every_con_says_what_outweighs_it(example: Example, decided: Decided) -> None:
    cons = [reason for reason in decided(example("pulse")).reasons if reason.side == "con"]
    assert cons
    assert all("Outweighed" in reason.sentence for reason in cons)


def test_reasons_carry_figures_units_and_sources(example: Example, decided: Decided) -> None:
    upgrades = next(reason for reason in decided(example("pulse")).reasons if reason.criterion == "upgrades")
    figures = (
        "0.33 upgrades a year that break something in the mean of its pieces, by what each carries "
        "(Django 0.33, django-htmx unknown), against 1.17 a year"
    )
    assert upgrades.sentence == f"Forced upgrades that break (office): {figures} (DEP 20, 2026-04-24)."


def test_who_knows_a_framework_is_not_said_of_what_stands_on_it(example: Example, decided: Decided) -> None:
    """The survey asks about Flask and not about SQLAlchemy, so no figure is said of both."""
    hiring = next(reason for reason in decided(example("device-api")).reasons if reason.criterion == "hiring")
    assert hiring.sentence.startswith("People who know it (readings): 34 % of surveyed Python developers use Flask, against ")


def test_a_mean_of_pieces_is_told_as_one(example: Example, decided: Decided) -> None:
    hiring = next(reason for reason in decided(example("pulse-mvp")).reasons if reason.criterion == "hiring")
    assert (
        "% of surveyed Python developers in the mean of its pieces, by what each carries (Django Ninja 3.5, Django 35)"
        in hiring.sentence
    )


def test_a_brief_that_only_one_framework_meets_needs_no_rival(decided: Decided, catalogue: Catalogue) -> None:
    brief = brief_with(Part("only", Kind.WEB, 1.0, {"content_permissions": 3, "admin_backoffice": 3, "relational_data": 3}))
    forbidden = replace(brief, policy=replace(brief.policy, allow=("django",)))
    decision = decided(forbidden)
    assert decision.rival is None
    assert decision.reasons == ()
    assert decision.catalogue_version == catalogue.version


def test_the_same_bytes_whatever_the_order_of_sets(tmp_path: Path) -> None:
    script = (
        "import json, pathlib, sys; from groundplan import brief, catalogue; from groundplan.decision import decide;"
        "from groundplan.report.decision_json import decision_json;"
        "print(json.dumps(decision_json(decide(brief.load(pathlib.Path(sys.argv[1])), catalogue.load(), '2026-11-22'))))"
    )
    path = Path(__file__).parents[2] / "examples" / "pulse.toml"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script, str(path)],
            capture_output=True,
            check=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_six_parts_are_decided_in_moments(decided: Decided) -> None:
    kinds = [Kind.WEB, Kind.API, Kind.REALTIME, Kind.GATEWAY, Kind.PANEL, Kind.WORKER]
    needs: list[dict[str, int | None]] = [
        {"relational_data": 2, "server_rendered_html": 2},
        {"relational_data": 2, "public_api_docs": 2},
        {"websockets_or_streaming": 2},
        {"io_fanout": 2},
        {"small_footprint": 2},
        {"cpu_or_ml": 2},
    ]
    parts = tuple(Part(kind.value, kind, 1 / 6, need) for kind, need in zip(kinds, needs, strict=True))
    started = time.process_time()
    decision = decided(brief_with(*parts))
    assert time.process_time() - started < 3
    assert decision.candidates > 100_000


def test_what_was_never_measured_or_written_is_named_and_counts_as_the_stated_value(catalogue: Catalogue) -> None:
    silent = replace(
        catalogue,
        facts=tuple(fact for fact in catalogue.facts if fact.subject != "starlette"),
        requests=tuple(row for row in catalogue.requests if row.subject != "starlette"),
        installed={name: size for name, size in catalogue.installed.items() if name != "starlette"},
        measured=None,
    )
    brief = brief_with(Part("only", Kind.WEBHOOKS, 1.0))
    decision = decide(replace(brief, policy=Policy(allow=("starlette",))), silent, AS_OF, draws=0)
    values = {found.criterion: found.value for found in decision.chosen.contributions}
    names = ("hiring", "guides", "people", "fixes", "upgrades", "headroom", "memory", "installed")
    assert {values[name] for name in names} == {0.25}
    assert values["support"] == 0  # a promise that nobody can find is none
    assert "Never measured: the cost of a request on starlette on uvicorn." in decision.unknown
    assert "Not known of Starlette: how long a release is supported." in decision.unknown


def test_a_bridge_without_any_measured_row_is_unknown_too(example: Example, catalogue: Catalogue) -> None:
    silent = replace(catalogue, requests=tuple(row for row in catalogue.requests if row.interface == "asgi"))
    decision = decide(example("pulse-mvp"), silent, AS_OF, draws=0)
    assert decision.chosen.architecture.frameworks == ("django",)
