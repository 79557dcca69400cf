"""Long work, told on stderr while it runs: in place on a terminal, a line per step elsewhere."""

import sys
import time
from dataclasses import replace
from typing import TextIO

from groundplan.events import Event, Listener, Progress, StepFinished, StepStarted, Told

__all__ = ["Talker", "Timed"]

_CLEAR = "\r\033[K"


class Talker:
    """A listener that writes what it hears. stream: where to; stderr when not given."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """Look once whether the stream is a terminal."""
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()

    def __call__(self, event: Event) -> None:
        """Tell one event."""
        match event:
            case StepStarted(step, expected):
                self._now(f"  {step} …{f' (about {expected:.0f} s)' if expected else ''}")
            case Progress(done=done, total=total) if done >= total:
                self._now("", only_live=True)  # whoever writes next begins on an empty line
            case Progress(step, done, total, remaining):
                self._now(f"  {step}: {done} of {total}{'' if remaining is None else f', {remaining:.0f} s left'}", only_live=True)
            case StepFinished(step, seconds, ok):
                self._line(f"  {step}: {'done' if ok else 'failed'} in {seconds:.1f} s")
            case Told(sentence):
                self._line(f"  {sentence}")

    def _now(self, text: str, *, only_live: bool = False) -> None:
        """Show what goes on; the next words replace it on a terminal."""
        if self._live:
            self._write(f"{_CLEAR}{text}")
        elif not only_live:
            self._write(f"{text}\n")

    def _line(self, text: str) -> None:
        self._write(f"{_CLEAR if self._live else ''}{text}\n")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


class Timed:
    """A listener that adds the time that remains, by the speed so far, and hands on. listener: who hears it."""

    def __init__(self, listener: Listener) -> None:
        """Begin without any step."""
        self._listener = listener
        self._begun: dict[str, float] = {}

    def __call__(self, event: Event) -> None:
        """Hand on one event."""
        if isinstance(event, Progress):
            now = time.monotonic()
            begun = self._begun.setdefault(event.step, now)
            left = (now - begun) / event.done * (event.total - event.done) if event.done else None
            event = replace(event, remaining_seconds=left)
        self._listener(event)
