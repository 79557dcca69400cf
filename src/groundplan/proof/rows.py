"""Rows to write, made from the brief's fields: valid, and each different where it must be."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from groundplan.brief.model import Entity, Field, FieldType

__all__ = ["as_form", "column", "make_row", "marker_field"]

MARKER_LENGTH = 12
"""Fewest characters of a text field that can carry a mark to tell a row by."""


def column(field: Field) -> str:
    """Name a field as JSON does: a reference ends in ``_id``."""
    return f"{field.name}_id" if field.type is FieldType.REFERENCE else field.name


def marker_field(entity: Entity, length: int = MARKER_LENGTH) -> Field | None:
    """Give the text field that can carry a mark of that length, None when there is none."""
    texts = [field for field in entity.fields if field.type is FieldType.TEXT and (field.length or length) >= length]
    return max(texts, key=lambda field: field.length or 10_000, default=None)


def make_row(entity: Entity, number: int, targets: dict[str, int], mark: str = "") -> dict[str, object]:
    """Give a row as JSON. number: makes it different. targets: entity -> id to refer to. mark: into the marker field."""
    row = {column(field): _value(field, number, targets) for field in entity.fields if not _left_out(field, targets)}
    marked = marker_field(entity, max(len(mark), 1)) if mark else None
    return {**row, marked.name: mark} if marked else row


def as_form(entity: Entity, row: dict[str, object]) -> dict[str, str]:
    """Give the same row as the fields of an HTML form: unticked boxes are not sent, references carry the field's own name."""
    fields: dict[str, str] = {}
    for field in entity.fields:
        value = row.get(column(field))
        if field.type is FieldType.BOOLEAN:
            fields |= {field.name: "on"} if value else {}
        else:
            fields[field.name] = "" if value is None else str(value).removesuffix("Z")
    return fields


def _left_out(field: Field, targets: dict[str, int]) -> bool:
    return field.type is FieldType.REFERENCE and field.null and field.target not in targets


def _value(field: Field, number: int, targets: dict[str, int]) -> object:
    return targets[field.target or ""] if field.type is FieldType.REFERENCE else _VALUES[field.type](field, number)


def _decimal(field: Field, number: int) -> str:
    places = field.places or 0
    digits = str(number % 10 ** (field.digits or 12)).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


_START = datetime(2026, 1, 1, tzinfo=UTC)
_VALUES: dict[FieldType, Callable[[Field, int], object]] = {
    FieldType.TEXT: lambda field, number: f"row {number}"[-(field.length or 80) :],
    FieldType.INTEGER: lambda _field, number: number,
    FieldType.DECIMAL: _decimal,
    FieldType.BOOLEAN: lambda _field, number: number % 2 == 0,
    FieldType.CHOICE: lambda field, number: field.choices[number % len(field.choices)],
    FieldType.EMAIL: lambda _field, number: f"row{number}@example.com",
    FieldType.URL: lambda _field, number: f"https://example.com/{number}",
    FieldType.DATE: lambda _field, number: (_START + timedelta(days=number)).date().isoformat(),
    FieldType.DATETIME: lambda _field, number: f"{_START + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}",
}
