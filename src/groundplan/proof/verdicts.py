"""Verdicts on what is counted, read off, or tried: pure."""

from collections.abc import Sequence

from groundplan.brief.model import Check, Must
from groundplan.measure.intervals import rule_of_three
from groundplan.proof.limits import HOLDS, Judged, not_proven
from groundplan.proof.model import Outcome, Verdict
from groundplan.proof.probes.finding import Check as Tried
from groundplan.proof.probes.finding import Findings, Probe
from groundplan.proof.shown import shown

__all__ = ["judge_count", "judge_level", "judge_probe", "verdict"]


def verdict(must: Must, judged: Judged, how: str) -> Verdict:
    """Give the verdict on a must of the brief."""
    return Verdict(
        id=must.id,
        origin="brief",
        part=must.part or "product",
        metric=must.metric,
        check=must.check.text,
        outcome=judged.outcome,
        measured=judged.measured,
        n=judged.n,
        why=judged.why,
        how=how,
        level=must.level,
        values=judged.values,
    )


def judge_count(check: Check, count: int, n: int, *, broken: str | None, obstacle: str | None, values: dict[str, float]) -> Judged:
    """Judge a count exactly, on this run.

    n: observations. broken: a promise that the run saw broken. obstacle: why it saw too little. Seen losses are
    evidence whatever else went wrong; that there were none is evidence only when nothing stood in the way.
    """
    measured = f"{count} of {n}" + (f", below {shown(rule_of_three(n), '%')} (3/n)" if not count and n else "")
    told = {**values, "count": float(count), "n": float(n), "bound": rule_of_three(n)}
    if n and not HOLDS[check.comparison](count, check.limit):
        return Judged(Outcome.NOT_MET, measured, n, f"{count} of {n} were lost", told)
    if n and broken is not None:
        return Judged(Outcome.NOT_MET, measured, n, broken, told)
    if obstacle is not None or not n:
        return Judged(Outcome.NOT_PROVEN, measured, n, obstacle or "nothing was observed", told)
    return Judged(Outcome.MET, measured, n, "each was seen, in order, by every socket", told)


def judge_level(check: Check, levels: Sequence[float], unit: str) -> Judged:
    """Judge the highest level that was seen, exactly, on these runs."""
    if not levels:
        return not_proven("no level could be read")
    highest = max(levels)
    outcome = Outcome.MET if HOLDS[check.comparison](highest, check.limit) else Outcome.NOT_MET
    why = f"the most seen was {shown(highest, unit)}, the limit is {shown(check.limit, unit)}"
    return Judged(outcome, f"{shown(highest, unit)} at most", len(levels), why, {"highest": highest})


def judge_probe(probe: Probe, findings: Findings | str, command: str) -> Verdict:
    """Give the verdict of a built-in probe. findings: a sentence when it could not run.

    What got through is NOT_MET whatever the controls say; without a breach every control must have worked.
    """
    told = findings if isinstance(findings, Findings) else Findings()
    breaches, dead = [c for c in told.checks if not c.held], [c for c in told.controls if not c.held]
    outcome, why = Outcome.MET, "every attempt ended as it must, and every control worked"
    if isinstance(findings, str) or not told.checks:
        outcome, why = Outcome.NOT_PROVEN, findings if isinstance(findings, str) else "nothing could be tried"
    elif breaches:
        outcome, why = Outcome.NOT_MET, f"not so: {_named(breaches)}"
    elif dead or not told.controls:
        outcome, why = Outcome.NOT_PROVEN, f"a control failed, so a refusal says nothing: {_named(dead)}"
    n = len(told.checks)
    return Verdict(
        id=probe.id,
        origin="built-in",
        part="product",
        metric=probe.metric,
        check=probe.check,
        outcome=outcome,
        measured=f"{n - len(breaches)} of {n} held" if n else "not measured",
        n=n,
        why=why,
        how=f"{command}: {probe.how}",
        values=told.figures,
    )


def _named(tried: Sequence[Tried]) -> str:
    return "; ".join(f"{check.name} (answered {check.seen})" for check in tried)
