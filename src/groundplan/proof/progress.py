"""How far a proof is: planned seconds, so that the time that remains is known from the first moment."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from groundplan.events import Listener, Progress, StepFinished, StepStarted, Told

__all__ = ["Plan", "Step"]


@dataclass(frozen=True, slots=True)
class Step:
    """A planned step. seconds: how long it is expected to take."""

    name: str
    seconds: float


class Plan:
    """All steps in order, start by start; tells the listener where the proof is."""

    def __init__(self, starts: Sequence[Sequence[Step]], listener: Listener) -> None:
        """Plan the steps of each start; they are then taken in this order."""
        self._starts = [list(steps) for steps in starts]
        self._left: list[Step] = []
        self._listener = listener

    @property
    def remaining(self) -> float:
        """Give the planned seconds of the steps that have not begun."""
        return sum(step.seconds for steps in (self._left, *self._starts) for step in steps)

    def begin(self, number: int) -> None:
        """Come to a start; what was left of those before is not done any more."""
        self._left, self._starts[number] = self._starts[number], []

    @contextmanager
    def step(self) -> Iterator["Ticker"]:
        """Take the next step; it counts as failed when it raises."""
        step = self._left.pop(0)
        began, ok = time.monotonic(), False
        ticker = Ticker(self, step, self._listener)
        self._listener(StepStarted(step.name, step.seconds))
        ticker.tell(0.0)
        try:
            yield ticker
            ok = True
        finally:
            self._listener(StepFinished(step.name, time.monotonic() - began, ok))


@dataclass(frozen=True, slots=True)
class Ticker:
    """Tells how far one step is."""

    plan: Plan
    step: Step
    listener: Listener

    def say(self, sentence: str) -> None:
        """Tell why the step takes longer than planned."""
        self.listener(Told(sentence))

    def tell(self, seconds: float) -> None:
        """Tell that so many seconds of the step are over."""
        done = min(seconds, self.step.seconds)
        remaining = self.step.seconds - done + self.plan.remaining
        self.listener(Progress(self.step.name, round(done), round(self.step.seconds), remaining))
