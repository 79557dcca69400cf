"""A TOML table as a typed value: unknown keys, missing keys and wrong types are refused with file and key."""

import dataclasses
import tomllib
import types
from importlib.resources.abc import Traversable
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from groundplan.errors import CatalogueError, Problem

__all__ = ["build", "read"]

T = TypeVar("T")


def read(file: Traversable) -> dict[str, Any]:
    """Give the tables of a TOML file. Raises CatalogueError when it is missing or is not TOML."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _refusal(file.name, "the file", "is part of the catalogue", "put it back") from None
    except tomllib.TOMLDecodeError as error:
        raise _refusal(file.name, "the file", f"must be TOML ({error})", "mend that line") from None


def build(shape: type[T], table: object, place: str) -> T:
    """Give the table as a value of a dataclass. place: file and key, for messages.

    Raises CatalogueError on an unknown key, a missing key, or a value of the wrong type.
    """
    if not isinstance(table, dict):
        raise _refusal(place, repr(table), "must be a table", "write key = value lines")
    fields = {field.name: field for field in dataclasses.fields(shape)}  # type: ignore[arg-type]  # shape is a dataclass
    hints = get_type_hints(shape)
    for key in table:
        if key not in fields:
            raise _refusal(f"{place}.{key}", "the key", "is not known here", f"use one of {', '.join(fields)}")
    values = {key: _value(hints[key], value, f"{place}.{key}") for key, value in table.items()}
    for name, field in fields.items():
        if name not in values and field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise _refusal(place, "the table", f"has no {name}", f"add {name}")
    return shape(**values)


def _value(hint: Any, value: object, place: str) -> Any:
    origin = get_origin(hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return build(hint, value, place)
    if origin is tuple:
        return _items(get_args(hint), value, place)
    if origin is dict:
        return _entries(get_args(hint), value, place)
    if origin is Literal:
        return _one_of(get_args(hint), value, place)
    if origin in {Union, types.UnionType}:
        return _either(get_args(hint), value, place)
    return _plain(hint, value, place)


def _items(arguments: tuple[Any, ...], value: object, place: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise _refusal(place, repr(value), "must be a list", "write it in square brackets")
    if arguments[-1] is Ellipsis:
        return tuple(_value(arguments[0], item, f"{place}[{index}]") for index, item in enumerate(value))
    if len(value) != len(arguments):
        raise _refusal(place, repr(value), f"must hold {len(arguments)} values", "add or remove some")
    return tuple(_value(hint, item, place) for hint, item in zip(arguments, value, strict=True))


def _entries(arguments: tuple[Any, ...], value: object, place: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise _refusal(place, repr(value), "must be a table", "write key = value lines")
    return {_value(arguments[0], key, place): _value(arguments[1], item, f"{place}.{key}") for key, item in value.items()}


def _one_of(words: tuple[Any, ...], value: object, place: str) -> object:
    if value not in words:
        raise _refusal(place, repr(value), f"must be one of {', '.join(map(str, words))}", "choose one of them")
    return value


def _either(hints: tuple[Any, ...], value: object, place: str) -> object:
    for hint in hints:
        if dataclasses.is_dataclass(hint) and isinstance(value, dict):
            return _value(hint, value, place)
        if isinstance(hint, type) and isinstance(value, hint) and not isinstance(value, bool):
            return value
    return _value(hints[0], value, place)


def _plain(hint: Any, value: object, place: str) -> object:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        raise _refusal(place, repr(value), f"must be of type {hint.__name__}", "write it as such")
    return value


def _refusal(place: str, value: str, rule: str, remedy: str) -> CatalogueError:
    return CatalogueError(str(Problem(place, value, rule, remedy)))
