"""One case decided: through the same functions as any brief, then read by framework."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from groundplan.backtest.levels import Levels
from groundplan.backtest.model import WORKER, Answered, Asked
from groundplan.backtest.translating import brief_of, decided_on
from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision import Decision, decide
from groundplan.decision.screening import Sieve, screen
from groundplan.decision.situation import situation
from groundplan.errors import NoArchitectureError

__all__ = ["PLACES", "Method", "advised", "answered"]

PLACES = 5
"""Frameworks in a ranking."""

EVERYWHERE = "every part"
"""How screening names what it takes out of all parts alike."""


@dataclass(frozen=True, slots=True)
class Method:
    """What decides. draws: of weights and evidence behind the word of confidence; 0 leaves the word out."""

    catalogue: Catalogue
    levels: Levels
    draws: int = 0


def answered(asked: Asked, method: Method) -> Answered:
    """Give what the method advises at the end of the year of a case."""
    brief, day = _brief(asked, method), decided_on(asked)
    first = _decision(brief, day, method, method.draws)
    sieve = screen(situation(brief, method.catalogue.at(day), day.isoformat()))
    if first is None:
        return Answered((), "", "", hybrid=False, parts={}, left=_left(asked, sieve), out=_out(sieve), screened=_screened(sieve))
    parts = _parts(first)
    main = _main(asked, parts)
    return Answered(
        ranking=_ranking(asked, brief, method, main),
        main=main,
        confidence=first.robustness.word if first.robustness else "",
        hybrid=len({parts[name] for name in _serving(asked)}) > 1,
        parts=parts,
        left=_left(asked, sieve),
        out=_out(sieve),
        screened=_screened(sieve),
    )


def advised(asked: Asked, method: Method) -> str:
    """Name the main framework of the advice, and nothing else; empty: nothing is left."""
    found = _decision(_brief(asked, method), decided_on(asked), method, method.draws)
    return _main(asked, _parts(found)) if found else ""


def _brief(asked: Asked, method: Method) -> Brief:
    return brief_of(asked, method.levels, [framework.name for framework in method.catalogue.frameworks])


def _parts(decision: Decision) -> dict[str, str]:
    return {name: stack.framework for name, stack in decision.chosen.architecture.stacks.items()}


def _decision(brief: Brief, day: dt.date, method: Method, draws: int = 0) -> Decision | None:
    try:
        return decide(brief, method.catalogue, day.isoformat(), draws=draws)
    except NoArchitectureError:
        return None


def _serving(asked: Asked) -> Sequence[str]:
    """Name the parts that serve HTTP, or all of a product without one."""
    return [part.name for part in asked.parts if part.kind != WORKER] or [part.name for part in asked.parts]


def _main(asked: Asked, parts: dict[str, str]) -> str:
    """Name the framework with the most of the parts that serve HTTP, which share the work equally; of equal ones the first."""
    return Counter(parts[name] for name in _serving(asked)).most_common(1)[0][0]


def _ranking(asked: Asked, brief: Brief, method: Method, main: str) -> tuple[str, ...]:
    """Give the main framework, then the one that would be it if those before were not to be had, and so on."""
    found = [main]
    while len(found) < PLACES:
        policy = replace(brief.policy, forbid=(*brief.policy.forbid, *found))
        next_best = _decision(replace(brief, policy=policy), decided_on(asked), method)
        if next_best is None:
            break
        found.append(_main(asked, _parts(next_best)))
    return tuple(found)


def _left(asked: Asked, sieve: Sieve) -> dict[str, tuple[str, ...]]:
    """Give part -> frameworks that stay."""
    pairs = zip(asked.parts, sieve.options, strict=True)
    return {part.name: tuple(dict.fromkeys(option.framework.name for option in options)) for part, options in pairs}


def _out(sieve: Sieve) -> dict[str, dict[str, str]]:
    """Give part -> framework -> the first reason that took a stack of it out."""
    found: dict[str, dict[str, str]] = {}
    for row in sieve.screened_out:
        framework = row.stack.split(" ", 1)[0]
        found.setdefault(row.part, {}).setdefault(framework, f"{row.constraint}: {row.fact} ({row.source}, {row.date})")
    return found


def _screened(sieve: Sieve) -> dict[str, int]:
    """Count the stacks that each constraint took out of a part; servers and policy, the same for every case, are left out."""
    return dict(Counter(f"{row.part}: {row.constraint}" for row in sieve.screened_out if row.part != EVERYWHERE))
