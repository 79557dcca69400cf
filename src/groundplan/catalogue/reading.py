"""A TOML table as a typed value: unknown keys, missing keys and wrong types are refused with file and key.

What a type wants is worked out once, as a function; the place of a mistake is put together only when there is one.
"""

import dataclasses
import tomllib
import types
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from groundplan.catalogue.parsed import parsed
from groundplan.errors import CatalogueError, Problem

if TYPE_CHECKING:  # at run time it would bring readers of archives along
    from importlib.resources.abc import Traversable

__all__ = ["build", "read"]

T = TypeVar("T")
Reader = Callable[[Any], Any]


class _Wrong(Exception):  # noqa: N818 -- never leaves this module
    """A mistake on its way up. place: steps from the value that is being read down to the mistake, e.g. ``.fact[3].date``."""

    def __init__(self, value: str, rule: str, remedy: str, place: str = "") -> None:
        """Keep what is wrong."""
        super().__init__(value, rule, remedy, place)
        self.value, self.rule, self.remedy, self.place = value, rule, remedy, place

    def below(self, step: str) -> "_Wrong":
        """Give the same mistake as seen from one step further up."""
        return _Wrong(self.value, self.rule, self.remedy, step + self.place)


def read(file: "Traversable") -> dict[str, Any]:
    """Give the tables of a TOML file. Raises CatalogueError when it is missing or is not TOML."""
    try:
        text = file.read_text(encoding="utf-8")
        known = parsed().get(text)
        return tomllib.loads(text) if known is None else known
    except FileNotFoundError:
        raise _refusal(file.name, "the file", "is part of the catalogue", "put it back") from None
    except tomllib.TOMLDecodeError as error:
        raise _refusal(file.name, "the file", f"must be TOML ({error})", "mend that line") from None


def build(shape: type[T], table: object, place: str) -> T:
    """Give the table as a value of a dataclass. place: file and key, for messages.

    Raises CatalogueError on an unknown key, a missing key, or a value of the wrong type.
    """
    try:
        value: T = _record(cast("Any", shape))(table)
    except _Wrong as wrong:
        raise _refusal(place + wrong.place, wrong.value, wrong.rule, wrong.remedy) from None
    return value


def _reader(hint: Any) -> Reader:
    """Give what turns a value of TOML into one of a type."""
    origin = get_origin(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record(hint)
    if origin is tuple:
        return _items(get_args(hint))
    if origin is dict:
        return _entries(*get_args(hint))
    if origin is Literal:
        return _one_of(get_args(hint))
    if origin in {Union, types.UnionType}:
        return _either(get_args(hint))
    return _plain(hint)


@cache
def _record(shape: Any) -> Reader:
    fields = {field.name: field for field in dataclasses.fields(shape)}
    required = [name for name, field in fields.items() if _required(field)]
    readers: dict[str, Reader] = {}

    def read_record(table: Any) -> Any:
        if not isinstance(table, dict):
            raise _Wrong(repr(table), "must be a table", "write key = value lines")
        if not readers:  # only now: a type may hold values of its own kind
            hints = get_type_hints(shape)
            readers.update({name: _reader(hints[name]) for name in fields})
        values = _read_keys(readers, table)
        for name in required:
            if name not in values:
                raise _Wrong("the table", f"has no {name}", f"add {name}")
        return shape(**values)

    return read_record


def _read_keys(readers: dict[str, Reader], table: dict[str, Any]) -> dict[str, Any]:
    """Read what stands at the keys of a table."""
    found: dict[str, Any] = {}
    key = ""
    try:
        for key, value in table.items():
            found[key] = readers.get(key, _unknown)(value)
    except _Unknown:
        raise _Wrong("the key", "is not known here", f"use one of {', '.join(readers)}", f".{key}") from None
    except _Wrong as wrong:
        raise wrong.below(f".{key}") from None
    return found


class _Unknown(Exception):  # noqa: N818 -- never leaves this module
    """A key that no reader is for."""


def _unknown(_value: Any) -> NoReturn:
    raise _Unknown


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _items(arguments: tuple[Any, ...]) -> Reader:
    endless = arguments[-1] is Ellipsis
    readers = [_reader(hint) for hint in arguments if hint is not Ellipsis]

    def read_items(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise _Wrong(repr(value), "must be a list", "write it in square brackets")
        if not endless and len(value) != len(readers):
            raise _Wrong(repr(value), f"must hold {len(readers)} values", "add or remove some")
        found: list[Any] = []
        try:
            for reader, item in zip(readers * len(value) if endless else readers, value, strict=True):
                found.append(reader(item))
        except _Wrong as wrong:
            raise wrong.below(f"[{len(found)}]" if endless else "") from None
        return tuple(found)

    return read_items


def _entries(of_key: Any, of_value: Any) -> Reader:
    key_reader, value_reader = _reader(of_key), _reader(of_value)

    def read_entries(value: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise _Wrong(repr(value), "must be a table", "write key = value lines")
        found = {}
        for key, item in value.items():
            read_key = key_reader(key)
            try:
                found[read_key] = value_reader(item)
            except _Wrong as wrong:
                raise wrong.below(f".{key}") from None
        return found

    return read_entries


def _one_of(words: tuple[Any, ...]) -> Reader:
    def read_word(value: Any) -> Any:
        if value not in words:
            raise _Wrong(repr(value), f"must be one of {', '.join(map(str, words))}", "choose one of them")
        return value

    return read_word


def _either(hints: tuple[Any, ...]) -> Reader:
    table = next((_reader(hint) for hint in hints if dataclasses.is_dataclass(hint)), None)
    plain = tuple(hint for hint in hints if isinstance(hint, type))
    first = _reader(hints[0])

    def read_either(value: Any) -> Any:
        if table is not None and isinstance(value, dict):
            return table(value)
        return value if isinstance(value, plain) and not isinstance(value, bool) else first(value)

    return read_either


def _plain(hint: Any) -> Reader:
    def read_plain(value: Any) -> Any:
        if type(value) is hint:
            return value
        if isinstance(value, hint) and (hint is bool or not isinstance(value, bool)):
            return value
        if hint is float and isinstance(value, int) and not isinstance(value, bool):
            return float(value)
        raise _Wrong(repr(value), f"must be of type {hint.__name__}", "write it as such")

    return read_plain


def _refusal(place: str, value: str, rule: str, remedy: str) -> CatalogueError:
    return CatalogueError([Problem(place, value, rule, remedy)])
