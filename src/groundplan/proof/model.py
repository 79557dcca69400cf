"""The proof as a value: one verdict per must, with figures."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Outcome", "Proof", "Verdict", "worst"]


class Outcome(StrEnum):
    """The three ends of a must. Only MET passes."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    NOT_PROVEN = "NOT_PROVEN"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found for one must.

    origin: ``brief`` for a must of the team, ``built-in`` for a probe every project is held against.
    measured: figure with unit and, for a percentile, its one-sided 95 % bound, ready to show; bound: 3/n for a count.
    n: observations judged. why: one sentence. how: command or method that reproduces it. level: must or should.
    """

    id: str
    origin: str
    part: str
    metric: str
    check: str
    outcome: Outcome
    measured: str
    n: int
    why: str
    how: str
    level: str = "must"
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """All verdicts on one running project.

    layout, database, events: what the project ran on. machine: facts about it. taken_at: ISO 8601 UTC. seconds: duration.
    """

    project: str
    layout: str
    database: str
    events: str
    taken_at: str
    seconds: float
    verdicts: tuple[Verdict, ...]
    machine: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0 all MET; 1 a verdict is NOT_MET (it outranks 3); 3 something is NOT_PROVEN. A ``should`` never fails the proof."""
        outcomes = {verdict.outcome for verdict in self.verdicts if verdict.level == "must"}
        if Outcome.NOT_MET in outcomes:
            return 1
        return 3 if Outcome.NOT_PROVEN in outcomes or not self.verdicts else 0


def worst(proofs: Iterable[Proof]) -> int:
    """Give the exit code of several proofs together; of none 3, for nothing is proven."""
    codes = {proof.exit_code for proof in proofs} or {3}
    return 1 if 1 in codes else max(codes)
