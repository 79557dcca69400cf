"""Default values of fields, checked against the field they belong to."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from groundplan.brief.mistakes import GrammarError
from groundplan.brief.model import Field, FieldType
from groundplan.spelling import nearest

__all__ = ["read_default"]

_INTEGER_LIMIT = 2**63
_LENGTHS = {FieldType.EMAIL: 254, FieldType.URL: 200}
"""Longest email (RFC 5321, section 4.5.3.1.3, less the two brackets) and URL (Django's own default)."""


def read_default(field: Field, written: str) -> str:
    """Give the default in the text form of the field's Python type (``True``, ``0.00``, ISO 8601); ``now`` stays.

    written: what stands behind ``default=``. Raises GrammarError.
    """
    text = written[1:-1] if written.startswith('"') else written
    try:
        return _DEFAULTS[field.type](field, text)
    except GrammarError:
        raise
    except (ValueError, InvalidOperation) as error:
        raise GrammarError(f"has a default that is no {field.type}", _EXAMPLES[field.type]) from error


_EXAMPLES = {
    FieldType.INTEGER: "write a whole number such as default=0",
    FieldType.DECIMAL: "write a number with the field's digits, such as default=0.00",
    FieldType.BOOLEAN: "write default=true or default=false",
    FieldType.DATE: "write default=now or a day such as default=2026-01-31",
    FieldType.DATETIME: "write default=now or a time with its offset, such as default=2026-01-31T09:00:00Z",
    FieldType.EMAIL: "write an address such as default=office@example.com",
    FieldType.URL: "write an address such as default=https://example.com/",
}


def _text_default(field: Field, text: str) -> str:
    length = _LENGTHS.get(field.type, field.length)
    if not text or not text.isprintable():
        raise GrammarError("has a default that is empty or not printable", "write default=VALUE, or null for an absent value")
    if length is not None and len(text) > length:
        raise GrammarError(f"has a default of {len(text)} characters where {length} fit", "shorten it")
    return text


def _pattern_default(pattern: str) -> Callable[[Field, str], str]:
    def check(field: Field, text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return _text_default(field, text)

    return check


def _integer_default(_field: Field, text: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,19}", text) or not -_INTEGER_LIMIT <= int(text) < _INTEGER_LIMIT:
        raise ValueError(text)
    return str(int(text))


def _decimal_default(field: Field, text: str) -> str:
    if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text):
        raise ValueError(text)
    digits, places = field.digits or 0, field.places or 0
    value = Decimal(text)
    if value != round(value, places) or abs(value) >= Decimal(10) ** (digits - places):
        raise GrammarError(f"has a default that decimal({digits},{places}) cannot hold", _EXAMPLES[FieldType.DECIMAL])
    return f"{value:.{places}f}"


def _boolean_default(_field: Field, text: str) -> str:
    return {"true": "True", "false": "False"}.get(text.lower()) or _fail(text)


def _fail(text: str) -> str:
    raise ValueError(text)


def _date_default(_field: Field, text: str) -> str:
    return text if text == "now" else date.fromisoformat(text).isoformat()


def _datetime_default(_field: Field, text: str) -> str:
    if text == "now":
        return text
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise GrammarError("has a default without an offset from UTC", _EXAMPLES[FieldType.DATETIME])
    try:
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError as error:
        raise ValueError(text) from error


def _choice_default(field: Field, text: str) -> str:
    if text in field.choices:
        return text
    near = nearest(text, field.choices)
    raise GrammarError(f'has the default "{text}", which is none of its choices', f"write default={near or field.choices[0]}")


_DEFAULTS: dict[FieldType, Callable[[Field, str], str]] = {
    FieldType.TEXT: _text_default,
    FieldType.INTEGER: _integer_default,
    FieldType.DECIMAL: _decimal_default,
    FieldType.BOOLEAN: _boolean_default,
    FieldType.DATE: _date_default,
    FieldType.DATETIME: _datetime_default,
    FieldType.EMAIL: _pattern_default(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    FieldType.URL: _pattern_default(r"https?://\S+"),
    FieldType.CHOICE: _choice_default,
}
