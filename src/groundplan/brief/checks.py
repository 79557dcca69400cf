"""The grammar of a must: ``p(99) < 100ms``, ``= 0``, and the load it holds under."""

import re

from groundplan.brief.metrics import Metric
from groundplan.brief.mistakes import GrammarError
from groundplan.brief.model import Check, Comparison
from groundplan.units import DURATION, RATE, Scale, UnitError

__all__ = [
    "CHECK_PATTERN",
    "CUT_PATTERN",
    "parse_check",
    "parse_cut",
    "read_duration",
    "read_quantity",
    "read_rate",
    "split_check",
]

CHECK_PATTERN = r"^ *(p\([0-9]+(\.[0-9]+)?\) *)?(<=|>=|<|>|=) *[0-9].*$"
CUT_PATTERN = rf"^ *{DURATION.pattern} +every +{DURATION.pattern} *$"

_CHECK = re.compile(r" *(?:p\((?P<percentile>[0-9]+(?:\.[0-9]+)?)\) *)?(?P<comparison><=|>=|<|>|=) *(?P<limit>[0-9].*)")
_CUT = re.compile(r"(?P<seconds>.+?) +every +(?P<every>.+)")
_LONGEST_SECONDS = 86400.0
_MOST_PER_SECOND = 1e6
_WHOLE = 100


def split_check(text: str) -> tuple[str | None, Comparison, str]:
    """Give percentile, comparison and limit of a check as they were written. Raises GrammarError."""
    match = _CHECK.fullmatch(text)
    if match is None:
        raise GrammarError("is not a check", 'write a comparison and a limit, such as "p(99) < 100ms" or "= 0"')
    return match["percentile"], Comparison(match["comparison"]), match["limit"].rstrip(" ")


def parse_check(text: str, metric: Metric) -> Check:
    """Read a check for its metric, the limit in the metric's base unit. Raises GrammarError."""
    written, comparison, limit_text = split_check(text)
    percentile = _percentile(written, metric)
    _refuse_direction(comparison, metric)
    limit = read_quantity(limit_text, metric.scale)
    if limit == 0 and comparison is Comparison.BELOW:
        raise GrammarError("can never hold, because nothing is below 0", "write = 0 or a limit above 0")
    return Check(comparison, limit, metric.scale.base, percentile, text)


def _percentile(written: str | None, metric: Metric) -> float | None:
    if metric.percentile and written is None:
        raise GrammarError(
            f"does not say which percentile of {metric.name} it means", f'write it in front, as in "{metric.example}"'
        )
    if not metric.percentile and written is not None:
        raise GrammarError(f"has a percentile, but {metric.name} is one figure", f'leave p(…) out, as in "{metric.example}"')
    if written is not None and not 0 < float(written) < _WHOLE:
        raise GrammarError("has a percentile that is not between 0 and 100", "write p(50), p(95), p(99) or p(99.9)")
    return None if written is None else float(written)


def _refuse_direction(comparison: Comparison, metric: Metric) -> None:
    upward = comparison in (Comparison.AT_LEAST, Comparison.ABOVE)
    exact = comparison is Comparison.EQUAL and metric.scale.name != "count"
    if exact or upward is metric.lower:
        better = "less" if metric.lower else "more"
        signs = "< or <=" if metric.lower else ">= or >"
        raise GrammarError(
            f"compares with {comparison}, but of {metric.name} {better} is better", f'use {signs}, as in "{metric.example}"'
        )


def read_quantity(text: str, scale: Scale) -> float:
    """Read a quantity; what is none is GrammarError."""
    try:
        return scale.parse(text)
    except UnitError as error:
        raise GrammarError(error.rule, error.remedy) from error


def read_duration(text: str) -> float:
    """Read a time in seconds that a measurement can last: above 0, at most a day. Raises GrammarError."""
    return _within(read_quantity(text, DURATION), _LONGEST_SECONDS, "a time above 0 and at most 24h", DURATION)


def read_rate(text: str) -> float:
    """Read an arrival rate per second that a load driver may try. Raises GrammarError."""
    return _within(read_quantity(text, RATE), _MOST_PER_SECOND, "a rate above 0 and at most 1000000/s", RATE)


def _within(value: float, most: float, rule: str, scale: Scale) -> float:
    if not 0 < value <= most:
        raise GrammarError(f"must be {rule}", f"write {scale.example} or the like")
    return value


def parse_cut(text: str) -> tuple[float, float]:
    """Read ``2s every 10s`` as (seconds cut, seconds from one cut to the next). Raises GrammarError."""
    match = _CUT.fullmatch(text.strip(" "))
    if match is None:
        raise GrammarError("does not say how long connections are cut and how often", 'write "2s every 10s" or the like')
    seconds, every = read_duration(match["seconds"]), read_duration(match["every"])
    if seconds >= every:
        raise GrammarError("cuts for as long as the whole time between two cuts", "make the cut shorter than the time between cuts")
    return seconds, every
