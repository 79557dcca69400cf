"""Verdicts on what happened under load: latency, errors, throughput, delivery. Pure."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from groundplan.brief.model import Check
from groundplan.measure.intervals import (
    BEYOND,
    Interval,
    Run,
    enough,
    mean_interval,
    percentile,
    percentile_interval,
    share_interval,
)
from groundplan.measure.samples import Floats, Samples
from groundplan.measure.strain import Strain
from groundplan.proof.limits import HOLDS, Judged, not_proven, three_ways
from groundplan.proof.shown import shown

__all__ = [
    "DRIVER_SHARE",
    "ERRORS_ALLOWED",
    "LAG_ALLOWED",
    "RATE_KEPT",
    "STARTS",
    "judge_delivery",
    "judge_errors",
    "judge_latency",
    "judge_throughput",
]

STARTS = 3
"""Fewest starts of the project behind a percentile."""
DRIVER_SHARE = 0.2
"""Largest part of the limit that the load driver may use by itself."""
ERRORS_ALLOWED = 0.001
"""Largest share of wrong answers with which latencies still say something; one wrong answer is always allowed for."""
RATE_KEPT = 0.95
"""Smallest part of the asked arrival rate that must have been answered for a limit to count as kept."""
MEDIAN = 50.0
OTHERS_ALLOWED = 0.15
"""Largest part of the machine that other programs may use for slowness to be the project's own."""
LAG_ALLOWED = 0.25
"""Seconds that the driver may be late (99 of 100 requests) while throughput is measured."""


def judge_latency(check: Check, runs: Sequence[Samples], driver: Floats, strains: Sequence[Strain] = ()) -> Judged:
    """Judge a percentile of latency over several starts.

    driver: the driver's own latencies at the same rate, in seconds. strains: who used the machine during each run.
    """
    latencies = [Run(run.latencies(), run.blocks()) for run in runs]
    if not latencies or not all(len(run.values) for run in latencies) or not len(driver):
        return not_proven(_wrong_answers(runs) or "no answer came")
    percent = check.percentile or 0.0
    own = _driver_at(runs, driver, percent)
    n = sum(len(run.values) for run in latencies)
    values = {"driver": own, "errors": float(sum(run.errors for run in runs)), "starts": float(len(runs))}
    values |= {f"{label} p{percent:g}": _pooled(runs, label, percent) for label in runs[0].labels}
    doubt = _few_starts(runs) or _few_samples(n, percent) or _slow_driver(own, check.limit) or _rate_missed(runs)
    interval = percentile_interval(latencies, percent)
    kept, disturbed = HOLDS[check.comparison](interval.upper, check.limit), _disturbed(strains)
    kind = interval.lower if kept else _kindest(latencies, runs, driver, percent)
    values |= _cpu(runs, strains)
    if disturbed is not None:
        kind = min(kind, values["cpu_per_request"])  # a starved server is slow, but uses no more processor time for it
    return three_ways(check, "s", interval, n, values, blind=_wrong_answers(runs), doubt=doubt, kind=kind, disturbed=disturbed)


def _kindest(latencies: Sequence[Run], runs: Sequence[Samples], driver: Floats, percent: float) -> float:
    """Give the least that the percentile can be once everything that the driver may have added is taken away.

    A percentile is no smaller than a lower one, so the median, whose bounds are narrower, may say more.
    """
    return max(
        percentile_interval(latencies, part).lower - _driver_at(runs, driver, part) for part in {percent, min(percent, MEDIAN)}
    )


def _driver_at(runs: Sequence[Samples], driver: Floats, percent: float) -> float:
    """Give the driver's own time: against a server that does nothing, or its lateness in the runs if that was more."""
    return max(percentile(driver, percent), *(percentile(run.lags(), percent) for run in runs))


def judge_errors(check: Check, runs: Sequence[Samples], strains: Sequence[Strain] = ()) -> Judged:
    """Judge the share of requests that got no answer or one with status 500 or above. Bounds are exact for this many requests."""
    n, failed = sum(run.count for run in runs), sum(run.failures for run in runs)
    if not n:
        return not_proven("no request was sent")
    refused = sum(run.errors for run in runs) - sum(run.failures - run.unanswered for run in runs)
    blind = _told(runs) if refused > _allowed(n) else None
    values = {"failed": float(failed), "starts": float(len(runs)), **_cpu(runs, strains)}
    interval, disturbed = share_interval(failed, n), _disturbed(strains)
    kind = 0.0 if disturbed is not None else None
    return three_ways(check, "%", interval, n, values, blind=blind, doubt=_few_starts(runs), kind=kind, disturbed=disturbed)


