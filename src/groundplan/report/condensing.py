"""Changes of one answer in fewer words: ``public: io_fanout 0 or 3, not 1`` for two of them."""

from collections.abc import Iterable

__all__ = ["condensed"]

_NOT = ", not "


def condensed(changes: Iterable[str]) -> list[str]:
    """Give the changes, those that give one answer other values as one; in the order in which each first comes."""
    found: dict[tuple[str, str], list[str]] = {}
    for words in changes:
        said, _, was = words.rpartition(_NOT)
        answer, _, value = said.rpartition(" ")
        alone = not answer or answer.isdecimal()  # "2 teams, not 1" and "2 engineers, not 1" are answers to different questions
        found.setdefault((words, "") if alone else (answer, was), []).append("" if alone else value)
    return [f"{answer} {_either(values)}{_NOT}{was}" if any(values) else answer for (answer, was), values in found.items()]


def _either(values: list[str]) -> str:
    return " or ".join(filter(None, (", ".join(values[:-1]), values[-1])))
