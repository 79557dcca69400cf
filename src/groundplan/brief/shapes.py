"""Shapes of values: each finds the mistakes of a value and gives its own JSON Schema, so that the two cannot drift apart."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from groundplan.brief.mistakes import GrammarError, Mistake, listed, noun_of, shown
from groundplan.brief.positions import Path
from groundplan.records import dataclass
from groundplan.spelling import nearest

__all__ = ["Choice", "Key", "ListOf", "Named", "Number", "OrUnknown", "Schema", "Shape", "Table", "Tables", "Text", "Whole"]

Schema = dict[str, Any]
"""A JSON Schema (draft 2020-12)."""

UNKNOWN = "unknown"
_LONGEST_LISTING = 16


class Shape(Protocol):
    """What a value must look like."""

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find everything that is wrong with a value."""

    def schema(self) -> Schema:
        """Give the JSON Schema of the shape."""


def _wrong_type(value: object, path: Path, remedy: str) -> Mistake:
    if isinstance(value, bool | list | dict):
        return Mistake(path, shown(value), "cannot stand here", remedy)
    return Mistake(path, shown(value), f"is {noun_of(value)}", remedy)


@dataclass(frozen=True, slots=True)
class Text:
    """A text. check: raises GrammarError for a text that is not right. pattern, taken: the same for JSON Schema."""

    wants: str
    example: str
    check: Callable[[str], object]
    pattern: str | None = None
    taken: tuple[str, ...] = ()

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find a value that is no text, or that ``check`` refuses."""
        if not isinstance(value, str):
            yield _wrong_type(value, path, f'write {self.wants} in quotes, such as "{self.example}"')
            return
        try:
            self.check(value)
        except GrammarError as refused:
            yield Mistake(path, shown(value), refused.rule, refused.remedy)

    def schema(self) -> Schema:
        """Give a string, with pattern and taken words where there are some."""
        found: Schema = {"type": "string"}
        found |= {"pattern": self.pattern} if self.pattern else {}
        return found | ({"not": {"enum": list(self.taken)}} if self.taken else {})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few texts. word: what one of them is, e.g. ``kind``."""

    word: str
    options: tuple[str, ...]

    @property
    def wants(self) -> str:
        """Say which texts there are."""
        return listed(self.options)

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find a value that is none of the options, with the nearest one."""
        if not isinstance(value, str):
            yield _wrong_type(value, path, f'write {self.wants} in quotes, such as "{self._near(str(value))}"')
        elif value not in self.options:
            near = nearest(value, self.options)
            remedy = f'write "{near}"' if near else f"write one of {listed(self.options)}"
            yield Mistake(path, shown(value), f"is no {self.word}", remedy)

    def _near(self, text: str) -> str:
        return nearest(text, self.options) or self.options[0]

    def schema(self) -> Schema:
        """Give an enumeration."""
        return {"enum": list(self.options)}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range, both ends included; high None: no limit. word: what such a number is called."""

    low: int
    high: int | None = None
    word: str = ""

    @property
    def wants(self) -> str:
        """Say which numbers are right."""
        if self.low == self.high:
            return f"the number {self.low}"
        return f"a whole number {f'from {self.low} on' if self.high is None else f'from {self.low} to {self.high}'}"

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find a value that is no whole number, or one outside the range."""
        if isinstance(value, bool) or not isinstance(value, int):
            bare = value.strip() if isinstance(value, str) else ""
            yield _wrong_type(value, path, f"write {bare} without quotes" if bare.isdecimal() else f"write {self.wants}")
        elif value < self.low or (self.high is not None and value > self.high):
            yield Mistake(path, shown(value), f"is no {self.word}" if self.word else "is out of range", f"write {self.wants}")

    def schema(self) -> Schema:
        """Give an integer with its ends."""
        return {"type": "integer", "minimum": self.low} | ({} if self.high is None else {"maximum": self.high})


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number of at least ``low`` (or above it) and at most ``high``."""

    low: float
    high: float
    above: bool = False

    @property
    def wants(self) -> str:
        """Say which numbers are right."""
        return (
            f"a number {'above' if self.above else 'from'} {self.low:.12g} {'and at most' if self.above else 'to'} {self.high:.12g}"
        )

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find a value that is no number, or one outside the range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            yield _wrong_type(value, path, f"write {self.wants}")
        elif not math.isfinite(value) or not self.low <= value <= self.high or (self.above and value == self.low):
            yield Mistake(path, shown(value), "is out of range", f"write {self.wants}")

    def schema(self) -> Schema:
        """Give a number with its ends."""
        return {"type": "number", "exclusiveMinimum" if self.above else "minimum": self.low, "maximum": self.high}


