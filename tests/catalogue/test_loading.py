"""What a catalogue file may hold, and how a mistake in one is told."""

from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.catalogue import load
from groundplan.catalogue.reading import build
from groundplan.errors import CatalogueError

Edit = Callable[[str, str, str], Path]


def test_an_unknown_key_is_refused_with_file_and_key(edited: Edit) -> None:
    folder = edited("frameworks/flask.toml", 'title = "Flask"', 'title = "Flask"\nspeed = "high"')
    with pytest.raises(CatalogueError, match=r"frameworks/flask\.toml\.speed: the key is not known here; use one of name, title"):
        load(folder)


def test_a_missing_key_is_named(edited: Edit) -> None:
    folder = edited("servers.toml", 'title = "Granian"\n', "")
    with pytest.raises(CatalogueError, match=r"servers\.toml\.server\[0\]: the table has no title; add title"):
        load(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("facts/django.toml", 'grade = "C"', 'grade = "E"', r"facts/django\.toml\.fact\[1\]\.grade: 'E' must be one of A, B, C, D"),
        ("facts/django.toml", "value = 35", "value = true", r"facts/django\.toml\.fact\[\d\]\.value: True must be of type float"),
        ("criteria.toml", "worst = 50", 'worst = "50"', r"criteria\.toml\.criterion\[0\]\.worst: '50' must be of type float"),
        ("method.toml", "lent = [", "lent = 3 #", r"method\.toml\.lent: 3 must be a list"),
        ("method.toml", "lent_source = ", "lent_source = 3 #", r"method\.toml\.lent_source: 3 must be of type str"),
        (
            "method.toml",
            "points = [[1, 0.5]",
            "points = [[1, 0.5, 2]",
            r"shift\[0\]\.points\[0\]: \[1, 0\.5, 2\] must hold 2 values",
        ),
        ("method.toml", "axes = {", "axes = 1 # {", r"method\.toml\.axes: 1 must be a table"),
        (
            "addons.toml",
            'frameworks = ["django"]',
            'frameworks = "django"',
            r"addons\.toml\.addon\[2\]\.frameworks: 'django' must be a list",
        ),
    ],
)
def test_a_value_of_the_wrong_type_is_named(edited: Edit, file: str, old: str, new: str, message: str) -> None:
    with pytest.raises(CatalogueError, match=message):
        load(edited(file, old, new))


def test_a_value_where_a_table_must_stand_is_named() -> None:
    with pytest.raises(CatalogueError, match="here: 3 must be a table"):
        build(type(load().method.waiting), 3, "here")


def test_a_file_that_is_no_toml_is_named(edited: Edit) -> None:
    with pytest.raises(CatalogueError, match=r"needs\.toml: the file must be TOML"):
        load(edited("needs.toml", "[[line]]", "[[line"))


def test_a_missing_file_is_named(edited: Edit) -> None:
    folder = edited("needs.toml", "[[line]]", "[[line]]")
    (folder / "needs.toml").unlink()
    with pytest.raises(CatalogueError, match=r"needs\.toml: the file is part of the catalogue; put it back"):
        load(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("needs.toml", 'capability = "orm"', 'capability = "orn"', "'orn' must be a capability of capabilities.toml"),
        ("addons.toml", "html_fragments =", "html_crumbs =", r"addons\.toml django-htmx: 'html_crumbs' must be a capability"),
        ("facts/django.toml", 'subject = "django"', 'subject = "djagno"', "'djagno' must be a framework, add-on, server or layer"),
        ("measured.toml", 'subject = "starlette"', 'subject = "starlet"', "'starlet' must be a framework"),
        ("criteria.toml", "points = 40", "points = 41", "criteria.toml scope: 101 points must be 100 in all"),
        ("criteria.toml", "best = 0.1", "best = 60", "criteria.toml live: 60 to 60 must be a scale with two ends"),
        (
            "facts/django.toml",
            'date = "2024-11-30"',
            'date = "end of 2024"',
            "facts/django.toml survey_share: 'end of 2024' must be a date",
        ),
        (
            "facts/django.toml",
            'value = "2028-04-30"',
            'value = "April 2028"',
            "facts/django.toml support_until: 'April 2028' must be a date",
        ),
        ("needs.toml", "level = 1", "level = 4", "level 4, required at 3 must lie in 1 to 3"),
        ("costs.toml", 'date = "2022-07-01"', 'date = "last year"', "(shared processor): 'last year' must be a date"),
        ("costs.toml", 'where = "https://aws', 'where = "aws', "must be the address of a public list; write it with https://"),
    ],
)
def test_files_that_disagree_are_refused(edited: Edit, file: str, old: str, new: str, message: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        load(edited(file, old, new))
    assert message.replace("\\", "") in str(caught.value)


def test_all_disagreements_are_told_at_once(edited: Edit) -> None:
    edited("criteria.toml", "points = 40", "points = 41")
    folder = edited("facts/django.toml", 'subject = "django"', 'subject = "djagno"')
    with pytest.raises(CatalogueError) as caught:
        load(folder)
    assert len(str(caught.value).splitlines()) == 2


def test_a_framework_that_is_not_in_the_stated_order_comes_last(edited: Edit) -> None:
    folder = edited("method.toml", '"django", "fastapi"', '"fastapi"')
    assert [framework.name for framework in load(folder).frameworks][0::13] == ["fastapi", "django"]
