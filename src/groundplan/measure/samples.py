"""The raw outcome of one run of load, kept whole: four moments and an outcome per request."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["CUT_OFF", "LOST", "RIGHT", "UNSENT", "WRONG", "Floats", "Samples"]

RIGHT, WRONG, LOST, CUT_OFF, UNSENT = 0, 1, 2, 3, 4
"""Outcomes: the right reply; another reply; the connection failed; no reply when the run was ended; never sent."""

SERVER_ERROR = 500

Floats = NDArray[np.float64]
_Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Samples:
    """One run. intended, noticed, sent, done: nanoseconds since the run began, one per request, in order of arrival.

    noticed: when the driver got round to it; sent: when it left on a connection. done of a request that was cut off is the
    moment of the cut, so that its latency is a lower bound. outcome: RIGHT .. UNSENT. status: HTTP status, 0 without a reply.
    label: index into labels. rate: arrivals per second, as asked. duration: seconds of arrivals. cpu_seconds: used by the
    driver's own process. connections: opened. complaints: what went wrong -> how often, worded.
    """

    intended: _Integers
    noticed: _Integers
    sent: _Integers
    done: _Integers
    outcome: NDArray[np.int8]
    status: NDArray[np.int16]
    label: NDArray[np.int16]
    labels: tuple[str, ...]
    rate: float
    duration: float
    cpu_seconds: float
    connections: int
    complaints: Counter[str]

    @property
    def count(self) -> int:
        """How many requests were intended."""
        return len(self.intended)

    @property
    def right(self) -> int:
        """How many got the right reply."""
        return int(np.count_nonzero(self.outcome == RIGHT))

    @property
    def errors(self) -> int:
        """How many got a wrong reply or lost their connection. Unanswered ones are slow, not errors: they count in latency."""
        return int(np.count_nonzero((self.outcome == WRONG) | (self.outcome == LOST)))

    @property
    def failures(self) -> int:
        """How many got no answer, or one that says that the server failed (status 500 or above)."""
        failed = (self.outcome == LOST) | ((self.outcome == WRONG) & (self.status >= SERVER_ERROR))
        return int(np.count_nonzero(failed)) + self.unanswered

    @property
    def unanswered(self) -> int:
        """How many had no reply when the run was ended."""
        return int(np.count_nonzero((self.outcome == CUT_OFF) | (self.outcome == UNSENT)))

    def latencies(self, label: str | None = None) -> Floats:
        """Seconds from the intended send time to the last byte, errors left out, in order of arrival. label: only this kind."""
        chosen = self._judged(label)
        seconds: Floats = (self.done[chosen] - self.intended[chosen]) / 1e9
        return seconds

    def blocks(self, seconds: float = 1.0) -> _Integers:
        """Give, for each of ``latencies()``, the number of the time slice it was intended in."""
        return (self.intended[self._judged(None)] // int(seconds * 1e9)).astype(np.int64)

    def lags(self) -> Floats:
        """Seconds that the driver was late by itself, before any waiting for the server."""
        seconds: Floats = (self.noticed - self.intended) / 1e9
        return seconds

    def achieved_rate(self) -> float:
        """Right replies per second of arrivals; replies that come more than a second after the last arrival stretch that time."""
        if not self.count:
            return 0.0
        return self.right / max(self.duration, float(self.done.max()) / 1e9 - 1)

    def _judged(self, label: str | None) -> NDArray[np.bool_]:
        judged: NDArray[np.bool_] = (self.outcome != WRONG) & (self.outcome != LOST)
        return judged if label is None else judged & (self.label == self.labels.index(label))
