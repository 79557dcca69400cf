"""What takes a stack out, and what is said when nothing is left."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Check, Comparison, Kind, Load, LoadPlan, Must, Part, Policy, Team
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, ScreenedOut, decide
from groundplan.decision.relaxing import relaxed
from groundplan.errors import BriefError, InputError, NoArchitectureError

Decided = Callable[[Brief], Decision]


def brief_with(**needs: int | None) -> Brief:
    return Brief("one", "", (Part("only", Kind.API, 1.0, dict(needs)),), team=Team(4, 1, {"flask": 2}))


@pytest.fixture
def measured(catalogue: Catalogue) -> Decided:
    """Decide among frameworks whose costs were measured: what was not measured is never screened out by a cost."""
    names = ("django", "fastapi", "flask", "starlette", "quart")
    frameworks = tuple(catalogue.framework(name) for name in names)
    return lambda brief: decide(brief, replace(catalogue, frameworks=frameworks), "2026-11-22")


def rows(decision: Decision, stack: str) -> list[ScreenedOut]:
    return [row for row in decision.screened_out if row.stack.split(" ")[0] == stack]


def must(metric: str, limit: float, unit: str, **load: float) -> Must:
    return Must("limit", "only", metric, Check(Comparison.BELOW, limit, unit, text=f"< {limit:g}"), LoadPlan(**load))  # type: ignore[arg-type]  # keys are those of a load


def test_a_need_at_level_three_screens_out_what_is_known_to_lack_it_and_says_by_which_fact(decided: Decided) -> None:
    decision = decided(brief_with(websockets_or_streaming=3))
    (row,) = [row for row in rows(decision, "flask") if "async_handlers" in row.fact]
    assert row.fact == "no async_handlers under WSGI, and no known add-on brings it"
    assert row.constraint.startswith("websockets_or_streaming = 3")
    assert row.source == "https://flask.palletsprojects.com/en/stable/"
    assert row.date == "2026-11-22"


def test_the_same_need_at_level_two_screens_nothing_out(decided: Decided) -> None:
    assert not rows(decided(brief_with(websockets_or_streaming=2)), "flask")


def test_an_unknown_need_screens_nothing_out_and_is_told(decided: Decided) -> None:
    decision = decided(brief_with(websockets_or_streaming=None))
    assert not rows(decision, "flask")
    assert any("websockets_or_streaming is unknown" in line for line in decision.unknown)


def test_a_capability_nobody_knows_about_is_kept_and_told(catalogue: Catalogue) -> None:
    flask = catalogue.framework("flask")
    silent = {
        interface: {name: found for name, found in provisions.items() if name != "openapi"}
        for interface, provisions in flask.provisions.items()
    }
    frameworks = tuple(replace(flask, provisions=silent) if framework is flask else framework for framework in catalogue.frameworks)
    addons = tuple(addon for addon in catalogue.addons if "openapi" not in addon.provisions)
    brief = replace(brief_with(public_api_docs=3), policy=Policy(allow=("flask",)))
    decision = decide(brief, replace(catalogue, frameworks=frameworks, addons=addons), "2026-11-22", draws=0)
    assert decision.chosen.architecture.frameworks == ("flask",)
    assert "Whether Flask has openapi is not known; part only requires it." in decision.unknown


def test_policy_leaves_only_what_is_allowed(decided: Decided) -> None:
    decision = decided(replace(brief_with(), policy=Policy(allow=("quart", "starlette"))))
    assert set(decision.chosen.architecture.frameworks) <= {"quart", "starlette"}
    (row,) = rows(decision, "django")
    assert row.constraint == "policy.allow"


def test_policy_forbids_frameworks_add_ons_and_servers(decided: Decided) -> None:
    brief = replace(brief_with(relational_data=1), policy=Policy(forbid=("flask", "sqlalchemy")))
    decision = decided(brief)
    assert decision.chosen.architecture.frameworks == ("django",)
    assert {row.stack for row in decision.screened_out if row.constraint == "policy.forbid"} == {"flask", "sqlalchemy"}


def test_a_forbidden_server_takes_its_interface_out(decided: Decided) -> None:
    decision = decided(replace(brief_with(), policy=Policy(forbid=("uvicorn",))))
    assert {stack.interface for rated in decision.ranked for stack in rated.architecture.stacks.values()} == {"wsgi", "own"}
    assert any(row.fact == "no server for ASGI is left" for row in rows(decision, "fastapi"))


def test_a_forbidden_wsgi_server_leaves_asgi(decided: Decided) -> None:
    two = Brief("two", "", (Part("a", Kind.API, 0.5), Part("b", Kind.WEB, 0.5)), policy=Policy(forbid=("granian",)))
    assert {stack.interface for rated in decided(two).ranked for stack in rated.architecture.stacks.values()} == {"asgi"}


def test_servers_that_a_project_does_not_start_are_told_as_such(decided: Decided) -> None:
    assert {row.stack for row in decided(brief_with()).screened_out if row.part == "every part"} == {
        "hypercorn",
        "gunicorn",
        "daphne",
    }


def test_a_memory_must_screens_by_the_measured_memory_of_a_process(decided: Decided) -> None:
    decision = decided(replace(brief_with(), musts=(must("memory", 80e6, "B"),)))
    assert {row.stack for row in rows(decision, "django")} == {"django (wsgi)", "django (asgi)"}
    assert rows(decision, "django")[0].fact.startswith("a process takes 92 MB on granian")
    assert not rows(decision, "flask")


def test_a_latency_must_below_the_processor_time_of_a_request_screens(decided: Decided) -> None:
    decision = decided(replace(brief_with(), musts=(must("latency", 0.0005, "s", rate=10),)))
    assert {row.stack for row in decision.screened_out if row.part == "only"} >= {"django (wsgi)", "django (asgi)"}
    assert not rows(decision, "fastapi")


def test_a_rate_that_takes_more_cores_than_any_product_gets_screens(decided: Decided) -> None:
    decision = decided(replace(brief_with(), musts=(must("errors", 1, "1", rate=50_000),)))
    assert any("cores on granian, more than 32" in row.fact for row in rows(decision, "django"))


def test_a_should_screens_nothing(decided: Decided) -> None:
    decision = decided(replace(brief_with(), musts=(replace(must("memory", 1, "B"), level="should"),)))
    assert not rows(decision, "django")


def test_a_must_about_sockets_requires_sockets(decided: Decided) -> None:
    part = Part("only", Kind.REALTIME, 1.0, {})
    lost = Must("lost", "only", "events_lost", Check(Comparison.EQUAL, 0, "1", text="= 0"), LoadPlan(sockets=10, duration=5))
    decision = decided(replace(brief_with(), parts=(part,), musts=(lost,)))
    assert any(row.constraint == "must lost: events_lost = 0" for row in rows(decision, "django"))
    assert all("websockets" not in row.fact for row in rows(decision, "fastapi"))


def test_no_architecture_names_the_facts_and_the_smallest_ways_out(decided: Decided) -> None:
    brief = replace(brief_with(websockets_or_streaming=3, public_api_docs=3), policy=Policy(allow=("flask",)))
    with pytest.raises(NoArchitectureError) as caught:
        decided(brief)
    text = str(caught.value)
    assert "only: flask (wsgi) is out by websockets_or_streaming = 3" in text
    assert "every part: django, fastapi, starlette, quart, litestar" in text
    assert text.endswith("Loosen policy.allow or part only: websockets_or_streaming = 3.")


def test_two_constraints_that_only_help_together_are_named_together(measured: Decided) -> None:
    brief = replace(
        brief_with(websockets_or_streaming=3),
        policy=Policy(allow=("flask", "django")),
        musts=(must("memory", 40e6, "B"), replace(must("latency", 1e-6, "s", rate=1), id="other")),
    )
    with pytest.raises(NoArchitectureError, match="must limit together with must other"):
        measured(brief)


def test_what_was_never_measured_is_not_screened_out_by_a_cost(decided: Decided) -> None:
    decision = decided(replace(brief_with(), musts=(must("memory", 1, "B"),)))
    assert set(decision.chosen.architecture.frameworks) & {"pyramid", "falcon", "bottle"}


def test_loosening_lifts_policy_lowers_needs_and_turns_musts_into_shoulds() -> None:
    policy = Policy(("flask",), ("uvicorn", "django"))
    brief = replace(brief_with(io_fanout=3), policy=policy, musts=(must("memory", 1, "B"),), answers={"typed_clients": 3})
    names = ("policy.allow", "policy.forbid uvicorn", "part only: io_fanout = 3", "must limit", "answers.typed_clients = 3")
    looser = relaxed(brief, names)
    assert looser.answers == {"typed_clients": None}
    assert looser.policy == Policy(None, ("django",))
    assert looser.parts[0].needs == {"io_fanout": 2}
    assert looser.musts[0].level == "should"


def test_a_skill_that_is_nearly_one_of_the_catalogue_is_told(decided: Decided) -> None:
    team = Team(3, 1, {"djnago": 2, "javascript": 1, "flask": 1})
    unknown = decided(replace(brief_with(), team=team)).unknown
    told = [line for line in unknown if line.startswith("team.shipped.")]
    assert told == ["team.shipped.djnago counts for no framework; if django is meant, write that."]


def test_a_date_that_is_none_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(InputError, match="as_of: 'today' must be a date; write it as 2026-11-22"):
        decide(brief_with(), catalogue, "today")


def test_figures_that_are_left_open_are_assumed_and_told(decided: Decided) -> None:
    decision = decided(Brief("open", "", (Part("only", Kind.API, 1.0),)))
    assert "The brief leaves team.engineers open; 3 engineers are assumed." in decision.unknown
    assert "The brief leaves load.requests_per_second open; 10 requests per second are assumed." in decision.unknown
    assert any("team.shipped" in line for line in decision.unknown)


def test_a_load_that_no_stack_carries_is_told(measured: Decided) -> None:
    part = Part("only", Kind.REALTIME, 1.0, {"websockets_or_streaming": 3})
    decision = measured(replace(brief_with(), parts=(part,), load=Load(10, 50_000_000)))
    assert any(line.startswith("Live delivery (only): one message reaches 50,000,000 connections") for line in decision.unknown)


def test_old_facts_are_told(catalogue: Catalogue) -> None:
    later = decide(brief_with(), catalogue, "2031-01-01", draws=0)
    assert any("days old" in line and line.endswith("look again.") for line in later.unknown)


@pytest.mark.parametrize("policy", [Policy(forbid=("djnago",)), Policy(allow=("flask", "djnago"))])
def test_a_slip_in_a_policy_is_refused_with_the_nearest_name(policy: Policy, catalogue: Catalogue) -> None:
    with pytest.raises(BriefError, match='"djnago" is not in the catalogue; write "django"'):
        decide(replace(brief_with(), policy=policy), catalogue, "2026-11-22", draws=0)


def test_an_organisation_may_forbid_what_the_catalogue_does_not_know(decided: Decided) -> None:
    assert decided(replace(brief_with(), policy=Policy(forbid=("zope",)))).ranked
