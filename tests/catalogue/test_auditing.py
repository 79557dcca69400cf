"""Whether every statement can be traced and is still to be relied on."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from groundplan.catalogue import audit, load
from groundplan.catalogue.auditing import expired

Edit = Callable[[str, str, str], Path]
TODAY = dt.date(2026, 11, 22)


def test_what_ships_has_no_problem() -> None:
    assert audit(TODAY) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('source = "endoflife.date"\n', "no source must say who says so"),
        ('unit = "date"\n', "no unit must say what its value is counted in"),
        ('date = "2026-11-22"\n', "no date must say when it was said"),
        ('grade = "B"\n', "no grade must say how far it can be trusted"),
    ],
)
def test_a_fact_that_leaves_something_out_is_named(line: str, told: str, edited: Edit) -> None:
    (problem,) = audit(TODAY, edited("facts/django.toml", line, ""))
    assert problem.place.startswith("facts/django.toml.fact[")
    assert told in str(problem)


def test_all_problems_are_told_at_once(edited: Edit) -> None:
    edited("facts/django.toml", 'grade = "B"\n', "")
    edited("facts/flask.toml", 'unit = "%"\n', 'unit = ""\n')
    folder = edited("needs.toml", 'capability = "orm"', 'capability = "orn"')
    assert [str(problem).split(" ")[0].split(".fact")[0] for problem in audit(TODAY, folder)] == [
        "facts/django.toml",
        "facts/flask.toml",
        "needs.toml",
    ]


def test_a_fact_older_than_the_method_allows_is_expired() -> None:
    known = load()
    fact = replace(known.facts[0], date="2020-01-01", since="", expires="")
    (problem,) = expired(replace(known, facts=(fact,)), TODAY)
    assert problem.rule == "has been expired since 2022-12-31"


@pytest.mark.parametrize(("day", "count"), [("2027-01-31", 0), ("2027-02-01", 1)])
def test_a_fact_may_say_itself_until_when_it_can_be_relied_on(day: str, count: int) -> None:
    known = load()
    fact = replace(known.facts[0], date="2026-11-22", since="", expires="2027-01-31")
    assert len(list(expired(replace(known, facts=(fact,)), dt.date.fromisoformat(day)))) == count


def test_a_value_that_another_has_replaced_does_not_expire() -> None:
    known = load()
    old, new = (replace(known.facts[0], date=date, since="", expires="") for date in ("2015-01-01", "2026-01-01"))
    assert not list(expired(replace(known, facts=(old, new)), TODAY))
