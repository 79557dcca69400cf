"""What a must can be about. Rows only: rules.py and proof read them, decide reads ``requires``."""

from groundplan.brief.model import Kind
from groundplan.records import dataclass
from groundplan.units import COUNT, DURATION, RATE, SHARE, SIZE, Scale

__all__ = ["METRICS", "Metric"]

_PAGES = (Kind.WEB, Kind.ADMIN, Kind.API, Kind.GATEWAY, Kind.AUTH, Kind.PANEL, Kind.ML_SERVING, Kind.WEBHOOKS)


@dataclass(frozen=True, slots=True)
class Metric:
    """One measurable thing.

    scale: of its limit. percentile: whether a check is about a percentile, as in ``p(99) < 100ms``. lower: whether less is
    better. kinds: parts that have it. load: keys of ``load`` that are needed; optional: further ones that are allowed.
    requires: capabilities that a stack needs for such a must to make sense at all; a stack without one is screened out
    while deciding, whatever was measured.
    """

    name: str
    doc: str
    scale: Scale
    example: str
    kinds: tuple[Kind, ...]
    load: tuple[str, ...]
    optional: tuple[str, ...] = ()
    percentile: bool = False
    lower: bool = True
    requires: tuple[str, ...] = ()


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "latency",
            "Time from the moment a request was due to the end of its answer, at a fixed arrival rate.",
            DURATION,
            "p(99) < 100ms",
            _PAGES,
            ("rate", "for"),
            percentile=True,
        ),
        Metric(
            "errors",
            "Share of requests, due at a fixed arrival rate, that got no answer or one with status 500 or above.",
            SHARE,
            "<= 0.1%",
            _PAGES,
            ("rate", "for"),
        ),
        Metric(
            "throughput",
            "Right answers per second while requests arrive at a fixed rate.",
            RATE,
            ">= 500/s",
            _PAGES,
            ("rate", "for"),
            lower=False,
        ),
        Metric(
            "events_lost",
            "Events that a connected client should have seen and did not, over all sockets, connections being cut or not.",
            COUNT,
            "= 0",
            (Kind.REALTIME,),
            ("sockets", "for"),
            ("cut",),
            requires=("websockets",),
        ),
        Metric(
            "delivery",
            "Time from the commit of a change to its event at a client, over all sockets.",
            DURATION,
            "p(99) < 500ms",
            (Kind.REALTIME,),
            ("sockets", "for"),
            percentile=True,
            requires=("websockets",),
        ),
        Metric(
            "memory",
            "Memory of the process that holds the part (its proportional set size, PSS), the most seen under the load.",
            SIZE,
            "< 80MB",
            tuple(Kind),
            (),
            ("rate", "for", "sockets"),
        ),
    )
}
