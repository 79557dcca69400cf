"""The grammar of a field: ``decimal(12,2) null index default=0.00``."""

import re
from collections.abc import Callable
from typing import TypedDict

from groundplan.brief.defaults import read_default
from groundplan.brief.mistakes import GrammarError, listed
from groundplan.brief.model import Field, FieldType
from groundplan.brief.names import WORD
from groundplan.records import dataclass
from groundplan.spelling import nearest

__all__ = ["FIELD_PATTERN", "MODIFIERS", "parse_field"]

MODIFIERS = ("null", "unique", "index", "default=…")

FIELD_PATTERN = (
    rf"^ *({'|'.join(kind.value for kind in FieldType)}) *(\([A-Za-z0-9_, ]*\))?"
    r"( +(null|unique|index|default=(\"[^\"]*\"|[^ \"]+)))* *$"
)
"""What JSON Schema can say about a field; parse_field says the rest."""

_FIELD = re.compile(r" *(?P<type>[A-Za-z_]+) *(?:\((?P<arguments>[^()]*)\))?(?P<modifiers>(?: .*)?)", re.DOTALL)
_MODIFIER = re.compile(r' +(?P<word>[^ ="]+)(?:=(?P<default>"[^"]*"|[^ "]+))?')
_FORM = "write a type and what holds for it, such as text(80) null"

# What people write who come from SQL, Django, SQLAlchemy or Python.
_SYNONYMS = {
    "str": "text", "string": "text", "char": "text", "varchar": "text", "charfield": "text", "textfield": "text",
    "int": "integer", "bigint": "integer", "number": "integer", "float": "decimal", "double": "decimal", "numeric": "decimal",
    "money": "decimal", "bool": "boolean", "timestamp": "datetime", "time": "datetime", "enum": "choice", "foreignkey": "ref",
    "fk": "ref", "reference": "ref", "link": "url", "uri": "url", "mail": "email",
}  # fmt: skip

_LONGEST_TEXT = 4000
_LONGEST_CHOICE = 30
_DIGITS = 15
"""SQLite keeps decimals as 64-bit floats, which hold 15 decimal digits for certain (IEEE 754, DBL_DIG)."""


class _Sizes(TypedDict, total=False):
    length: int
    digits: int
    places: int
    choices: tuple[str, ...]
    target: str


@dataclass(frozen=True, slots=True)
class _Modifiers:
    null: bool
    unique: bool
    index: bool
    default: str | None


def parse_field(name: str, text: str) -> Field:
    """Read one field of an entity. Raises GrammarError for anything outside the grammar; references are not looked up here."""
    match = _FIELD.fullmatch(text)
    if match is None:
        raise GrammarError("is not a field", _FORM)
    kind = _type(match["type"])
    sizes = _SIZES[kind](kind, match["arguments"])
    given = _modifiers(match["modifiers"])
    field = Field(name, kind, null=given.null, unique=given.unique, index=given.index, **sizes)
    _refuse_odd_pairs(field, given.default)
    if given.default is None:
        return field
    default = read_default(field, given.default)
    return Field(name, kind, null=given.null, unique=given.unique, index=given.index, default=default, **sizes)


def _type(word: str) -> FieldType:
    names = [kind.value for kind in FieldType]
    if word in names:
        return FieldType(word)
    near = _SYNONYMS.get(word.lower()) or nearest(word, names)
    raise GrammarError(f'starts with "{word}", which is no type', f"write {near}" if near else f"use one of {listed(names)}")


def _none(kind: FieldType, arguments: str | None) -> _Sizes:
    if arguments is not None:
        raise GrammarError(f"gives {kind} a size, but it has none", f"write {kind} without brackets")
    return {}


def _text(_kind: FieldType, arguments: str | None) -> _Sizes:
    if arguments is None:
        return {}
    (length,) = _whole_numbers(arguments, 1, "text needs one number in brackets, its most characters", "text(80)")
    if not 1 <= length <= _LONGEST_TEXT:
        raise GrammarError(f"has a length outside 1 to {_LONGEST_TEXT}", "write text without brackets for long texts")
    return {"length": length}


