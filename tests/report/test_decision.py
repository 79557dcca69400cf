"""A decision as people and programs read it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_json import decision_schema, rounded, telling_json
from groundplan.report.decision_text import decision_text
from groundplan.report.telling import Section, Telling
from report.robust import with_robustness

Told = Callable[[str], Telling]
SameAs = Callable[[str, str], None]
EXAMPLES = ["pulse", "pulse-mvp", "device-api", "aggregation", "grants", "notifications"]
EVERY = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.toml"))
TWINS = sorted(f"twins/{path.stem}" for path in (Path(__file__).parents[2] / "examples/twins").glob("*.toml"))
PUBLISHED = Path(__file__).parents[2] / "docs" / "reference" / "decision.schema.json"


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_text_reads_as_it_was_read_by_a_person(told: Told, same_as: SameAs, name: str) -> None:
    telling = told(name)
    same_as(f"{name}.txt", decision_text(telling))


@pytest.mark.parametrize("name", EVERY)
def test_the_text_fits_one_screen(told: Told, name: str) -> None:
    telling = told(name)
    lines = decision_text(telling).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 50


def test_a_wider_terminal_needs_fewer_lines(told: Told) -> None:
    telling = told("pulse")
    wide, narrow = (decision_text(telling, width=width, everything=True).splitlines() for width in (160, 80))
    assert len(wide) < len(narrow)


def test_colour_is_only_there_when_asked_for(told: Told) -> None:
    telling = told("pulse")
    plain, coloured = decision_text(telling), decision_text(telling, color=True)
    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured).split() == plain.split()


def test_the_text_draws_processes_with_their_parts(told: Told) -> None:
    telling = told("pulse")
    text = decision_text(telling)
    assert "├─ sync (Granian)\n  │    office       web        Django + django-htmx (WSGI)" in text
    assert "└─ async (Uvicorn)\n       public       api        FastAPI + SQLAlchemy (ASGI)" in text


def test_changes_that_flip_the_choice_are_told_where_given(told: Told) -> None:
    telling = told("pulse")
    section = Section("flips", "Would change", ("a tenth of the load: office Django (together)",))
    text = decision_text(replace(telling, sections=(section,)), width=120)
    assert "Would change\n  ~ a tenth of the load: office Django (together)" in text


def test_what_runs_today_is_told_in_every_form(told: Told) -> None:
    telling = told("notifications")
    kept = "keep and tune: inbox: Flask + SQLAlchemy; push: FastAPI (split): 0.746, which is recommended"
    moved = "move one part (inbox): inbox: FastAPI + SQLAlchemy; push: FastAPI (apart): 0.669, behind by 0.077"
    assert f"What runs today\n  = {kept}\n  = {moved}\n" in decision_text(telling, width=160)
    record = decision_adr(telling)
    assert f"What runs today:\n\n- K{kept[1:]}\n- M{moved[1:]}\n" in record
    found = telling_json(telling)["staying"]
    assert [(one["kind"], one["part"], one["place"]) for one in found] == [("keep and tune", "", 0), ("move one part", "inbox", 8)]


def test_nothing_is_told_of_today_where_nothing_runs(told: Told) -> None:
    telling = told("pulse")
    assert "What runs today" not in decision_text(telling, width=160) + decision_adr(telling)


def test_what_is_ahead_in_value_alone_is_said_to_be(told: Told) -> None:
    telling = told("notifications")
    stay = replace(telling.decision.staying[1], behind=-0.002)
    gone = replace(stay, kind="keep and tune", part="", place=None, behind=None, why="inbox cannot stay on Flask: it is forbidden")
    decision = replace(telling.decision, staying=(stay, gone))
    text = decision_text(replace(telling, decision=decision), width=200)
    assert "0.669, ahead by 0.002, though less simple" in text
    assert "keep and tune: there is no such architecture; inbox cannot stay on Flask: it is forbidden." in text


def test_a_choice_without_rival_or_doubt_says_only_what_there_is(told: Told) -> None:
    telling = told("grants")
    decision = telling.decision
    bare = replace(decision, rival=None, reasons=(), screened_out=(), unknown=(), ranked=decision.ranked[:1], single=None)
    text = decision_text(replace(telling, decision=bare, brief=replace(telling.brief, musts=())))
    assert "Why\n" in text
    assert "Next best" not in text
    assert "Screened out" not in text
    assert "To check first" not in text


@pytest.mark.parametrize("name", [*EVERY, *(pytest.param(name, marks=pytest.mark.long) for name in TWINS)])
def test_the_json_fits_the_published_schema(told: Told, name: str) -> None:
    telling = told(name)
    value = json.loads(json.dumps(telling_json(telling)))
    jsonschema.validate(value, decision_schema())
    assert value["gap"] == pytest.approx(telling.decision.gap, abs=1e-6)
    assert value["ranked"][0]["value"] == pytest.approx(telling.decision.chosen.value, abs=1e-6)
    assert len(value["operating"]) == len(value["ranked"])


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text() == json.dumps(decision_schema(), indent=2, ensure_ascii=False) + "\n"


def test_the_schema_refuses_what_it_does_not_know(told: Told) -> None:
    value = json.loads(json.dumps(telling_json(told("grants")))) | {"mood": "good"}
    with pytest.raises(jsonschema.ValidationError, match="mood"):
        jsonschema.validate(value, decision_schema())


def test_the_record_has_the_headings_of_madr(told: Told) -> None:
    telling = told("pulse")
    record = decision_adr(telling)
    headings = re.findall(r"^##? (.+)$", record.split("### The brief")[0], re.MULTILINE)
    assert headings == [
        "Django + FastAPI, two processes (split)",
        "Context and Problem Statement",
        "Decision Drivers",
        "Considered Options",
        "Decision Outcome",
        "Pros and Cons of the Options",
        "More Information",
    ]
    assert record.startswith("---\nstatus: proposed\ndate: 2026-11-22\ndecision-makers:\n---\n")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_record_holds_brief_date_catalogue_and_every_fact(told: Told, name: str) -> None:
    telling = told(name)
    record, decision = decision_adr(telling), telling.decision
    assert telling.brief.text.rstrip() in record
    assert f"catalogue {decision.catalogue_version}, as of {decision.as_of}" in record
    assert all(f"| {fact.subject} | {fact.id} |" in record for fact in decision.facts)
    assert record.count("\n| ") >= len(decision.facts)


def test_the_record_compares_at_least_two_options(told: Told) -> None:
    for name in EXAMPLES:
        options = decision_adr(told(name)).split("## Considered Options\n\n")[1].split("\n\n")[0]
        assert len(options.splitlines()) >= 2


def test_a_record_without_musts_is_whole_too(told: Told) -> None:
    telling = told("grants")
    assert "Non-negotiables" not in decision_adr(replace(telling, brief=replace(telling.brief, musts=())))


def test_what_a_short_screen_leaves_out_is_counted(told: Told) -> None:
    telling = told("pulse")
    unknown = tuple(f"Question {number} is open." for number in range(40))
    many = replace(telling, decision=replace(telling.decision, unknown=unknown))
    short, whole = decision_text(many), decision_text(many, everything=True)
    assert len(short.splitlines()) <= 50
    assert re.search(r"^To check first \(\d+ more with --all\)$", short, re.MULTILINE)
    assert "--all" not in whole
    assert all(words in whole for words in unknown)


def test_confidence_stands_first_with_its_figures(told: Told) -> None:
    lines = decision_text(with_robustness(told("pulse"))).splitlines()
    text = " ".join(line.strip() for line in lines)
    assert lines[1].startswith("lean: Django + FastAPI come first in 50 % of 10,000 draws")
    assert "gives away 0.010 on average, at most 0.040 in 95 of 100 draws" in text
    assert "they tie when simplicity weighs 0.310" in text
    assert "[worth 0.0042]" in text
    assert len(lines) <= 50


def test_everything_tells_how_each_architecture_fares(told: Told) -> None:
    text = decision_text(with_robustness(told("pulse")), everything=True).replace("\n", " ")
    assert "first in 60.0 %, gives away 0.010 on average and 0.090" in re.sub(r"\s+", " ", text)
    assert "Django + FastAPI: 50.0 %" in text
    assert "The chosen one later:" in text
    assert "grade A)" in text


def test_the_record_holds_confidence_running_costs_and_what_is_done(told: Told) -> None:
    record = decision_adr(with_robustness(told("pulse")))
    assert "How sure: **lean**. Django + FastAPI come first in 50 % of 10,000 draws" in record
    assert "| Django + FastAPI | 50.0 % |" in record
    assert "First in 60.0 % of the draws; gives away 0.010 on average" in record
    assert "- Later: " in record
    done = record.split("### Definition of done")[1].split("###")[0]
    assert re.findall(r"^- \[(.)\] (\w+):", done, re.MULTILINE) == [
        ("x", "Evidence"),
        ("x", "Options"),
        (" ", "Agreed"),
        ("x", "Documented"),
        ("x", "Review"),
    ]


def test_the_review_is_due_when_the_first_support_ends(told: Told) -> None:
    telling = told("grants")
    facts = tuple(
        replace(fact, value="2027-03-01") if fact.unit == "date" and fact.value else fact for fact in telling.decision.facts
    )
    record = decision_adr(replace(telling, decision=replace(telling.decision, facts=facts)))
    assert "- [x] Review: on 2027-03-01," in record


def test_numbers_for_programs_have_six_decimals_and_no_negative_zero() -> None:
    assert rounded({"a": [0.1 + 0.2, -1e-12, "text", 3, None]}) == {"a": [0.3, 0.0, "text", 3, None]}
    assert str(rounded(-1e-12)) == "0.0"
