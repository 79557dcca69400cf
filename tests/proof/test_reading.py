"""What is read of a project before it starts, and the rows that are made from a brief."""

from pathlib import Path

import pytest

from groundplan.brief.model import Brief, Entity, Field, FieldType
from groundplan.errors import InputError
from groundplan.proof.evidence import hashes
from groundplan.proof.pages import forms
from groundplan.proof.rows import as_form, make_row, marker_field
from groundplan.proof.surface import read_surface

SHOP = Entity("shop", (Field("name", FieldType.TEXT, length=10, unique=True),))
SALE = Entity(
    "sale",
    (
        Field("shop", FieldType.REFERENCE, target="shop"),
        Field("parent", FieldType.REFERENCE, target="sale", null=True),
        Field("note", FieldType.TEXT),
        Field("amount", FieldType.DECIMAL, digits=5, places=2),
        Field("whole", FieldType.DECIMAL, digits=3, places=0),
        Field("pieces", FieldType.INTEGER),
        Field("paid", FieldType.BOOLEAN),
        Field("day", FieldType.DATE),
        Field("at", FieldType.DATETIME),
        Field("mail", FieldType.EMAIL),
        Field("page", FieldType.URL),
        Field("state", FieldType.CHOICE, choices=("new", "old")),
    ),
)
PROJECT = """format = 1
name = "p"
[run]
layout = "split"
[layouts.mine]
a = ["desk"]
[[part]]
name = "rest"
kind = "api"
framework = "django"
prefix = "/rest"
[[part]]
name = "desk"
kind = "web"
framework = "django"
prefix = "/"
"""


def _brief(*entities: Entity) -> Brief:
    return Brief("p", "", (), entities=entities)


def test_the_surface_is_that_of_project_toml(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(PROJECT)
    surface = read_surface(tmp_path, _brief(SALE, SHOP))
    assert [entity.name for entity in surface.entities] == ["shop", "sale"]
    assert surface.owner is not None
    assert (surface.owner.name, surface.owner.prefix) == ("desk", "")
    assert surface.layouts == ("together", "split", "apart", "mine")
    assert "desk.delete_sale" in surface.permissions()
    assert surface.part("rest") == surface.first("api")
    assert surface.probe_entity == SHOP


def test_a_project_without_django_has_no_permissions(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(PROJECT.replace("django", "flask"))
    surface = read_surface(tmp_path, _brief(Entity("a", (Field("n", FieldType.INTEGER),))))
    assert surface.owner is None
    assert surface.permissions() == []
    assert surface.probe_entity is not None
    assert read_surface(tmp_path, _brief()).probe_entity is None


def test_entities_in_a_circle_keep_their_order(tmp_path: Path) -> None:
    (tmp_path / "project.toml").write_text(PROJECT)
    circle = [Entity(a, (Field("to", FieldType.REFERENCE, target=b),)) for a, b in (("a", "b"), ("b", "a"))]
    assert [entity.name for entity in read_surface(tmp_path, _brief(*circle)).entities] == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "told"), [(None, "the file is missing"), ("format = ", "is no readable project"), ("format = 1", "'part'")]
)
def test_a_folder_that_is_no_project_is_refused_in_one_sentence(tmp_path: Path, text: str | None, told: str) -> None:
    if text is not None:
        (tmp_path / "project.toml").write_text(text)
    with pytest.raises(InputError, match=told) as refused:
        read_surface(tmp_path, _brief())
    assert "give the folder that groundplan build wrote" in str(refused.value)


def test_rows_hold_every_field_and_differ() -> None:
    one, two = (make_row(SALE, number, {"shop": 7}) for number in (41, 1042))
    assert one == {
        "shop_id": 7,
        "note": "row 41",
        "amount": "0.41",
        "whole": "41",
        "pieces": 41,
        "paid": False,
        "day": "2026-02-11",
        "at": "2026-01-01T00:00:41Z",
        "mail": "row41@example.com",
        "page": "https://example.com/41",
        "state": "old",
    }
    assert (two["amount"], two["whole"], two["paid"]) == ("10.42", "42", True)
    assert make_row(SHOP, 123456789, {})["name"] == " 123456789"[-10:]


def test_a_mark_goes_into_the_longest_text() -> None:
    assert make_row(SALE, 1, {"shop": 7}, "marked")["note"] == "marked"
    assert marker_field(SHOP) is None
    assert marker_field(SHOP, 10) is not None


def test_a_row_becomes_the_fields_of_a_form() -> None:
    ticked, unticked = (as_form(SALE, make_row(SALE, number, {"shop": 7})) for number in (42, 41))
    assert (ticked["shop"], ticked["parent"], ticked["paid"], ticked["at"]) == ("7", "", "on", "2026-01-01T00:00:42")
    assert "paid" not in unticked


def test_forms_are_found_with_where_they_go_and_what_they_hold() -> None:
    page = "<form><input name=q></form><input name=lost><form method=POST action=/add><textarea name=t></textarea><select name=s>"
    search, add = forms(page)
    assert (search.method, list(search.fields)) == ("get", ["q"])
    assert (add.method, add.action, list(add.fields)) == ("post", "/add", ["t", "s"])


def test_hashes_cover_the_projects_files_and_nothing_else(tmp_path: Path) -> None:
    for name in ("project.toml", "parts/a/app.py", ".env", "data/x.sqlite3", ".venv/bin/python", ".groundplan/plan.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".groundplan" / "proofs").mkdir()
    (tmp_path / ".groundplan" / "proofs" / "old.json").write_text("{}")
    (tmp_path / "link").symlink_to(tmp_path / ".env")
    assert list(hashes(tmp_path)) == [".groundplan/plan.json", "parts/a/app.py", "project.toml"]
