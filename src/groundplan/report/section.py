"""A further piece of a report, as every form of it tells it."""

from typing import Any

from groundplan.records import dataclass

__all__ = ["Section"]


@dataclass(frozen=True, slots=True)
class Section:
    """A further piece of a report. key: its name in JSON and in a record.

    items: sentences, the weightiest first; the lines after the first of one are points under it.
    data: the same as plain values, for JSON. empty: the sentence when there is nothing to tell; without one the piece is left out.
    least: items that stay on a short screen.
    """

    key: str
    title: str
    items: tuple[str, ...]
    data: Any = None
    empty: str = ""
    least: int = 1
