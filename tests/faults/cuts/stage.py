"""Where the scenarios play, and what several of them do."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from faults.cuts.watching import START, Watcher, watch
from groundplan_runtime.events.doorbell import Wiring, wire
from groundplan_runtime.gateway import Timing
from runtime.events.services import ValkeyServer, until
from runtime.gateway.harness import House, house

__all__ = ["LONG", "SELDOM", "Stage", "resumed"]

SELDOM = Timing(poll=0.1, tail=60, recheck=60, retry=0.1, send=30, close=10)
LONG = {"text": "x" * 50_000}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a scenario plays: an empty database and, where it asked for one, a running Valkey."""

    url: str
    valkey: ValkeyServer | None = None

    @contextmanager
    def carried(self, timing: Timing = SELDOM) -> Iterator[House]:
        """Serve from Valkey."""
        assert self.valkey is not None
        wire(Wiring(outbox=True))
        with house(self.url, events_url=self.valkey.url, timing=timing) as served:
            until(lambda: served.gateway.following == "redis")
            yield served


async def resumed(served: House, client: Watcher, last: int) -> None:
    """Let a client that was closed come back: with what it has seen, everything must be there once."""
    seen = client.seqs["sale"]
    position = {name: client.all("event")[-1][name] for name in ("epoch", "seq", "id")} if seen else START
    async with watch(served, sale=position) as again:
        await again.until(lambda: [*seen, *again.seqs["sale"]] == list(range(1, last + 1)), "the rest", 20)
