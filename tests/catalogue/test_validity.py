"""What could be known on a day."""

import datetime as dt
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Kind, Part, Policy, Team
from groundplan.catalogue import Addon, Catalogue, Fact, Server, load
from groundplan.catalogue.pages import AddonPage, FrameworkPage, Place, addon, framework
from groundplan.catalogue.validity import stands
from groundplan.decision import decide
from groundplan.errors import InputError

CATALOGUE = load()
TODAY = dt.date(2026, 11, 22)
THEN = dt.date(2016, 6, 1)


def page(**keys: object) -> FrameworkPage:
    fixed = {"title": "Rock", "tier": "", "summary": "", "version": "1", "docs": "https://rock.example/", "checked": "2026-11-22"}
    ways = {"interfaces": ("wsgi", "asgi"), "style": "threads", "skills": {}}
    return FrameworkPage(**{"name": "rock", **fixed, **ways, **keys})  # type: ignore[arg-type]  # keys of a page


def only(*pages: FrameworkPage) -> Catalogue:
    by_name = {one.name: one for one in pages}
    return replace(CATALOGUE, frameworks=tuple(framework(one, by_name, "2026-11-22") for one in pages))


def added(**keys: object) -> Addon:
    fixed = {"name": "moss", "title": "Moss", "frameworks": ("django",), "party": "third-party", "version": "1"}
    told = {"released": "2026-11", "docs": "https://moss.example/", "provides": {"caching": ""}}
    return addon(AddonPage(**{**fixed, **told, **keys}), ("django",))  # type: ignore[arg-type]  # keys of a page


def fact(value: float, date: str, **keys: str) -> Fact:
    return Fact("django", "guides", value, "of 5", "who", "where", date, "B", **keys)


@pytest.mark.parametrize(
    ("day", "there"), [("2019-12-31", False), ("2020-01-01", True), ("2024-05-31", True), ("2024-06-01", False)]
)
def test_a_thing_stands_from_its_first_day_up_to_but_without_its_last(day: str, there: bool) -> None:  # noqa: FBT001  # a table of days
    assert stands(Place("", since="2020-01-01", until="2024-06-01"), day) is there


def test_a_framework_that_came_later_or_had_gone_is_not_there() -> None:
    young, gone, old = page(name="young", since="2018-01-01"), page(name="gone", until="2015-01-01"), page(name="old")
    assert [one.name for one in only(young, gone, old).at(THEN).frameworks] == ["old"]


def test_before_the_first_framework_there_is_one_clear_sentence() -> None:
    catalogue = only(page(name="young", title="Young", since="2018-01-01"), page(since="2010-04-16"))
    with pytest.raises(InputError) as caught:
        catalogue.at(dt.date(1999, 1, 1))
    rule = "lies before the first framework of the catalogue (Rock, 2010-04-16)"
    assert str(caught.value) == f"as_of: '1999-01-01' {rule}; choose a later day."


def test_a_capability_that_came_later_is_absent_by_the_page_that_dates_it() -> None:
    catalogue = only(page(core={"orm": Place("models", since="2018-03-01")}))
    found = catalogue.at(THEN).framework("rock").provisions["wsgi"]["orm"]
    assert (found.party, found.where) == ("absent", "https://rock.example/models")
    assert catalogue.at(dt.date(2018, 3, 1)).framework("rock").provisions["wsgi"]["orm"].party == "core"


def test_a_capability_that_was_taken_out_is_absent_from_then_on() -> None:
    catalogue = only(page(core={"orm": Place("models", until="2018-03-01")}))
    assert catalogue.at(THEN).framework("rock").provisions["wsgi"]["orm"].party == "core"
    assert catalogue.at(TODAY).framework("rock").provisions["wsgi"]["orm"].party == "absent"


def test_until_a_framework_has_it_itself_the_layer_below_stands_in() -> None:
    below = page(name="below", core={"caching": "kept"})
    above = page(layers=("below",), core={"caching": Place("own", since="2020-01-01")})
    provider = [only(below, above).at(day).framework("rock").provisions["wsgi"]["caching"].provider for day in (THEN, TODAY)]
    assert provider == ["below", "rock"]


def test_a_capability_may_move_from_another_package_into_the_core() -> None:
    catalogue = only(page(core={"caching": Place("core", since="2020-01-01")}, first_party={"caching": "extra"}))
    party = [catalogue.at(day).framework("rock").provisions["wsgi"]["caching"].party for day in (THEN, TODAY)]
    assert party == ["first_party", "core"]


