"""Looking into a brief as TOML gives it, past whatever has a wrong shape."""

from typing import Any

__all__ = ["Raw", "names_of", "number", "table", "tables", "texts"]

Raw = dict[str, Any]
"""A table of a TOML file."""


def tables(data: Raw, name: str) -> list[tuple[int, Raw]]:
    """Give the tables of a list with their places in it."""
    found = data.get(name)
    return [(index, item) for index, item in enumerate(found) if isinstance(item, dict)] if isinstance(found, list) else []


def table(data: Raw, name: str) -> Raw:
    """Give a table; an empty one when there is none."""
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def texts(found: object) -> list[str]:
    """Give the texts of a list."""
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def names_of(data: Raw, name: str, key: str = "name") -> list[str]:
    """Give what the tables of a list are called."""
    return [item[key] for _, item in tables(data, name) if isinstance(item.get(key), str)]


def number(value: object) -> float | None:
    """Give a number, which true and false are not."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