def _decimal(_kind: FieldType, arguments: str | None) -> _Sizes:
    digits, places = _whole_numbers(
        arguments, 2, "decimal needs its digits and how many of them are behind the point", "decimal(12,2)"
    )
    if not (1 <= digits <= _DIGITS and places <= digits):
        rule = f"must have 1 to {_DIGITS} digits in all (what SQLite keeps exactly), and no more of them behind the point"
        raise GrammarError(rule, "write decimal(12,2) or the like")
    return {"digits": digits, "places": places}


def _whole_numbers(arguments: str | None, count: int, rule: str, example: str) -> list[int]:
    written = [part.strip(" ") for part in (arguments or "").split(",")]
    if len(written) != count or not all(re.fullmatch("[0-9]{1,6}", part) for part in written):
        raise GrammarError(f"is incomplete: {rule}", f"write {example}")
    return [int(part) for part in written]


def _choice(_kind: FieldType, arguments: str | None) -> _Sizes:
    choices = tuple(part.strip(" ") for part in (arguments or "").split(","))
    if not all(re.fullmatch(WORD, choice) and len(choice) <= _LONGEST_CHOICE for choice in choices):
        rule = f"needs its choices in brackets, each a lower-case word of at most {_LONGEST_CHOICE} characters"
        raise GrammarError(rule, "write choice(new,paid,sent) or the like")
    if len(set(choices)) != len(choices):
        raise GrammarError("names a choice twice", "name each once")
    return {"choices": choices}


def _reference(_kind: FieldType, arguments: str | None) -> _Sizes:
    target = (arguments or "").strip(" ")
    if not re.fullmatch(WORD, target):
        raise GrammarError("needs the name of one entity in brackets", "write ref(shop) or the like")
    return {"target": target}


_SIZES: dict[FieldType, Callable[[FieldType, str | None], _Sizes]] = dict.fromkeys(FieldType, _none) | {
    FieldType.TEXT: _text,
    FieldType.DECIMAL: _decimal,
    FieldType.CHOICE: _choice,
    FieldType.REFERENCE: _reference,
}


def _modifiers(text: str) -> _Modifiers:
    seen: dict[str, str | None] = {}
    at = 0
    while text[at:].strip(" "):
        match = _MODIFIER.match(text, at)
        if match is None:
            raise GrammarError(f"cannot be read from {text[at:].strip()!r} on", _FORM)
        _refuse_modifier(match["word"], match["default"], seen)
        seen[match["word"]] = match["default"]
        at = match.end()
    return _Modifiers("null" in seen, "unique" in seen, "index" in seen, seen.get("default"))


def _refuse_modifier(word: str, default: str | None, seen: dict[str, str | None]) -> None:
    names = ("null", "unique", "index", "default")
    if word not in names:
        near = nearest(word, names)
        remedy = f"write {near}" if near else f"use {listed(MODIFIERS)}; a field is required unless it says null"
        raise GrammarError(f'holds "{word}", which says nothing about a field', remedy)
    if (word == "default") != (default is not None):
        raise GrammarError(f'uses "{word}" wrongly', "write default=VALUE" if word == "default" else f"write {word} alone")
    if word in seen:
        raise GrammarError(f'says "{word}" twice', "say it once")


def _refuse_odd_pairs(field: Field, default: str | None) -> None:
    if field.unique and default is not None:
        raise GrammarError("is unique and has a default, so the second record without a value would clash", "drop one of the two")
    if (field.unique or field.index) and field.type is FieldType.TEXT and field.length is None:
        raise GrammarError("is a text without limit, which PostgreSQL cannot index as a whole", "give a length, such as text(200)")
    if field.type is FieldType.REFERENCE and default is not None:
        raise GrammarError("is a reference, which has no default", "drop the default, or write null")
