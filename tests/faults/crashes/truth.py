"""What the database holds, read with nothing but the standard library and a driver, and what follows for those who listened."""

import sqlite3
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg

from faults.crashes.observer import Heard

__all__ = ["Log", "ask", "connected", "heads", "load", "log", "same_past", "wrong_after_crashes", "wrong_after_put_back"]

RECOVERY_SECONDS = 20.0
Log = dict[str, list[tuple[int, str]]]
_LOG = "SELECT channel, seq, event_id FROM event_log ORDER BY channel, seq"


def ask(url: str, *questions: str) -> list[list[tuple[Any, ...]]]:
    """Give the rows of each question, all seen at one moment."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None, timeout=10)) as connection:
            connection.execute("BEGIN")
            return [connection.execute(question).fetchall() for question in questions]
    with connected(url) as other:
        other.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return [other.execute(question.encode()).fetchall() for question in questions]


def connected(url: str) -> psycopg.Connection[Any]:
    """Connect to PostgreSQL, also while it recovers from a crash. Raises OperationalError after 20 s."""
    end = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            return psycopg.connect(url)
        except psycopg.OperationalError:
            if time.monotonic() > end:
                raise
        time.sleep(0.05)


def log(url: str) -> Log:
    """Give the committed events of each channel in order."""
    found: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for channel, seq, event_id in ask(url, _LOG)[0]:
        found[channel].append((seq, event_id))
    return found


def heads(url: str) -> dict[str, int]:
    """Give the last seq of each channel."""
    return dict(ask(url, "SELECT channel, MAX(seq) FROM event_log GROUP BY channel")[0])


def load(url: str, channel: str) -> tuple[int, dict[str, str]]:
    """Give the position and the rows of a channel, as the product's page reads them: the position first."""
    head, rows = ask(
        url,
        f"SELECT COALESCE(MAX(seq), 0) FROM channel_head WHERE channel = '{channel}'",  # noqa: S608 names of our own
        f"SELECT name, value FROM item WHERE channel = '{channel}'",  # noqa: S608 names of our own
    )
    return head[0][0], dict(rows)


def wrong_after_crashes(url: str, heard: dict[str, Heard], doomed: set[str], done: set[str]) -> list[str]:
    """Name what is wrong with what an observer heard while processes died: every committed event once, in order, and no other."""
    found, problems = log(url), []
    for channel, one in heard.items():
        if one.resets:
            problems.append(f"{channel}: sent away to load afresh ({one.resets}) although the log never went back")
        problems += [f"{channel}: {text}" for text in _differences(found.get(channel, []), one.events)]
        problems += _state(url, channel, one)
    committed = {event_id for events in found.values() for _, event_id in events}
    problems += [f"{event_id} was rolled back and is in the log" for event_id in committed & doomed]
    problems += [f"{event_id} was said to be committed and is not in the log" for event_id in done - committed]
    return problems + _rolled_back(heard, doomed)


def wrong_after_put_back(url: str, heard: dict[str, Heard], doomed: set[str]) -> list[str]:
    """Name what is wrong with what an observer heard while the database went back in time.

    What it heard since it was last told to load afresh is what the log holds, and whoever heard of an event that is not there any
    more was told so.
    """
    found, problems = log(url), []
    for channel, one in heard.items():
        events = found.get(channel, [])
        first = one.events[0][0] if one.events else len(events) + 1
        problems += [f"{channel}: since the last reset: {text}" for text in _differences(events[first - 1 :], one.events)]
        if one.position["seq"] != (events[-1][0] if events else 0):
            problems.append(f"{channel}: stands at {one.position['seq']}, the log at {len(events)}")
        problems += _state(url, channel, one)
    return problems + _rolled_back(heard, doomed)


def same_past(entries: Sequence[tuple[int, str]], committed: Sequence[tuple[int, str]]) -> bool:
    """Tell whether a stream of Redis holds one past: when its last entry is what the database committed there, all of them are."""
    known = dict(committed)
    return not entries or known.get(entries[-1][0]) != entries[-1][1] or all(known.get(seq) == one for seq, one in entries)


def _differences(committed: Sequence[tuple[int, str]], seen: Sequence[tuple[int, str]]) -> list[str]:
    for place, (wanted, found) in enumerate(zip(committed, seen, strict=False)):
        if wanted != found:
            return [f"at place {place} the log holds {wanted} and was heard {found}"]
    if len(committed) != len(seen):
        return [f"{len(committed)} events are committed and {len(seen)} were heard"]
    return []


def _state(url: str, channel: str, heard: Heard) -> list[str]:
    fresh = load(url, channel)[1]
    return [] if heard.state == fresh else [f"{channel}: a page shows {heard.state}, loaded afresh {fresh}"]


def _rolled_back(heard: dict[str, Heard], doomed: set[str]) -> list[str]:
    seen = {event_id for one in heard.values() for events in (one.events, *one.before) for _, event_id in events}
    return [f"{event_id} was rolled back and was heard" for event_id in seen & doomed]
