"""What a database refuses is told in the same words for every driver."""

import sqlite3
from collections.abc import Iterator

import pytest
from psycopg import errors

from groundplan_runtime.violations import Violation, violation

TABLES = """
PRAGMA foreign_keys = ON;
CREATE TABLE town (id INTEGER PRIMARY KEY, name TEXT UNIQUE, size INTEGER NOT NULL CHECK (size > 0), UNIQUE (name, size));
CREATE TABLE shop (id INTEGER PRIMARY KEY, town_id INTEGER REFERENCES town (id));
INSERT INTO town VALUES (1, 'Ulm', 1);
"""


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLES)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("INSERT INTO town VALUES (2, 'Ulm', 1)", Violation("unique", ("name", "size"))),
        ("INSERT INTO town VALUES (2, 'Ulm', 2)", Violation("unique", ("name",))),
        ("INSERT INTO town VALUES (1, 'Bonn', 1)", Violation("unique", ("id",))),
        ("INSERT INTO shop VALUES (1, 7)", Violation("reference")),
        ("INSERT INTO town VALUES (2, 'Bonn', NULL)", Violation("other")),
        ("INSERT INTO town VALUES (2, 'Bonn', 0)", Violation("other")),
    ],
)
def test_sqlite(database: sqlite3.Connection, statement: str, told: Violation) -> None:
    with pytest.raises(sqlite3.IntegrityError) as refused:
        database.execute(statement)
    assert violation(refused.value) == told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (errors.UniqueViolation(), Violation("unique")),
        (errors.ForeignKeyViolation(), Violation("reference")),
        (errors.RestrictViolation(), Violation("reference")),
        (errors.CheckViolation(), Violation("other")),
        (ValueError(), Violation("other")),
        (None, Violation("other")),
    ],
)
def test_other_drivers(error: Exception | None, told: Violation) -> None:
    assert violation(error) == told
