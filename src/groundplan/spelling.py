"""The word that a misspelled one most likely means, or none: a far one would only mislead."""

import difflib
from collections.abc import Iterable

__all__ = ["misspelled", "nearest"]

_NEAR = 0.7
"""Twice the letters that two words share in order, by the letters of both. "speed" and "scope" have 0.6, "taem" and "team" 0.75."""

_SHORTEST_PIECE = 3


def misspelled(word: str, options: Iterable[str]) -> str | None:
    """Give the option that is spelled nearly like ``word``, or None."""
    known = {option.lower(): option for option in options}
    for written in (word.lower().replace("-", "_"), word.lower()):
        for found in difflib.get_close_matches(written, known, 1, _NEAR):
            return known[found]
    return None


def nearest(word: str, options: Iterable[str]) -> str | None:
    """Give the option that ``word`` most likely means, or None: one spelled nearly so, or the only one that holds it."""
    words = list(options)
    holding = [option for option in words if len(word) >= _SHORTEST_PIECE and word.lower() in option.lower()]
    return misspelled(word, words) or (holding[0] if len(holding) == 1 else None)
