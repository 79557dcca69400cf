"""What a must is while it is measured: a question, asked on every start that it needs, answered with a verdict at the end."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import uvloop

from groundplan.brief.model import Must
from groundplan.measure.driver import Target
from groundplan.proof.limits import Judged, not_proven
from groundplan.proof.load_verdicts import STARTS
from groundplan.proof.model import Verdict
from groundplan.proof.running import Running
from groundplan.proof.scene import Scene
from groundplan.proof.verdicts import verdict

__all__ = ["Question", "Stage", "run_here"]

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stage:
    """One start of the project. number: from 0. watch: told how many seconds of the question are over. say: told a sentence."""

    scene: Scene
    project: Running
    number: int
    watch: Callable[[float], None]
    say: Callable[[str], None]

    @property
    def target(self) -> Target:
        """Give where requests go."""
        return Target(self.project.host, self.project.port)


class Question(ABC):
    """A must under measurement. trouble: why it cannot be answered. starts: how many starts it is asked on."""

    starts = STARTS

    def __init__(self, must: Must) -> None:
        """Begin without an answer."""
        self.must = must
        self.trouble: str | None = None
        self.method = ""

    @property
    @abstractmethod
    def seconds(self) -> float:
        """Give how long one asking takes."""

    @abstractmethod
    def ask(self, stage: Stage) -> None:
        """Measure on one start. May raise UnprovableError."""

    @abstractmethod
    def judge(self) -> Judged:
        """Judge what was measured."""

    def raw(self) -> object:
        """Give the raw figures for the evidence."""
        return None

    def verdict(self, command: str) -> Verdict:
        """Give the verdict. command: what reproduces it."""
        judged = self.judge() if self.trouble is None else not_proven(self.trouble)
        return verdict(self.must, judged, f"{command}: {self.method}" if self.method else command)


def run_here(work: Coroutine[Any, Any, Result]) -> Result:
    """Run on a fresh uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
