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


OLD = ("django", "fastapi", "flask", "starlette", "quart")
YOUNG = ("litestar", "aiohttp", "tornado", "sanic", "falcon", "pyramid", "blacksheep", "bottle", "robyn")
SIGNS = ("owned_together", "rules_written", "work_paid", "releases_shared")
SERVERS = {"granian", "uvicorn", "hypercorn", "gunicorn", "daphne", "own"}


def test_the_fourteen_frameworks_and_the_six_servers_are_there(catalogue: Catalogue) -> None:
    assert tuple(framework.name for framework in catalogue.frameworks) == OLD + YOUNG
    assert {server.name for server in catalogue.servers} == SERVERS


def test_four_frameworks_bring_their_own_server_and_one_of_them_speaks_asgi_too(catalogue: Catalogue) -> None:
    own = {framework.name: framework.interfaces for framework in catalogue.frameworks if "own" in framework.interfaces}
    assert own == {"aiohttp": ("own",), "tornado": ("own",), "robyn": ("own",), "sanic": ("own", "asgi")}


def test_little_is_unknown_of_what_a_framework_can(catalogue: Catalogue) -> None:
    for framework in catalogue.frameworks:
        for held in framework.provisions.values():
            assert len(catalogue.capabilities.keys() - held.keys()) <= 2, framework.name


@pytest.mark.parametrize("name", OLD + YOUNG)
def test_every_framework_has_the_facts_that_criteria_read_or_says_nothing(catalogue: Catalogue, name: str) -> None:
    now = catalogue.at(dt.date(2026, 11, 22))
    read = ("survey_share", "support_until", "breaking_per_year", "top_author_share", "fix_delay_days", "ships_types", "guides")
    missing = {fact_id for fact_id in read if not known(now).about(name, fact_id)}
    unknown = {"starlette": {"support_until"}, "litestar": {"support_until"}, "blacksheep": {"fix_delay_days"}}
    unknown["robyn"] = {"breaking_per_year", "fix_delay_days"}
    assert missing == unknown.get(name, set())


@pytest.mark.parametrize("name", OLD + YOUNG)
def test_who_owns_and_who_releases_is_known_of_every_framework(catalogue: Catalogue, name: str) -> None:
    signs = {
        fact.id: fact.number for fact in catalogue.at(dt.date(2026, 11, 22)).facts if fact.subject == name and fact.id in SIGNS
    }
    assert signs.keys() >= {"owned_together", "releases_shared"}
    assert set(signs.values()) <= {0, 1}


def test_what_a_text_says_about_decisions_and_pay_is_known_of_few(catalogue: Catalogue) -> None:
    facts = catalogue.at(dt.date(2026, 11, 22)).facts
    by_sign = {sign: {fact.subject for fact in facts if fact.id == sign and fact.subject in OLD + YOUNG} for sign in SIGNS[1:3]}
    assert by_sign == {
        "rules_written": {"django", "fastapi", "litestar", "aiohttp", "sanic"},
        "work_paid": {"django", "fastapi", "flask", "quart", "litestar"},
    }


def test_a_skill_is_the_frameworks_own_one_or_that_of_another_framework(catalogue: Catalogue) -> None:
    for framework in catalogue.frameworks:
        assert framework.skills[framework.name] == 1.0
        assert framework.skills.keys() <= set(OLD + YOUNG)


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


def test_every_framework_says_when_it_came_and_no_capability_is_older_than_it(catalogue: Catalogue) -> None:
    for framework in catalogue.frameworks:
        assert dt.date.fromisoformat(framework.since)
        for held in framework.provisions.values():
            own = [provision for provision in held.values() if provision.provider == framework.name]
            assert all(not provision.since or provision.since >= framework.since for provision in own)


@pytest.mark.parametrize(
    ("year", "there"),
    [
        (2006, {"django"}),
        (2010, {"django", "flask", "tornado", "bottle"}),
        (2014, {"django", "flask", "tornado", "bottle", "pyramid", "falcon", "aiohttp"}),
        (2018, set(OLD + YOUNG) - {"litestar", "blacksheep", "robyn"}),
        (2022, set(OLD + YOUNG)),
    ],
)
def test_a_year_knows_the_frameworks_of_its_time(catalogue: Catalogue, year: int, there: set[str]) -> None:
    assert {framework.name for framework in catalogue.at(dt.date(year, 12, 31)).frameworks} == there


@pytest.mark.parametrize(
    ("year", "shares"), [(2010, [None, None]), (2016, [40, None]), (2019, [44, 48]), (2022, [39, 39]), (2026, [35, 34])]
)
def test_a_year_has_the_survey_of_its_time_or_none(catalogue: Catalogue, year: int, shares: list[float | None]) -> None:
    then = catalogue.at(dt.date(year, 12, 31))
    found = [known(then).about(name, "survey_share") for name in ("django", "flask")]
    assert [facts[0].number if facts else None for facts in found] == shares


def test_one_fact_of_a_kind_stands_on_a_day_and_it_is_the_newest(catalogue: Catalogue) -> None:
    now, then = catalogue.at(dt.date(2026, 11, 22)), catalogue.at(dt.date(2023, 6, 1))
    for dated in (now, then):
        keys = [(fact.subject, fact.id) for fact in dated.facts]
        assert len(keys) == len(set(keys))
    (delay,) = known(now).about("quart", "fix_delay_days")[:1]
    assert delay.number == 429
    assert known(then).about("quart", "fix_delay_days")[0].number == 0


def test_the_promise_of_support_is_that_of_the_day(catalogue: Catalogue) -> None:
    promised = [
        known(catalogue.at(dt.date(year, 12, 31))).about("django", "support_until")[0].value for year in (2013, 2016, 2018, 2024)
    ]
    assert promised == ["2015-10-01", "2018-04-01", "2020-04-01", "2026-04-30"]


def test_capabilities_that_came_later_are_absent_before(catalogue: Catalogue) -> None:
    then = catalogue.at(dt.date(2013, 6, 1)).framework("django").provisions
    assert then["wsgi"]["migrations"].party == "absent"
    assert then["wsgi"]["orm"].party == "core"
    assert catalogue.at(dt.date(2019, 6, 1)).framework("django").provisions["asgi"]["async_handlers"].party == "absent"
    assert catalogue.at(dt.date(2011, 1, 1)).framework("flask").provisions["wsgi"]["pluggable_apps"].party == "absent"


def test_measured_figures_carry_their_date_and_conditions(catalogue: Catalogue) -> None:
    assert catalogue.measured is not None
    assert catalogue.measured.date == "2026-11-22"
    assert "2-core" in catalogue.measured.conditions
    assert "prototype" in catalogue.measured.source


def test_what_starlette_can_fastapi_can(catalogue: Catalogue) -> None:
    below = catalogue.framework("starlette").provisions["asgi"]["websockets"]
    assert catalogue.framework("fastapi").provisions["asgi"]["websockets"] == below


def test_a_layers_risk_is_a_risk_of_what_stands_on_it(catalogue: Catalogue) -> None:
    catalogue = catalogue.at(dt.date(2026, 11, 22))
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
