"""What an idle socket takes of a server's memory: the bare server beside the same server with our gateway, on each server.

A start opens 1,500 sockets, then 2,000 more; what the process has of its own (USS, children included) grows by those, and that is
divided. Ours follows a channel on every socket. Every start of ours stands between two bare ones. Compression is off and what the
kernel keeps for a socket (about 4 KiB) is in no figure. ``--keep`` writes the raw data.
"""

import asyncio
import functools
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support import crowd, house, rounds

from runtime.events.services import fresh_sqlite

FIRST, SOCKETS = 1500, 2000
SUBSCRIBE = '{"type":"subscribe","channel":"sale"}'
PROJECT = "uvicorn (what a project uses)"
SERVERS = {
    PROJECT: (*house.UVICORN, "--ws", "websockets-sansio"),
    "uvicorn, wsproto": (*house.UVICORN, "--ws", "wsproto"),
    "hypercorn": ("hypercorn", "{app}()", "--bind", "127.0.0.1:{port}", "--worker-class", "uvloop"),
    "granian": ("granian", "{app}", "--factory", "--interface", "asgi", "--port", "{port}", "--log-level", "error"),
}


async def opened(server: house.Server, first: tuple[str, ...]) -> float:
    """Give the KiB that each of the further sockets took."""
    sockets = crowd.Crowd(server.port, "/live", first)
    await sockets.open(FIRST, 50)
    await _quiet(sockets, first)
    before = server.memory()
    await sockets.open(SOCKETS, 50)
    await _quiet(sockets, first)
    if sockets.lost:
        raise RuntimeError(f"{sockets.lost} sockets were lost")
    taken = server.memory() - before
    await sockets.close()
    return taken / SOCKETS / 1024


async def _quiet(sockets: crowd.Crowd, first: tuple[str, ...]) -> None:
    """Wait until subscriptions are answered, and what opening took is given back."""
    await sockets.greeted(2 if first else 0)
    await asyncio.sleep(1)


def start(app: str, command: tuple[str, ...], first: tuple[str, ...]) -> float:
    """Start a server once and measure it."""
    with tempfile.TemporaryDirectory() as folder:
        told = {"EVENTS_URL": "", "DATABASE_URL": fresh_sqlite(Path(folder)), "LAYER": "memory"}
        with house.serving(f"fanout_server:{app}", command, None, **told) as server:
            return crowd.run(opened(server, first))


def main() -> None:
    where = rounds.conditions("uvicorn", "websockets", "wsproto", "hypercorn", "granian", "starlette", "channels")
    print(f"{where}; {rounds.ROUNDS} rounds, {SOCKETS} sockets\n")
    print("| server | bare KiB | ours KiB | ours to bare |\n| --- | --- | --- | --- |")
    raw = {}
    for name, command in SERVERS.items():
        if "--only" in sys.argv and name not in sys.argv:
            continue
        own = house.PROJECT if name == PROJECT else command
        bare, ours = functools.partial(start, "bare", command, ()), functools.partial(start, "ours", own, (SUBSCRIBE,))
        runs, found = rounds.bracketed(bare, {"ours": ours})
        ratios = [2 * own / (before + after) for before, own, after in found["ours"]]
        told = [rounds.shown(each, ".1f") for each in (runs, [own for _, own, _ in found["ours"]])]
        print(f"| {name} | {' | '.join(told)} | {rounds.shown(ratios)} |")
        sys.stdout.flush()
        raw[name] = found["ours"]
        rounds.keep("idle", where, raw)
    channels = [start("channels", SERVERS[PROJECT], ()) for _ in range(rounds.ROUNDS)]
    print(f"\nDjango Channels (a consumer in a group, layer in memory) on uvicorn: {rounds.shown(channels, '.1f')} KiB")
    rounds.keep("idle", where, {**raw, "channels": channels})


if __name__ == "__main__":
    main()
