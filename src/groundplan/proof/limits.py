"""An interval or a figure held against a limit: the three ways it can end. Pure.

A verdict is MET only on positive evidence. Whatever keeps the judge from seeing makes it NOT_PROVEN, with the reason.
The rules and why: docs/explanation/proving.md, docs/decisions/0080 and 0081.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass

from groundplan.brief.model import Check, Comparison
from groundplan.measure.intervals import Interval
from groundplan.proof.model import Outcome
from groundplan.proof.shown import shown

__all__ = ["HOLDS", "Judged", "not_proven", "three_ways"]

HOLDS: dict[Comparison, Callable[[float, float], bool]] = {
    Comparison.BELOW: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.EQUAL: operator.eq,
    Comparison.AT_LEAST: operator.ge,
    Comparison.ABOVE: operator.gt,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome with its figures; becomes a Verdict with the must it belongs to."""

    outcome: Outcome
    measured: str
    n: int
    why: str
    values: dict[str, float]


def not_proven(why: str) -> Judged:
    """Give what is said when nothing could be measured."""
    return Judged(Outcome.NOT_PROVEN, "not measured", 0, why, {})


def three_ways(
    check: Check,
    unit: str,
    interval: Interval,
    n: int,
    values: dict[str, float],
    *,
    blind: str | None = None,
    doubt: str | None = None,
    kind: float | None = None,
    disturbed: str | None = None,
) -> Judged:
    """Hold an interval against a limit.

    blind: why nothing can be said. doubt: why the limit cannot count as kept (that it is broken can still be seen).
    kind: the kindest value that the figures allow for, when that is not simply the other end of the interval.
    disturbed: what else explains a bad figure; the kindest value allows for it.
    """
    upwards = check.comparison in (Comparison.AT_LEAST, Comparison.ABOVE)
    strict, other = (interval.lower, interval.upper) if upwards else (interval.upper, interval.lower)
    kind = other if kind is None else kind
    holds, limit = HOLDS[check.comparison], shown(check.limit, unit)
    if blind is not None:
        outcome, why = Outcome.NOT_PROVEN, blind
    elif not holds(kind, check.limit):
        outcome, why = Outcome.NOT_MET, f"even the kindest reading, {shown(kind, unit)}, breaks the limit {limit}"
    elif doubt is not None:
        outcome, why = Outcome.NOT_PROVEN, doubt
    elif holds(strict, check.limit):
        outcome, why = Outcome.MET, f"even the strictest reading, {shown(strict, unit)}, keeps the limit {limit}"
    else:
        between = f"{shown(max(kind, 0.0), unit)} and {shown(strict, unit)}"
        outcome, why = Outcome.NOT_PROVEN, disturbed or f"the limit {limit} lies between the bounds {between}"
    measured = f"{shown(interval.estimate, unit)} ({'≥' if upwards else '≤'} {shown(strict, unit)})"
    told = {**values, "estimate": interval.estimate, "lower": interval.lower, "upper": interval.upper}
    return Judged(outcome, measured, n, why, told)
