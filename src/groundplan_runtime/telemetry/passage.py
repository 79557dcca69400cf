"""An event on its way: what happens to it is counted, traced and logged, once for each event and never once for each socket."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import Published
from groundplan_runtime.telemetry.context import Watch, watch
from groundplan_runtime.telemetry.origin import Origin, read_origin

__all__ = ["Passage", "Publishing", "carrying", "publishing", "watcher"]

_log = logging.getLogger("groundplan.events")


class Publishing:
    """A publish under way. It counts once its transaction commits; after a rollback nobody hears of it, as of the event."""

    def __init__(self, watching: Watch, channel: str) -> None:
        self._watching = watching
        self._origin = watching.origin()
        tracing = watching.tracing
        told = {"messaging.system": "groundplan", "messaging.destination.name": channel}
        self._span = tracing.start(f"publish {channel}", "producer", told) if tracing else None
        if tracing:
            self._origin = replace(self._origin, traceparent=tracing.traceparent(self._span))

    @property
    def origin(self) -> str | None:
        """What is stored beside the events."""
        return self._origin.text()

    def committed(self, published: Sequence[Published]) -> None:
        """Count, log and end the span."""
        if self._watching.metrics:
            self._watching.metrics.published.update(one.channel for one in published)
        if self._span is not None:
            self._span.end()
        if self._watching.lines:
            for one in published:
                _line("published", f"{one.channel}/{one.seq}", one.id, self._origin)


def publishing(channel: str) -> Publishing | None:
    """Begin to watch a publish; None when nothing is watched."""
    watching = watch()
    return None if watching is None else Publishing(watching, channel)


@contextmanager
def carrying(frames: Sequence[Frame]) -> Iterator[Sequence[Frame]]:
    """Watch a relay carry frames to Redis; gives the frames to carry, which name the relay's spans as where they come from."""
    watching = watch()
    if watching is None:
        yield frames
        return
    tracing = watching.tracing
    spans = [_span_of(watching, frame, "relay") for frame in frames]
    try:
        yield [
            frame if span is None or tracing is None else replace(frame, origin=_continued(frame, tracing.traceparent(span)))
            for frame, span in zip(frames, spans, strict=True)
        ]
    except Exception:
        for span in filter(None, spans):
            tracing.fail(span)  # type: ignore[union-attr]  # there are spans only where something traces
        raise
    finally:
        for span in filter(None, spans):
            span.end()
    if watching.metrics:
        watching.metrics.carried += len(frames)
    if watching.lines:
        for frame in frames:
            _line("carried", f"{frame.channel}/{frame.seq}", frame.id, read_origin(frame.origin))


def _continued(frame: Frame, traceparent: str) -> str | None:
    return replace(read_origin(frame.origin), traceparent=traceparent).text()


def _span_of(watching: Watch, frame: Frame, what: str) -> Any:
    """Start a span that continues the trace of a frame; None when it has none or nothing is traced."""
    origin = read_origin(frame.origin)
    if watching.tracing is None or not origin.traceparent:
        return None
    told = {"messaging.system": "groundplan", "messaging.destination.name": frame.channel, "messaging.message.id": frame.id}
    if origin.request_id:
        told["groundplan.request_id"] = origin.request_id
    return watching.tracing.start(f"{what} {frame.channel}", "consumer", told, origin.traceparent)


class Passage:
    """One event and the sockets of this process that it goes to. It ends when the last of them has it or is gone."""

    __slots__ = ("_at", "_frame", "_latency", "_left", "_sent", "_shared", "_span", "_watching")

    def __init__(self, watching: Watch, frame: Frame) -> None:
        self._watching = watching
        self._frame = frame
        self._latency = watching.metrics.latency if watching.metrics else None
        self._at = _seconds(frame.at)
        self._span = _span_of(watching, frame, "deliver")
        self._left = self._sent = 0
        self._shared = False

    def expect(self) -> None:
        """One more socket is to have it."""
        self._left += 1

    def sent(self) -> None:
        """One socket has it."""
        self._sent += 1
        if self._latency is not None and self._at:
            self._latency.took(time.time() - self._at)
        self.dropped()

    def dropped(self) -> None:
        """One socket needs it no more."""
        self._left -= 1
        if self._shared and not self._left:
            self._end()

    def shared(self) -> None:
        """Every socket was told."""
        self._shared = True
        if not self._left:
            self._end()

    def _end(self) -> None:
        if self._span is not None:
            self._span.set_attribute("groundplan.sockets", self._sent)
            self._span.end()
        if self._watching.lines:
            place = f"{self._frame.channel}/{self._frame.seq}"
            _line("delivered", place, self._frame.id, read_origin(self._frame.origin), sockets=self._sent)


def watcher() -> Callable[[Frame], Passage] | None:
    """Give what begins the passage of an event; None when nothing is watched."""
    watching = watch()
    return None if watching is None else lambda frame: Passage(watching, frame)


def _seconds(at: str) -> float:
    """Give seconds since 1970 of what the log holds; 0 for what is no time."""
    try:
        return datetime.fromisoformat(at).timestamp()
    except ValueError:
        return 0.0


def _line(what: str, place: str, event_id: str, origin: Origin, **more: int) -> None:
    told: dict[str, Any] = {"event": place, "event_id": event_id, **more}
    if origin.request_id:
        told["request_id"] = origin.request_id
    if origin.traceparent:
        told["trace_id"] = origin.traceparent.split("-")[1]
    _log.info("%s %s", what, place, extra={"told": told})
