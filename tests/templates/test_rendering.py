"""What the templates render to is code that its own project's linter and formatter accept, for briefs of every shape."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from groundplan.brief.model import Entity, Field, FieldType
from templates.building import ENTITIES, Wanted, build
from templates.conftest import LONELY, PARTS

BRIEFS = {
    "every type of field": ENTITIES,
    "no entity": (),
    "one text": (Entity("note", (Field("body", FieldType.TEXT),)),),
    "all fields may be empty": (
        Entity(
            "measurement",
            (Field("taken_on", FieldType.DATE, null=True), Field("value", FieldType.DECIMAL, digits=9, places=3, null=True)),
        ),
    ),
    "defaults": (
        Entity(
            "ticket",
            (
                Field("opened_at", FieldType.DATETIME, default="now"),
                Field("due", FieldType.DATE, default="now"),
                Field("price", FieldType.DECIMAL, digits=8, places=2, default="9.50"),
                Field("urgent", FieldType.BOOLEAN, default="true"),
                Field("level", FieldType.INTEGER, default="3"),
                Field("kind", FieldType.CHOICE, choices=("bug-report", "wish"), default="wish"),
            ),
        ),
    ),
    "references to itself and twice to one": (
        Entity(
            "category",
            (Field("name", FieldType.TEXT, length=40), Field("parent", FieldType.REFERENCE, target="category", null=True)),
        ),
        Entity(
            "transfer",
            (Field("origin", FieldType.REFERENCE, target="category"), Field("goal", FieldType.REFERENCE, target="category")),
        ),
    ),
}


@pytest.mark.parametrize("wanted", [PARTS, LONELY], ids=["with Django", "without Django"])
@pytest.mark.parametrize("entities", BRIEFS.values(), ids=list(BRIEFS))
def test_rendered_parts_are_clean(wanted: Sequence[Wanted], entities: tuple[Entity, ...], tmp_path: Path) -> None:
    root = build(tmp_path, wanted, entities)
    parts = [str(root / "parts" / name) for name, kind, _ in wanted if kind != "web"]
    for command in (["check"], ["format", "--check", "--diff"]):
        ran = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *parts], cwd=root, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("wanted", [PARTS, LONELY], ids=["with Django", "without Django"])
@pytest.mark.parametrize("entities", BRIEFS.values(), ids=list(BRIEFS))
def test_nothing_of_the_template_language_is_left(wanted: Sequence[Wanted], entities: tuple[Entity, ...], tmp_path: Path) -> None:
    build(tmp_path, wanted, entities)
    for path in tmp_path.glob("parts/*/**/*.py"):
        text = path.read_text()
        compile(text, str(path), "exec")
        assert not any(mark in text for mark in ("{%", "{{", "%}", "{#"))
        assert text.endswith("\n") or not text
