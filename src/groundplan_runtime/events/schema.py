"""The tables of events, in one place for every framework and both databases.

channel_head    one row per channel: the counter whose row lock puts events into commit order
event_log       append-only; what readers resume from
outbox_pending  what a relay has still to carry to Redis; a row goes once it was carried
relay_lease     which process carries a shard; fence grows with every change of owner
event_parked    what could not be carried, for a person to look at
"""

from collections.abc import Iterable
from typing import Final, Literal

__all__ = ["TABLES", "Dialect", "additions", "dialect_of", "drop_statements", "statements"]

Dialect = Literal["sqlite", "postgresql"]

TABLES: Final = ("channel_head", "event_log", "outbox_pending", "relay_lease", "event_parked")

_HEAD = """
CREATE TABLE IF NOT EXISTS channel_head (
    channel varchar(100) NOT NULL PRIMARY KEY,
    epoch varchar(32) NOT NULL,
    seq bigint NOT NULL CHECK (seq >= 0),
    event_id varchar(36)
)"""

_LOG = """
CREATE TABLE IF NOT EXISTS event_log (
    channel varchar(100) NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    epoch varchar(32) NOT NULL,
    event_id varchar(36) NOT NULL UNIQUE,
    type varchar(100) NOT NULL,
    version integer NOT NULL,
    key varchar(200),
    payload text NOT NULL,
    created_at varchar(27) NOT NULL,
    origin varchar(160),
    PRIMARY KEY (channel, seq)
)"""

_ADDED: Final = {"origin": "varchar(160)"}
"""Columns of event_log that came after its first version. Each may be null, so that an older program goes on writing."""

_LOG_AGE = "CREATE INDEX IF NOT EXISTS event_log_created_at ON event_log (created_at)"

_PENDING = """
CREATE TABLE IF NOT EXISTS outbox_pending (
    channel varchar(100) NOT NULL,
    seq bigint NOT NULL,
    shard integer NOT NULL,
    attempts integer NOT NULL DEFAULT 0,
    last_error text,
    created_at varchar(27) NOT NULL,
    PRIMARY KEY (channel, seq)
)"""

_LEASE = """
CREATE TABLE IF NOT EXISTS relay_lease (
    shard integer NOT NULL PRIMARY KEY,
    owner varchar(64) NOT NULL,
    fence bigint NOT NULL,
    expires_at double precision NOT NULL
)"""

_PARKED = """
CREATE TABLE IF NOT EXISTS event_parked (
    channel varchar(100) NOT NULL,
    seq bigint NOT NULL,
    event_id varchar(36) NOT NULL,
    reason text NOT NULL,
    attempts integer NOT NULL,
    parked_at varchar(27) NOT NULL,
    PRIMARY KEY (channel, seq)
)"""

_COMMON = (_HEAD, _LOG, _LOG_AGE, _PENDING, _LEASE, _PARKED)

_SQLITE = (
    """
CREATE TRIGGER IF NOT EXISTS event_log_append_only BEFORE UPDATE ON event_log
BEGIN SELECT RAISE(ABORT, 'event_log is append-only'); END""",
)

# Counters are updated in place all day: room in each page lets PostgreSQL do it without touching the index.
_POSTGRESQL = (
    "ALTER TABLE channel_head SET (fillfactor = 50)",
    """
CREATE OR REPLACE FUNCTION event_log_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'event_log is append-only'; END $$""",
    """
CREATE OR REPLACE TRIGGER event_log_append_only BEFORE UPDATE ON event_log
FOR EACH ROW EXECUTE FUNCTION event_log_append_only()""",
)


def dialect_of(name: str) -> Dialect:
    """Give the dialect for what a framework calls its database. Raises ValueError for any other database."""
    if name == "sqlite":
        return "sqlite"
    if name == "postgresql":
        return "postgresql"
    raise ValueError(f"Events need SQLite or PostgreSQL, and this database is {name!r}; set DATABASE_URL to one of them.")


def statements(dialect: Dialect) -> list[str]:
    """Give the statements that make the tables, in order; each may be run again without harm."""
    own = _SQLITE if dialect == "sqlite" else _POSTGRESQL
    return [statement.strip() for statement in (*_COMMON, *own)]


def additions(columns: Iterable[str]) -> list[str]:
    """Give the statements that bring an event_log with these columns up to date; none when it is."""
    missing = {name: kind for name, kind in _ADDED.items() if name not in set(columns)}
    return [f"ALTER TABLE event_log ADD COLUMN {name} {kind}" for name, kind in missing.items()]


def drop_statements(dialect: Dialect) -> list[str]:
    """Give the statements that take the tables away again."""
    tables = [f"DROP TABLE IF EXISTS {table}" for table in reversed(TABLES)]
    return [*tables, "DROP FUNCTION IF EXISTS event_log_append_only()"] if dialect == "postgresql" else tables
