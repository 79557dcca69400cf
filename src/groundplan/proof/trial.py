"""All starts of one proof: what is asked on which, in which order, and what becomes of trouble."""

import http.client
import itertools
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

from websockets.exceptions import WebSocketException

from groundplan.errors import MachineError
from groundplan.events import Listener
from groundplan.measure import machine
from groundplan.proof.model import Proof, Verdict
from groundplan.proof.probes import PROBES
from groundplan.proof.probes.finding import Findings, Probe
from groundplan.proof.progress import Plan, Step
from groundplan.proof.question import Question, Stage
from groundplan.proof.running import Launch, Running, running
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.surface import Surface
from groundplan.proof.verdicts import judge_probe
from groundplan.proof.visitor import CannotSignInError

__all__ = ["Trial"]

START_SECONDS, PROBE_SECONDS = 6.0, 2.0
# Everything a broken project can do to whoever asks it; none of it may end the proof or read as a pass.
_TROUBLE = (
    UnprovableError,
    CannotSignInError,
    OSError,
    http.client.HTTPException,
    WebSocketException,
    ValueError,
    KeyError,
    ExceptionGroup,
)


class Trial:
    """All starts of one proof."""

    def __init__(self, surface: Surface, launch: Launch, asked: list[Question], listener: Listener) -> None:
        self.surface, self.launch, self.questions, self.listener = surface, launch, asked, listener
        self.probes = tuple(probe for probe in PROBES if probe.applies(surface))
        self.found: dict[str, Findings | str] = {}
        self.numbers = itertools.count(1)
        self.starts = max([1, *(question.starts for question in asked)])
        self.ready: dict[str, Any] = {}
        self.start_seconds: list[float] = []
        self.plan = Plan([self._steps(number) for number in range(self.starts)], listener)

    def hold(self) -> Proof:
        """Go through all starts and give the proof."""
        taken_at, began = datetime.now(UTC), time.monotonic()
        facts = machine.facts()
        for number in range(self.starts):
            self._start(number)
        return Proof(
            project=self.surface.name,
            layout=str(self.ready.get("layout")),
            database=str(self.ready.get("database")),
            events=str(self.ready.get("events") or "none"),
            taken_at=f"{taken_at:%Y-%m-%dT%H:%M:%SZ}",
            seconds=time.monotonic() - began,
            verdicts=tuple(self._verdicts()),
            machine={**facts, "start": f"{max(self.start_seconds):.2f} s (slowest of {len(self.start_seconds)})"},
        )

    def raw(self) -> Mapping[str, object]:
        """Give the raw figures of every must, and every attempt of every probe."""
        tried = {
            name: {"controls": [str(c) for c in found.controls], "checks": [str(c) for c in found.checks]}
            for name, found in self.found.items()
            if isinstance(found, Findings)
        }
        return {**{question.must.id: question.raw() for question in self.questions}, **tried}

    def _steps(self, number: int) -> list[Step]:
        start = Step(f"start {number + 1} of {self.starts}", START_SECONDS)
        asked = [Step(self._step_name(question, number), question.seconds) for question in self._asked(number)]
        probes = [Step(probe.id, PROBE_SECONDS) for probe in self._probes(number)]
        return [start, *asked, *probes]

    def _step_name(self, question: Question, number: int) -> str:
        return f"{question.must.id} ({number + 1} of {self.starts})" if question.starts > 1 else question.must.id

    def _last(self, number: int) -> bool:
        return number == self.starts - 1

    def _asked(self, number: int) -> list[Question]:
        """Give what is asked on a start: counts on the last one, so that their rows are in no timed answer."""
        return [question for question in self.questions if question.starts > 1 or (question.starts == 1 and self._last(number))]

    def _probes(self, number: int) -> tuple[Probe, ...]:
        return self.probes if self._last(number) else ()

    def _start(self, number: int) -> None:
        """Go through one start. The first must succeed; a later one that fails leaves its questions without an answer."""
        self.plan.begin(number)
        try:
            with ExitStack() as stack:
                with self.plan.step():
                    project = stack.enter_context(running(self.launch))
                self._go(project, number)
        except MachineError as error:
            if number == 0:
                raise
            self._give_up(number, f"start {number + 1} of {self.starts} failed: {error}")

    def _go(self, project: Running, number: int) -> None:
        self.ready = project.ready
        self.start_seconds.append(project.seconds_to_start)
        insider, outsider = self.launch.accounts or (None, None)
        scene = Scene(self.surface, project.url, insider, outsider, self.numbers)
        for question in self._asked(number):
            with self.plan.step() as ticker:
                self._ask(question, Stage(scene, project, number, ticker.tell, ticker.say))
        for probe in self._probes(number):
            with self.plan.step():
                self.found[probe.id] = self._try(probe, scene, project)

    def _ask(self, question: Question, stage: Stage) -> None:
        if question.trouble is not None:
            return
        try:
            question.ask(stage)
        except _TROUBLE as error:
            question.trouble = stage.project.trouble or _sentence(error)
        else:
            question.trouble = stage.project.trouble

    def _try(self, probe: Probe, scene: Scene, project: Running) -> Findings | str:
        try:
            found = probe.run(scene)
        except _TROUBLE as error:
            return project.trouble or _sentence(error)
        return project.trouble or found

    def _give_up(self, number: int, why: str) -> None:
        for question in self._asked(number):
            question.trouble = question.trouble or why
        for probe in self._probes(number):
            self.found.setdefault(probe.id, why)

    def _verdicts(self) -> Iterator[Verdict]:
        services = " --services" if self.launch.services else ""
        command = f"groundplan prove --layout {self.ready.get('layout')}{services}"
        yield from (question.verdict(command) for question in self.questions)
        yield from (judge_probe(probe, self.found.get(probe.id, "it was not tried"), command) for probe in self.probes)


def _sentence(error: BaseException) -> str:
    if isinstance(error, ExceptionGroup):
        return _sentence(error.exceptions[0])
    text = str(error) or type(error).__name__
    return text if isinstance(error, UnprovableError | CannotSignInError) else f"{type(error).__name__}: {text}"
