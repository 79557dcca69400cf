"""Figures for Prometheus at /-/metrics. Counting is adding to plain numbers; prometheus_client writes them down when it is asked.

Its default registry is told along: the process's own figures, and whatever the owner counts there.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from groundplan_runtime.errors import SettingsError

__all__ = ["BOUNDS", "Backlog", "GatewayFigures", "Latency", "Metrics", "exposition", "need_prometheus"]

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the classes of the latency, in seconds."""


class Latency:
    """How long events took, counted in classes."""

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def took(self, seconds: float) -> None:
        """Count one. A clock that stands behind another's would make it negative: that is nought."""
        seconds = max(seconds, 0.0)
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def buckets(self) -> list[tuple[str, float]]:
        """Give (upper end, how many took at most that long), as Prometheus wants it."""
        ends = [*(str(bound) for bound in BOUNDS), "+Inf"]
        sums = [sum(self.counts[: place + 1]) for place in range(len(ends))]
        return [(end, float(count)) for end, count in zip(ends, sums, strict=True)]


@dataclass(slots=True)
class Metrics:
    """What this process counts while it is watched. published: by channel, committed; carried: by relays, to Redis."""

    published: Counter[str] = field(default_factory=Counter)
    carried: int = 0
    latency: Latency = field(default_factory=Latency)


class GatewayFigures(Protocol):
    """What a gateway tells of itself. queued: frames that wait, by socket. closed: by code; followed: recovered, or why not."""

    sockets: int
    queued: list[int]
    sent: int
    closed: Mapping[int, int]
    followed: Mapping[str, int]


Backlog = tuple[int, str | None]
"""How many events wait for a relay, and when the oldest was published (ISO 8601 in UTC; None without any)."""


def need_prometheus() -> None:
    """Refuse to start without the package. Raises SettingsError."""
    try:
        import prometheus_client  # noqa: F401, PLC0415  only where metrics are wanted
    except ModuleNotFoundError as error:
        raise SettingsError(
            "METRICS is 1, and prometheus_client is missing; install the packages of requirements-telemetry.txt or set METRICS=0.",
        ) from error


def exposition(metrics: Metrics, gateway: GatewayFigures | None, backlog: Backlog | None) -> tuple[str, bytes]:
    """Give content type and text of an answer to Prometheus."""
    from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest  # noqa: PLC0415  only where metrics are wanted

    return CONTENT_TYPE_LATEST, generate_latest(_Collected(metrics, gateway, backlog)) + generate_latest(REGISTRY)


@dataclass(frozen=True, slots=True)
class _Collected:
    """What the package's writer asks a registry for."""

    metrics: Metrics
    gateway: GatewayFigures | None
    backlog: Backlog | None

    def collect(self) -> Iterator[Any]:
        """Give the families."""
        yield from _of_process(self.metrics)
        if self.backlog is not None:
            rows, oldest = self.backlog
            yield _gauge("relay_pending", "Events that wait for a relay", rows)
            yield _gauge("relay_lag_seconds", "Age of the oldest event that waits for a relay", _age(oldest))
        if self.gateway is not None:
            yield from _of_gateway(self.gateway, self.metrics.latency)


def _of_process(metrics: Metrics) -> Iterator[Any]:
    yield _counter("events_published", "Events of committed transactions, by channel", metrics.published, "channel")
    yield _counter("relay_carried", "Events that a relay of this process carried to Redis", {"": metrics.carried})


def _of_gateway(told: GatewayFigures, latency: Latency) -> Iterator[Any]:
    from prometheus_client.core import HistogramMetricFamily  # noqa: PLC0415  only where metrics are wanted

    yield _gauge("gateway_sockets", "Live sockets", told.sockets)
    yield _gauge("gateway_queued_frames", "Frames that wait for all sockets together", sum(told.queued))
    yield _gauge("gateway_queued_frames_most", "Frames that wait for the socket with most of them", max(told.queued, default=0))
    yield _counter("gateway_frames_sent", "Frames written to sockets", {"": told.sent})
    yield _counter("gateway_closed", "Sockets that ended, by code; 1000: the client left", told.closed, "code")
    yield _counter("gateway_followed", "Channels followed: recovered, or why the state had to be loaded", told.followed, "outcome")
    text = "Seconds from publishing an event to writing it to a socket"
    yield HistogramMetricFamily("groundplan_publish_to_socket_seconds", text, latency.buckets(), latency.total)


def _age(oldest: str | None) -> float:
    return max(0.0, (datetime.now(UTC) - datetime.fromisoformat(oldest)).total_seconds()) if oldest else 0.0


def _gauge(name: str, text: str, value: float) -> Any:
    from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415  only where metrics are wanted

    return GaugeMetricFamily(f"groundplan_{name}", text, value)


def _counter(name: str, text: str, values: Mapping[Any, int], label: str = "") -> Any:
    from prometheus_client.core import CounterMetricFamily  # noqa: PLC0415  only where metrics are wanted

    family = CounterMetricFamily(f"groundplan_{name}", text, labels=[label] if label else None)
    for key, value in sorted(values.items()):
        family.add_metric([str(key)] if label else [], value)
    return family
