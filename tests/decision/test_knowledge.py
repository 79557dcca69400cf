"""What follows from needs, kinds and answers: the judgements that real decisions were held against."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from groundplan.brief.model import Brief, Kind, Part, Team
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, decide
from groundplan.decision.options import Want, wants
from groundplan.decision.situation import situation

AS_OF = "2026-11-22"
Decided = Callable[[Brief], Decision]


def brief(*parts: Part, **answers: int | str | None) -> Brief:
    shares = tuple(replace(part, share=1 / len(parts)) for part in parts)
    return Brief("one", "", shares, team=Team(4), answers=dict(answers))


def part(kind: Kind = Kind.API, **needs: int | None) -> Part:
    return Part(kind.value, kind, 1.0, dict(needs))


def wanted(told: Brief, catalogue: Catalogue) -> dict[str, Want]:
    return {want.capability: want for want in wants(situation(told, catalogue, AS_OF).parts[0], catalogue)}


def idle(decision: Decision) -> str:
    return next(found.evidence for found in decision.chosen.contributions if found.criterion == "unused")


def test_waiting_on_others_asks_for_a_loop_and_screens_nothing_out(decided: Decided, catalogue: Catalogue) -> None:
    told = brief(part(io_fanout=3))
    assert not wanted(told, catalogue)["async_handlers"].required
    assert not [row for row in decided(told).screened_out if row.constraint.startswith("io_fanout")]


def test_roles_are_wanted_and_can_be_written(catalogue: Catalogue) -> None:
    assert not wanted(brief(part(content_permissions=3)), catalogue)["users_groups_permissions"].required


def test_pages_ask_for_no_languages(catalogue: Catalogue) -> None:
    assert "i18n" not in wanted(brief(part(Kind.WEB, server_rendered_html=3)), catalogue)


def test_a_worker_wants_nothing_that_only_a_request_needs(catalogue: Catalogue) -> None:
    of_requests = set(catalogue.in_requests)
    assert of_requests <= set(wanted(brief(part(io_fanout=3, cpu_or_ml=3)), catalogue))
    assert not of_requests & set(wanted(brief(part(Kind.WORKER, io_fanout=3, cpu_or_ml=3)), catalogue))


def test_a_data_layer_that_stays_needs_no_second_one(catalogue: Catalogue) -> None:
    told = brief(part(relational_data=3))
    stays = replace(told, answers={"keep_existing": 3, "existing_data_layer": "sqlalchemy"})
    new = {"orm", "migrations", "transactions"}
    assert new <= set(wanted(told, catalogue))
    assert not new & set(wanted(stays, catalogue))


def test_what_lies_idle_is_counted_over_the_whole_product(catalogue: Catalogue) -> None:
    api, site = part(public_api_docs=3), part(Kind.WEB, server_rendered_html=2)
    alone = decide(brief(api), _narrowed("django", catalogue), AS_OF)
    beside = decide(brief(api, site), _narrowed("django", catalogue), AS_OF)
    assert "templates" in idle(alone)
    assert "templates" not in idle(beside)
    assert "orm" in idle(beside)


def test_a_full_stack_framework_around_a_bare_service_lies_idle_and_a_small_one_does_not(catalogue: Catalogue) -> None:
    value = {name: _value(decide(brief(part()), _narrowed(name, catalogue), AS_OF)) for name in ("django", "flask")}
    assert value["django"] == 0.0
    assert value["flask"] > 0.5


def test_nothing_is_borrowed_before_the_runtime_that_lends_it(catalogue: Catalogue) -> None:
    assert catalogue.at(dt.date(2020, 12, 31)).method.lent == ()
    assert catalogue.at(dt.date(2026, 12, 31)).method.lent == catalogue.method.lent


def _narrowed(name: str, catalogue: Catalogue) -> Catalogue:
    return replace(catalogue, frameworks=tuple(framework for framework in catalogue.frameworks if framework.name == name))


def _value(decision: Decision) -> float:
    return next(found.value for found in decision.chosen.contributions if found.criterion == "unused")
