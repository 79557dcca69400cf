"""How long the log is kept: a client that was away for longer loads the state instead of resuming."""

from datetime import UTC, datetime, timedelta

from groundplan_runtime.database import Database

__all__ = ["KEPT_DAYS", "trim"]

KEPT_DAYS = 7
_BATCH = 1000

_TRIM = """
DELETE FROM event_log WHERE event_id IN (
    SELECT event_id FROM event_log WHERE created_at < %s
    AND NOT EXISTS (SELECT 1 FROM outbox_pending p WHERE p.channel = event_log.channel AND p.seq = event_log.seq)
    ORDER BY created_at LIMIT %s)
RETURNING seq"""


async def trim(database: Database, days: float = KEPT_DAYS) -> int:
    """Remove events older than ``days`` that no relay still has to carry, in short statements; gives how many."""
    before = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    removed = 0
    while rows := await database.fetch(_TRIM, (before, _BATCH)):
        removed += len(rows)
    return removed
