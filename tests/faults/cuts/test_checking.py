"""The checker finds what it is there to find, and shares nothing with what it judges."""

import ast
import json
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from faults.support import checking, event_stream, line, recording, websocket
from faults.support.checking import Row, check, committed

AT = "2026-11-22T12:00:00.000000Z"
ROWS: list[Row] = [("sale", "e", seq, f"id{seq}", "sale.created", 1, '{"n":1}', AT) for seq in (1, 2, 3)]


def event(seq: int, **other: Any) -> bytes:
    told = {"type": "event", "channel": "sale", "epoch": "e", "seq": seq, "id": f"id{seq}", "event": "sale.created"}
    return json.dumps({**told, "data": {"n": 1}, "version": 1, "at": AT, **other}).encode()


def faults(*connections: Sequence[bytes], rows: Sequence[Row] = ROWS, gone: Sequence[str] = ()) -> set[str]:
    published = [row[3] for row in ROWS]
    return set(check(rows, {"ann": connections}, published=published, rolled_back=gone).faults)


def test_a_whole_and_ordered_log_has_no_faults() -> None:
    verdict = check(ROWS, {"ann": [[event(1), event(2)], [], [event(3)]]}, published=["id1", "id2", "id3"], rolled_back=["x"])
    assert not verdict.faults
    assert (verdict.expected, verdict.frames, verdict.connections, verdict.duplicates) == (3, 3, 3, 0)


def test_what_comes_again_after_a_reconnect_is_counted_and_no_fault() -> None:
    verdict = check(ROWS, {"ann": [[event(1), event(2)], [event(2), event(3)]]}, published=["id1", "id2", "id3"], rolled_back=[])
    assert (verdict.duplicates, verdict.faults) == (1, {})


@pytest.mark.parametrize(
    ("frames", "kind"),
    [
        ([event(1), event(2)], "never sent"),
        ([event(1), event(3)], "a silent gap"),
        ([event(1), event(2), event(2), event(3)], "twice or backwards on one connection"),
        ([event(1), event(2), event(3, id="other")], "not what the log holds"),
        ([event(1), event(2), event(3, epoch="other")], "not what the log holds"),
        ([event(1), event(2), event(3, data={"n": 2})], "not what the log holds"),
        ([event(1), event(2), event(3), event(4)], "not what the log holds"),
        ([event(1), b'{"type": "reset"}', event(2), event(3)], "reset"),
        ([event(1), b'{"type": "error"}', event(2), event(3)], "error"),
    ],
)
def test_each_fault_of_the_frames_is_found(frames: list[bytes], kind: str) -> None:
    assert faults(frames) == {kind}


def test_what_was_rolled_back_must_not_be_sent_nor_logged() -> None:
    whole = [event(1), event(2), event(3)]
    assert faults([*whole, event(4, id="gone")], gone=["gone"]) == {"rolled back, and sent"}
    assert faults(whole, gone=["id3"]) == {"rolled back, and sent", "rolled back, and in the log"}


def test_a_log_that_is_not_what_the_publishers_committed_is_found() -> None:
    assert faults([event(1), event(2)], rows=ROWS[:2]) == {"the log is not what was committed"}
    assert faults([event(1), event(2)], rows=[ROWS[0], ROWS[2]]) >= {"the numbers of the log have gaps"}


def test_the_log_is_read_from_the_table_itself(sqlite_url: str) -> None:
    assert committed(sqlite_url) == []
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
        columns = "channel, epoch, seq, event_id, type, version, payload, created_at"
        database.executemany(f"INSERT INTO event_log ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", ROWS)  # noqa: S608 a constant
    assert committed(sqlite_url) == ROWS


@pytest.mark.parametrize("module", [checking, recording, line, websocket, event_stream])
def test_checker_and_recording_clients_share_no_code_with_the_product(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text())
    imports = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    imports += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    of_others = {name.split(".")[0] for name in imports if name != line.__name__}
    assert of_others <= {*sys.stdlib_module_names, "psycopg"}
