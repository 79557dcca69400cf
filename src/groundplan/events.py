"""What long work reports while it runs. The core emits these; terminal, JSON and web are handlers."""

from collections.abc import Callable

from groundplan.records import dataclass

__all__ = ["Event", "Listener", "Progress", "StepFinished", "StepStarted", "Told", "ignore"]


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A named step began. expected_seconds: how long it is planned to take; None when unknown."""

    step: str
    expected_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Part of a step is done. done and total are counts of the same thing; remaining_seconds: None when unknown."""

    step: str
    done: int
    total: int
    remaining_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A named step ended after ``seconds``; ok is False when it failed."""

    step: str
    seconds: float
    ok: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence for the person who watches."""

    sentence: str


Event = StepStarted | Progress | StepFinished | Told
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