def test_what_the_runtime_brings_is_not_projected_back() -> None:
    catalogue = only(page(runtime={"live_groups": "docs/reference/protocol.md"}))
    party = [catalogue.at(day).framework("rock").provisions["asgi"]["live_groups"].party for day in (THEN, TODAY)]
    assert party == ["absent", "runtime"]


def test_an_add_on_that_came_later_or_had_gone_is_not_there() -> None:
    catalogue = replace(
        CATALOGUE,
        addons=(
            added(name="young", since="2018-01-01"),
            added(name="gone", until="2015-01-01"),
            added(name="there", since="2016-06-01"),
        ),
    )
    assert [one.name for one in catalogue.at(THEN).addons] == ["there"]


def test_an_add_on_brings_only_what_it_had_on_that_day() -> None:
    moss = added(provides={"caching": "", "cors": Place("", since="2019-01-01"), "i18n": Place("", until="2012-01-01")})
    catalogue = replace(CATALOGUE, addons=(moss,))
    assert set(catalogue.at(THEN).addon("moss").provisions) == {"caching"}
    assert set(catalogue.at(TODAY).addon("moss").provisions) == {"caching", "cors"}


def test_a_fact_is_known_from_its_date_on() -> None:
    catalogue = replace(CATALOGUE, facts=(fact(3, "2016-06-01"), fact(4, "2016-06-02")))
    assert [one.number for one in catalogue.at(THEN).facts] == [3]


def test_a_fact_that_has_held_since_is_known_since() -> None:
    catalogue = replace(CATALOGUE, facts=(fact(5, "2026-11-22", since="2015-02-01"),))
    assert [one.number for one in catalogue.at(THEN).facts] == [5]
    assert not catalogue.at(dt.date(2015, 1, 31)).facts


def test_of_several_statements_the_newest_that_was_known_counts() -> None:
    catalogue = replace(CATALOGUE, facts=(fact(3, "2018-01-01"), fact(1, "2012-01-01"), fact(2, "2026-11-22", since="2015-02-01")))
    known = {year: [one.number for one in catalogue.at(dt.date(year, 6, 1)).facts] for year in (2011, 2013, 2016, 2020)}
    assert known == {2011: [], 2013: [1], 2016: [2], 2020: [3]}


def test_measured_figures_are_known_from_their_date_on() -> None:
    before, after = CATALOGUE.at(dt.date(2026, 11, 21)), CATALOGUE.at(TODAY)
    assert (before.requests, before.sockets, before.extras, before.installed, before.measured) == ((), (), {}, {}, None)
    assert (after.requests, after.sockets, after.installed) == (CATALOGUE.requests, CATALOGUE.sockets, CATALOGUE.installed)


def server(name: str, since: str, *runs: str) -> Server:
    return Server(name, name, ("wsgi",), "who", "2026-11-22", "why", runs, since=since)  # type: ignore[arg-type]  # interfaces


def test_before_todays_server_the_servers_of_the_day_stand_in() -> None:
    catalogue = replace(CATALOGUE, servers=(server("new", "2022-04-18", "wsgi"), server("old", "2010-01-22")))
    assert [(one.name, one.runs) for one in catalogue.at(THEN).servers if "wsgi" in one.interfaces] == [("old", ("wsgi",))]
    assert [(one.name, one.runs) for one in catalogue.at(TODAY).servers] == [("new", ("wsgi",)), ("old", ())]


def test_where_the_catalogue_knows_no_server_of_the_day_todays_stays() -> None:
    catalogue = replace(CATALOGUE, servers=(server("new", "2022-04-18", "wsgi"),))
    assert [one.name for one in catalogue.at(THEN).servers] == ["new"]


def test_a_decision_knows_nothing_that_came_after_its_day() -> None:
    brief = Brief("one", "", (Part("only", Kind.API, 1.0, {"io_fanout": 2}),), team=Team(4, 1, {"flask": 2}))
    used = {name for one in decide(brief, CATALOGUE, "2016-06-01").ranked for name in one.architecture.frameworks}
    assert used <= {"django", "flask", "bottle", "tornado", "pyramid", "falcon", "aiohttp"}
    assert {"django", "flask"} <= used


def test_a_policy_may_name_what_came_later() -> None:
    brief = Brief("one", "", (Part("only", Kind.API, 1.0),), policy=Policy(forbid=("fastapi",)), team=Team(4, 1, {"flask": 2}))
    assert decide(brief, CATALOGUE, "2016-06-01").ranked
