"""A decision as people and programs read it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from groundplan.brief.model import Brief
from groundplan.decision import Decision, Flip
from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_json import decision_json, decision_schema
from groundplan.report.decision_text import decision_text

Told = Callable[[str], tuple[Brief, Decision]]
SameAs = Callable[[str, str], None]
EXAMPLES = ["pulse", "pulse-mvp", "device-api", "aggregation", "grants", "notifications"]
PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "decision.schema.json"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_text_reads_as_it_was_read_by_a_person(told: Told, same_as: SameAs, name: str) -> None:
    brief, decision = told(name)
    same_as(f"{name}.txt", decision_text(decision, brief))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_text_fits_one_screen(told: Told, name: str) -> None:
    brief, decision = told(name)
    lines = decision_text(decision, brief).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 50


def test_a_wider_terminal_needs_fewer_lines(told: Told) -> None:
    brief, decision = told("pulse")
    assert len(decision_text(decision, brief, width=160).splitlines()) < len(decision_text(decision, brief).splitlines())


def test_colour_is_only_there_when_asked_for(told: Told) -> None:
    brief, decision = told("pulse")
    plain, coloured = decision_text(decision, brief), decision_text(decision, brief, color=True)
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == plain.split()


def test_the_text_draws_processes_with_their_parts(told: Told) -> None:
    brief, decision = told("pulse")
    text = decision_text(decision, brief)
    assert "├─ sync (Granian)\n  │    office       web        Django + django-htmx (WSGI)" in text
    assert "└─ async (Uvicorn)\n       public       api        FastAPI + SQLAlchemy (ASGI)" in text


def test_changes_that_flip_the_choice_are_told_where_given(told: Told) -> None:
    brief, decision = told("pulse")
    flip = Flip("a tenth of the load", decision.ranked[1].architecture)
    text = decision_text(decision, brief, width=120, flips=(flip,))
    assert "Would change\n  ~ a tenth of the load: office Django, public FastAPI, live FastAPI (split)" in text


def test_a_choice_without_rival_or_doubt_says_only_what_there_is(told: Told) -> None:
    brief, decision = told("grants")
    bare = replace(decision, rival=None, reasons=(), screened_out=(), unknown=(), ranked=decision.ranked[:1], single=None)
    text = decision_text(bare, replace(brief, musts=()))
    assert "Why\n" in text
    assert "Next best" not in text
    assert "Screened out" not in text
    assert "To check first" not in text


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_json_fits_the_published_schema(told: Told, name: str) -> None:
    _, decision = told(name)
    value = json.loads(json.dumps(decision_json(decision)))
    jsonschema.validate(value, decision_schema())
    assert value["gap"] == pytest.approx(decision.gap)
    assert value["ranked"][0]["value"] == decision.chosen.value


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text() == json.dumps(decision_schema(), indent=2, ensure_ascii=False) + "\n"


def test_the_schema_refuses_what_it_does_not_know(told: Told) -> None:
    value = json.loads(json.dumps(decision_json(told("grants")[1]))) | {"mood": "good"}
    with pytest.raises(jsonschema.ValidationError, match="mood"):
        jsonschema.validate(value, decision_schema())


def test_the_record_has_the_headings_of_madr(told: Told) -> None:
    brief, decision = told("pulse")
    record = decision_adr(decision, brief)
    headings = re.findall(r"^##? (.+)$", record.split("The brief:")[0], re.MULTILINE)
    assert headings == [
        "Django + FastAPI, two processes (split)",
        "Context and Problem Statement",
        "Decision Drivers",
        "Considered Options",
        "Decision Outcome",
        "Pros and Cons of the Options",
        "More Information",
    ]
    assert record.startswith("---\nstatus: proposed\ndate: 2026-11-22\n---\n")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_record_holds_brief_date_catalogue_and_every_fact(told: Told, name: str) -> None:
    brief, decision = told(name)
    record = decision_adr(decision, brief)
    assert brief.text.rstrip() in record
    assert f"catalogue {decision.catalogue_version}, as of {decision.as_of}" in record
    assert all(f"| {fact.subject} | {fact.id} |" in record for fact in decision.facts)
    assert record.count("\n| ") >= len(decision.facts)


def test_the_record_compares_at_least_two_options(told: Told) -> None:
    for name in EXAMPLES:
        brief, decision = told(name)
        options = decision_adr(decision, brief).split("## Considered Options\n\n")[1].split("\n\n")[0]
        assert len(options.splitlines()) >= 2


def test_a_record_without_musts_is_whole_too(told: Told) -> None:
    brief, decision = told("grants")
    assert "Non-negotiables" not in decision_adr(decision, replace(brief, musts=()))
