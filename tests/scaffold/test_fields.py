"""A field as every framework writes it: the source texts mean the same everywhere."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

import pytest
import sqlalchemy
from django.db import models
from django.utils import timezone
from hypothesis import given as given_by_hypothesis
from hypothesis import strategies as st
from pydantic import Field as PydanticField
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.orm import mapped_column

from groundplan.brief.model import Entity, Field, FieldType
from groundplan.scaffold.fields import FieldView, field_view

TYPES = {
    FieldType.TEXT: Field("shop", FieldType.TEXT, length=80),
    FieldType.INTEGER: Field("count", FieldType.INTEGER),
    FieldType.DECIMAL: Field("amount", FieldType.DECIMAL, digits=12, places=2),
    FieldType.BOOLEAN: Field("paid", FieldType.BOOLEAN),
    FieldType.DATE: Field("day", FieldType.DATE),
    FieldType.DATETIME: Field("sold_at", FieldType.DATETIME),
    FieldType.EMAIL: Field("mail", FieldType.EMAIL),
    FieldType.URL: Field("page", FieldType.URL),
    FieldType.CHOICE: Field("status", FieldType.CHOICE, choices=("new", "in_review")),
    FieldType.REFERENCE: Field("shop", FieldType.REFERENCE, target="shop"),
}


def view(field: Field, *others: Field) -> FieldView:
    return field_view(Entity("sale", (field, *others)), field, "office")


def accepted(view: FieldView, value: object) -> bool:
    names = {
        "Annotated": Annotated,
        "Field": PydanticField,
        "Literal": Literal,
        "Decimal": Decimal,
        "date": date,
        "datetime": datetime,
    }
    adapter: TypeAdapter[Any] = TypeAdapter(eval(view.pydantic_in, names))  # noqa: S307  the text is what a template would hold
    try:
        adapter.validate_python(value)
    except ValidationError:
        return False
    return True


def django_field(text: str) -> Any:
    return eval(text, {"models": models, "Decimal": Decimal, "timezone": timezone})  # noqa: S307  as above


@pytest.mark.parametrize("kind", TYPES)
def test_every_sample_is_a_valid_input(kind: FieldType) -> None:
    shown = view(TYPES[kind])
    assert all(accepted(shown, sample) for sample in shown.samples)


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind not in (FieldType.CHOICE, FieldType.REFERENCE, FieldType.BOOLEAN)])
def test_samples_differ_so_that_a_unique_field_can_have_several(kind: FieldType) -> None:
    assert len(set(view(TYPES[kind]).samples)) == 3


@given_by_hypothesis(st.integers(1, 15), st.integers(0, 15))
def test_samples_of_a_decimal_fit_its_digits(digits: int, places: int) -> None:
    places = min(places, digits)
    shown = view(Field("amount", FieldType.DECIMAL, digits=digits, places=places))
    assert all(accepted(shown, sample) for sample in shown.samples)


@given_by_hypothesis(st.integers(1, 20))
def test_samples_of_a_text_fit_its_length(length: int) -> None:
    shown = view(Field("shop", FieldType.TEXT, length=length))
    assert all(accepted(shown, sample) for sample in shown.samples)


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (FieldType.TEXT, ""),
        (FieldType.TEXT, "x" * 81),
        (FieldType.TEXT, "nul\x00"),
        (FieldType.INTEGER, 2**63),
        (FieldType.DECIMAL, "1.234"),
        (FieldType.DECIMAL, "99999999999.00"),
        (FieldType.EMAIL, "nobody"),
        (FieldType.URL, "javascript:alert(1)"),
        (FieldType.CHOICE, "old"),
        (FieldType.REFERENCE, 0),
    ],
)
def test_what_the_database_cannot_hold_is_no_valid_input(kind: FieldType, wrong: object) -> None:
    assert not accepted(view(TYPES[kind]), wrong)


def test_a_field_that_may_be_absent_accepts_null() -> None:
    shown = view(Field("note", FieldType.TEXT, null=True))
    assert accepted(shown, None)
    assert "null=True, blank=True" in shown.django


@pytest.mark.parametrize("kind", [kind for kind in TYPES if kind is not FieldType.CHOICE])
def test_the_model_field_is_one_that_django_makes(kind: FieldType) -> None:
    assert isinstance(django_field(view(TYPES[kind]).django), models.Field)


def test_a_choice_is_written_with_its_titles_in_the_migration() -> None:
    shown = view(TYPES[FieldType.CHOICE])
    assert shown.django == "models.CharField(max_length=9, choices=Status.choices)"
    assert 'choices=[("new", "New"), ("in_review", "In review")]' in shown.migration
    assert [option.member for option in shown.options] == ["NEW", "IN_REVIEW"]


def test_a_choice_that_starts_with_a_digit_still_gets_a_name() -> None:
    shown = view(Field("size", FieldType.CHOICE, choices=("2_small",)))
    assert [option.member for option in shown.options] == ["VALUE_2_SMALL"]


def test_a_reference_is_protected_indexed_and_named_by_its_column() -> None:
    shown = view(TYPES[FieldType.REFERENCE])
    assert shown.column == "shop_id"
    assert shown.django == 'models.ForeignKey("Shop", on_delete=models.PROTECT, related_name="sales")'
    assert shown.sqlalchemy == 'mapped_column(BigInteger, ForeignKey("office_shop.id"), index=True)'


def test_two_references_to_one_target_have_two_ways_back() -> None:
    twin = Field("origin", FieldType.REFERENCE, target="shop")
    assert 'related_name="sales_as_shop"' in view(TYPES[FieldType.REFERENCE], twin).django


def test_without_a_django_part_a_reference_points_at_a_table_without_prefix() -> None:
    field = TYPES[FieldType.REFERENCE]
    assert 'ForeignKey("shop.id")' in field_view(Entity("sale", (field,)), field, None).sqlalchemy


def test_the_column_is_one_that_sqlalchemy_makes() -> None:
    for kind, field in TYPES.items():
        if kind is not FieldType.DATETIME:  # its type is the runtime's own
            assert eval(view(field).sqlalchemy, {**vars(sqlalchemy), "mapped_column": mapped_column})  # noqa: S307  as above


@pytest.mark.parametrize(("unique", "index", "django"), [(True, True, "unique=True"), (False, True, "db_index=True")])
def test_a_unique_field_needs_no_second_index(unique: bool, index: bool, django: str) -> None:  # noqa: FBT001  values of a table
    shown = view(Field("code", FieldType.TEXT, length=8, unique=unique, index=index))
    assert django in shown.django
    assert shown.sqlalchemy.count("unique=True") + shown.sqlalchemy.count("index=True") == 1


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (Field("a", FieldType.TEXT, default='say "hi"'), 'say "hi"'),
        (Field("a", FieldType.INTEGER, default="-3"), -3),
        (Field("a", FieldType.DECIMAL, digits=4, places=2, default="1.50"), Decimal("1.50")),
        (Field("a", FieldType.BOOLEAN, default="True"), True),
        (Field("a", FieldType.BOOLEAN, default="False"), False),
        (Field("a", FieldType.DATE, default="2026-01-31"), date(2026, 1, 31)),
        (Field("a", FieldType.DATETIME, default="2026-01-31T09:00:00Z"), datetime(2026, 1, 31, 9, tzinfo=UTC)),
        (Field("a", FieldType.CHOICE, choices=("x", "y"), default="y"), "y"),
    ],
)
def test_a_default_is_source_code_for_its_value(field: Field, expected: object) -> None:
    default = view(field).default
    assert default is not None
    assert eval(default, {"Decimal": Decimal, "date": date, "datetime": datetime}) == expected  # noqa: S307  as above


def test_now_stands_for_the_moment_of_writing() -> None:
    shown = view(Field("sold_at", FieldType.DATETIME, default="now"))
    assert django_field(shown.django).default is timezone.now
    assert "default=django.utils.timezone.now" in shown.migration
