"""What this process watches, chosen once at its start. Nothing is chosen in a project that asks for nothing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundplan_runtime.telemetry.origin import Origin
from groundplan_runtime.telemetry.request_id import HEADER, REQUEST

if TYPE_CHECKING:
    from groundplan_runtime.telemetry.metrics import Metrics
    from groundplan_runtime.telemetry.tracing import Tracing

__all__ = ["Watch", "outward_headers", "use_watch", "watch"]


@dataclass(frozen=True, slots=True)
class Watch:
    """tracing: spans go to an exporter. metrics: figures are kept for /-/metrics. lines: requests and events are logged."""

    tracing: "Tracing | None" = None
    metrics: "Metrics | None" = None
    lines: bool = False

    def origin(self) -> Origin:
        """Give the request and the span that are under way here."""
        return Origin(REQUEST.get(), self.tracing.traceparent() if self.tracing else "")


class _Process:
    watch: Watch | None = None


def watch() -> Watch | None:
    """Give what this process watches; None when nothing was asked for."""
    return _Process.watch


def use_watch(chosen: Watch | None) -> None:
    """Choose what this process watches."""
    _Process.watch = chosen


def outward_headers() -> dict[str, str]:
    """Give the headers to send along with a call to another part, so that it belongs to the same request and trace."""
    watching = watch()
    origin = watching.origin() if watching else Origin(REQUEST.get())
    told = {HEADER: origin.request_id, "traceparent": origin.traceparent}
    return {name: value for name, value in told.items() if value}