def judge_throughput(check: Check, runs: Sequence[Samples], strains: Sequence[Strain] = ()) -> Judged:
    """Judge right answers per second, over several starts."""
    if not runs:
        return not_proven("no request was sent")
    interval = mean_interval([run.achieved_rate() for run in runs])
    n = sum(run.right for run in runs)
    offered = runs[0].rate
    doubt = f"only {shown(offered, '1/s')} were offered" if not HOLDS[check.comparison](offered, check.limit) else None
    lag = max(percentile(run.lags(), 99) for run in runs)
    blind = f"the load driver fell {shown(lag, 's')} behind" if lag > LAG_ALLOWED else None
    values = {"offered": offered, "starts": float(len(runs)), **_cpu(runs, strains)}
    disturbed = _disturbed(strains)
    kind = math.inf if disturbed is not None else None
    blind = blind or doubt
    return three_ways(check, "1/s", interval, n, values, blind=blind, doubt=_few_starts(runs), kind=kind, disturbed=disturbed)


def judge_delivery(
    check: Check, early: Sequence[Run], late: Sequence[Run], obstacle: str | None, strains: Sequence[Strain] = ()
) -> Judged:
    """Judge a percentile of the time from commit to arrival. The commit lies between sending the write and its answer.

    early: counted from sending (no shorter than the truth) decides about MET; late: counted from the answer (no longer than
    the truth) decides about NOT_MET; both in seconds, one run per start.
    """
    if obstacle is not None or not early:
        return not_proven(obstacle or "nothing was delivered")
    percent = check.percentile or 0.0
    n = sum(len(run.values) for run in early)
    long, short = percentile_interval(early, percent), percentile_interval(late, percent)
    interval = Interval(long.estimate, min(short.lower, long.estimate), long.upper)
    doubt, disturbed = _few_starts(early) or _few_samples(n, percent), _disturbed(strains)
    kind = 0.0 if disturbed is not None else None
    return three_ways(check, "s", interval, n, {"starts": float(len(early))}, doubt=doubt, kind=kind, disturbed=disturbed)


def _disturbed(strains: Sequence[Strain]) -> str | None:
    """Say that others used so much of the machine that slowness proves nothing."""
    most = max((strain.others_share for strain in strains), default=0.0)
    if most <= OTHERS_ALLOWED:
        return None
    return f"other programs used {shown(most, '%')} of the machine meanwhile: repeat it on a quiet one"


def _cpu(runs: Sequence[Samples], strains: Sequence[Strain]) -> dict[str, float]:
    """Give the project's processor seconds per answered request; infinite when they are not known."""
    answered = sum(run.count - run.unanswered for run in runs)
    if not strains or not answered:
        return {"cpu_per_request": math.inf}
    shares = {"others_share": max(strain.others_share for strain in strains)}
    return {"cpu_per_request": sum(strain.project for strain in strains) / answered, **shares}


def _pooled(runs: Sequence[Samples], label: str, percent: float) -> float:
    values = np.concatenate([run.latencies(label) for run in runs])
    return percentile(values, percent) if len(values) else math.nan


def _allowed(n: int) -> float:
    return max(1.0, ERRORS_ALLOWED * n)


def _wrong_answers(runs: Sequence[Samples]) -> str | None:
    """Say that too many answers were wrong: latencies of a failing server say nothing."""
    n, errors = sum(run.count for run in runs), sum(run.errors for run in runs)
    return _told(runs) if errors > _allowed(n) else None


def _told(runs: Sequence[Samples]) -> str:
    n, errors = sum(run.count for run in runs), sum(run.errors for run in runs)
    often = Counter[str]()
    for run in runs:
        often.update(run.complaints)
    what = ", ".join(f"{count} x {complaint}" for complaint, count in often.most_common(3))
    return f"{errors} of {n} answers were wrong ({what}); at most {shown(ERRORS_ALLOWED, '%')} may be"


def _few_starts(runs: Sequence[object]) -> str | None:
    return None if len(runs) >= STARTS else f"only {len(runs)} of {STARTS} starts were measured"


def _few_samples(n: int, percent: float) -> str | None:
    if enough(n, percent):
        return None
    needed = math.ceil(BEYOND / (1 - percent / 100) - 1e-6)
    return f"{n} samples are too few for p({percent:g}), which needs {needed}: raise rate or duration"


def _slow_driver(own: float, limit: float) -> str | None:
    if own <= DRIVER_SHARE * limit:
        return None
    return f"the load driver alone takes {shown(own, 's')}, more than a fifth of the limit {shown(limit, 's')}"


def _rate_missed(runs: Sequence[Samples]) -> str | None:
    slowest = min(runs, key=lambda run: run.achieved_rate())
    if slowest.achieved_rate() >= RATE_KEPT * slowest.rate:
        return None
    return f"only {shown(slowest.achieved_rate(), '1/s')} of {shown(slowest.rate, '1/s')} were answered"