@dataclass(frozen=True, slots=True)
class OrUnknown:
    """The shape, or the text "unknown"."""

    shape: Whole | Number

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find what neither is right nor says that it is unknown."""
        if value == UNKNOWN:
            return
        wants = self.shape.wants
        for mistake in self.shape.mistakes(value, path):
            yield replace(mistake, remedy=mistake.remedy.replace(wants, f'{wants} or "{UNKNOWN}"'))

    def schema(self) -> Schema:
        """Give both ways."""
        return {"anyOf": [self.shape.schema(), {"const": UNKNOWN}]}


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list, not empty if ``at_least`` is 1, of no more than ``at_most`` items."""

    item: Shape
    at_least: int = 0
    at_most: int | None = None

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find a value that is no list, a list that is too short, and the mistakes of every item."""
        if not isinstance(value, list):
            yield _wrong_type(value, path, "write a list, in square brackets")
            return
        if len(value) < self.at_least:
            yield Mistake(path, "the list", "is empty, so nothing would be allowed", "name something or leave the key out")
        if self.at_most is not None and len(value) > self.at_most:
            yield Mistake(path, f"the list of {len(value)}", f"is longer than {self.at_most}", "keep the ones that matter most")
            return
        for index, item in enumerate(value):
            yield from self.item.mistakes(item, (*path, index))

    def schema(self) -> Schema:
        """Give an array."""
        ends: Schema = {"minItems": self.at_least} if self.at_least else {}
        ends |= {} if self.at_most is None else {"maxItems": self.at_most}
        return {"type": "array", "items": self.item.schema()} | ends


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a table. doc: what it says, for the schema and the reference. hint: what to add when it is missing."""

    shape: Shape
    doc: str
    required: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with fixed keys. word: what one of its keys is, e.g. ``need``."""

    keys: Mapping[str, Key]
    word: str

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find unknown and missing keys, and the mistakes of every value."""
        if not isinstance(value, dict):
            remedy = (
                "write one table, [..] instead of [[..]]" if isinstance(value, list) else "write a table, in braces or under [..]"
            )
            yield _wrong_type(value, path, remedy)
            return
        for name, inner in value.items():
            yield from self.keys[name].shape.mistakes(inner, (*path, name)) if name in self.keys else [self._unknown(name, path)]
        for name, key in self.keys.items():
            if key.required and name not in value:
                yield Mistake(path, f'the key "{name}"', "is missing", f"add {key.hint}")

    def _unknown(self, name: str, path: Path) -> Mistake:
        near = nearest(name, self.keys)
        many = len(self.keys) > _LONGEST_LISTING
        remedy = f'write "{near}"' if near else "take it out" if many else f"use {listed(self.keys)}"
        return Mistake((*path, name), shown(name), f"is no {self.word}", remedy)

    def schema(self) -> Schema:
        """Give an object that allows no other keys."""
        properties = {name: key.shape.schema() | {"description": key.doc} for name, key in self.keys.items()}
        required = [name for name, key in self.keys.items() if key.required]
        found: Schema = {"type": "object", "additionalProperties": False, "properties": properties}
        return found | ({"required": required} if required else {})


@dataclass(frozen=True, slots=True)
class Named:
    """A table whose keys are names. names: shape of a name (a Text or Choice). example: a line of it."""

    names: Shape
    value: Shape
    example: str
    at_least: int = 0

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find wrong names and wrong values, and a table that holds nothing but should."""
        if not isinstance(value, dict):
            yield _wrong_type(value, path, f"write {{ {self.example} }}")
            return
        if len(value) < self.at_least:
            yield Mistake(path, "the table", "is empty", f"write {{ {self.example} }}")
        for name, inner in value.items():
            yield from self.names.mistakes(name, (*path, name))
            yield from self.value.mistakes(inner, (*path, name))

    def schema(self) -> Schema:
        """Give an object whose names and values have their shapes."""
        found: Schema = {"type": "object", "propertyNames": self.names.schema(), "additionalProperties": self.value.schema()}
        return found | ({"minProperties": self.at_least} if self.at_least else {})


@dataclass(frozen=True, slots=True)
class Tables:
    """A list of tables, written ``[[name]]``."""

    name: str
    table: Table
    at_least: int = 0

    def mistakes(self, value: object, path: Path) -> Iterator[Mistake]:
        """Find anything but tables, and the mistakes of each."""
        if not isinstance(value, list):
            yield _wrong_type(value, path, f"write [[{self.name}]] with double brackets")
            return
        if len(value) < self.at_least:
            yield Mistake(path, f"the list of {self.name}s", "is empty", f"add a [[{self.name}]]")
        for index, item in enumerate(value):
            yield from self.table.mistakes(item, (*path, index))

    def schema(self) -> Schema:
        """Give an array of objects."""
        return ListOf(self.table, self.at_least).schema()
