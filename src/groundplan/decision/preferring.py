"""Weights that keep to what the team said about single criteria (``choices`` of a brief)."""

from collections.abc import Sequence

__all__ = ["preferring"]

_ROUNDS = 1000
_CLOSE = 1e-12


def preferring(weights: dict[str, float], choices: Sequence[tuple[str, str]]) -> dict[str, float]:
    """Give weights in which no criterion weighs less than one it was put above, as near to the given ones as pairs allow.

    Both of a pair that stands the wrong way round get their mean, until none does; the sum stays. A pair with a criterion that
    the brief does not raise says nothing. choices: without circles.
    """
    found = dict(weights)
    pairs = [(more, less) for more, less in choices if found.get(more, 0) > 0 and found.get(less, 0) > 0]
    for _ in range(_ROUNDS):
        wrong = [(more, less) for more, less in pairs if found[more] < found[less] - _CLOSE]
        for more, less in wrong:
            found[more] = found[less] = (found[more] + found[less]) / 2
        if not wrong:
            break
    return found
