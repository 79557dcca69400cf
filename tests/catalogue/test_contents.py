"""What the shipped catalogue says, held against the brief and against itself."""

import datetime as dt
import re

import pytest

from groundplan.brief.metrics import METRICS
from groundplan.brief.model import AXES, NEEDS, Kind
from groundplan.catalogue import Catalogue, load
from groundplan.catalogue.known import known
from groundplan.decision.part_readings import PART_READINGS


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def test_the_five_frameworks_and_the_five_servers_are_there(catalogue: Catalogue) -> None:
    assert [framework.name for framework in catalogue.frameworks] == ["django", "fastapi", "flask", "starlette", "quart"]
    assert {server.name for server in catalogue.servers} == {"granian", "uvicorn", "hypercorn", "gunicorn", "daphne", "own"}


def test_every_need_of_a_brief_leads_to_capabilities(catalogue: Catalogue) -> None:
    assert {line.need for line in catalogue.need_lines} == set(NEEDS)


def test_every_kind_has_a_workload_and_kind_lines_name_kinds(catalogue: Catalogue) -> None:
    kinds = {kind.value for kind in Kind}
    assert set(catalogue.method.workload) == kinds
    assert {line.kind for line in catalogue.kind_lines} <= kinds


def test_what_a_must_requires_is_a_capability(catalogue: Catalogue) -> None:
    assert {name for metric in METRICS.values() for name in metric.requires} <= set(catalogue.capabilities)


def test_the_axes_are_the_four_and_nothing_else(catalogue: Catalogue) -> None:
    assert {criterion.axis for criterion in catalogue.criteria} == set(AXES) == set(catalogue.method.axes)


def test_every_criterion_is_read_somewhere(catalogue: Catalogue) -> None:
    on_parts = {criterion.reading for criterion in catalogue.criteria if criterion.aggregate != "whole"}
    assert on_parts == set(PART_READINGS)


def test_every_criterion_says_both_ends_in_words_and_names_its_source(catalogue: Catalogue) -> None:
    assert all(
        criterion.worst_text and criterion.best_text and criterion.unit and criterion.source for criterion in catalogue.criteria
    )


def test_every_need_line_gives_its_reason(catalogue: Catalogue) -> None:
    assert all(line.reason for line in catalogue.need_lines)
    assert all(line.reason for line in catalogue.kind_lines)


def test_every_fact_says_who_where_and_when_and_none_is_from_the_future(catalogue: Catalogue) -> None:
    today = dt.date.fromisoformat(catalogue.method.date)
    for fact in catalogue.facts:
        assert fact.source
        assert fact.where
        assert dt.date.fromisoformat(fact.date) <= today


def test_no_fact_stands_twice_for_one_day(catalogue: Catalogue) -> None:
    keys = [(fact.subject, fact.id, fact.date) for fact in catalogue.facts]
    assert len(keys) == len(set(keys))


def test_measured_figures_carry_their_date_and_conditions(catalogue: Catalogue) -> None:
    assert catalogue.measured is not None
    assert catalogue.measured.date == "2026-11-22"
    assert "2-core" in catalogue.measured.conditions
    assert "prototype" in catalogue.measured.source


def test_what_starlette_can_fastapi_can(catalogue: Catalogue) -> None:
    below = catalogue.framework("starlette").provisions["asgi"]["websockets"]
    assert catalogue.framework("fastapi").provisions["asgi"]["websockets"] == below


def test_a_layers_risk_is_a_risk_of_what_stands_on_it(catalogue: Catalogue) -> None:
    assert [fact.number for fact in known(catalogue).about("fastapi", "top_author_share")] == [67, 71]
    assert [fact.number for fact in known(catalogue).about("flask", "top_author_share")] == [81, 84]
    assert [fact.subject for fact in known(catalogue).about("quart", "top_author_share")] == ["quart", "flask", "werkzeug"]


def test_async_handlers_of_django_come_with_asgi_only(catalogue: Catalogue) -> None:
    provisions = catalogue.framework("django").provisions
    assert provisions["asgi"]["async_handlers"].party == "core"
    assert provisions["wsgi"]["async_handlers"].party == "absent"


def test_every_provision_says_where_it_is_written(catalogue: Catalogue) -> None:
    places = [
        provision.where
        for framework in catalogue.frameworks
        for provisions in framework.provisions.values()
        for provision in provisions.values()
    ]
    places += [provision.where for addon in catalogue.addons for provision in addon.provisions.values()]
    assert all(re.match(r"https://|docs/reference/", place) for place in places)


def test_an_unknown_name_is_a_key_error(catalogue: Catalogue) -> None:
    with pytest.raises(KeyError):
        catalogue.framework("rails")
    assert catalogue.addon("channels").interfaces == ("asgi",)


def test_a_text_is_no_number(catalogue: Catalogue) -> None:
    (delivery,) = known(catalogue).about("channels", "delivery")
    with pytest.raises(TypeError, match=r"channels\.delivery is a text"):
        _ = delivery.number
