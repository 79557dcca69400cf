"""A TOML table taken apart with care: the first thing wrong is told in one sentence with its place."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from groundplan.errors import InputError, Problem

__all__ = ["Table", "refuse"]


def refuse(place: str, value: str, rule: str, remedy: str) -> InputError:
    """Give the error that says what is wrong where."""
    return InputError(str(Problem(place, value, rule, remedy)))


@dataclass(frozen=True, slots=True)
class Table:
    """A table and where it stands. Every reader raises InputError when the value is not of its kind."""

    values: dict[str, Any]
    place: str

    def at(self, key: str) -> str:
        """Name the place of a key."""
        return f"{self.place} {key}"

    def value(self, key: str) -> Any:
        """Give the value of a key that must be there."""
        if key not in self.values:
            raise refuse(self.place, repr(key), "is missing", f"add {key}")
        return self.values[key]

    def table(self, key: str) -> "Table":
        """Give the table below a key."""
        found = self.value(key)
        if not isinstance(found, dict):
            raise refuse(self.at(key), repr(found), "must be a table", f"write [{key}] and its keys below")
        return Table(found, self.at(key))

    def tables(self, key: str) -> tuple["Table", ...]:
        """Give the tables of a list with at least one of them; each is named by its number until its name is known."""
        found = self.value(key)
        if not isinstance(found, list) or not found or not all(isinstance(item, dict) for item in found):
            raise refuse(self.at(key), repr(found), "must be a list of tables", f"write [[{key}]] for each")
        return tuple(Table(item, f"{self.at(key)} {number}") for number, item in enumerate(found, 1))

    def text(self, key: str) -> str:
        """Give a text that is not empty."""
        found = self.value(key)
        if not isinstance(found, str) or not found:
            raise refuse(self.at(key), repr(found), "must be a text", f'write {key} = "…"')
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts; a missing key is an empty list."""
        found = self.values.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise refuse(self.at(key), repr(found), "must be a list of texts", f'write {key} = ["…"]')
        return tuple(found)

    def number(self, key: str, lowest: int, highest: int) -> int:
        """Give a whole number in a range."""
        found = self.value(key)
        if not isinstance(found, int) or isinstance(found, bool) or not lowest <= found <= highest:
            rule = f"must be a whole number from {lowest} to {highest}"
            raise refuse(self.at(key), repr(found), rule, "mend it")
        return found

    def flag(self, key: str) -> bool:
        """Give a yes or no."""
        found = self.value(key)
        if not isinstance(found, bool):
            raise refuse(self.at(key), repr(found), "must be true or false", "write one of them")
        return found

    def choice(self, key: str, allowed: Iterable[int | str]) -> Any:
        """Give one of the values that are allowed."""
        found, values = self.value(key), list(allowed)
        if isinstance(found, bool) or found not in values:
            raise refuse(self.at(key), repr(found), f"must be one of {', '.join(map(str, values))}", "choose one of them")
        return found

    def known(self, keys: Iterable[str]) -> None:
        """Refuse the first key that is not among those named."""
        allowed = list(keys)
        for key in self.values:
            if key not in allowed:
                raise refuse(self.place, repr(key), "is not known here", f"use one of {', '.join(allowed)}")
