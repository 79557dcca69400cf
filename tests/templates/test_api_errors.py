"""Every API template: what nobody foresaw is answered, tells the caller nothing, and is in the log."""

import sqlite3
from collections.abc import Iterator

import psycopg
import pytest

from templates.building import Served
from templates.visitor import Visitor, problem


@pytest.fixture
def broken(project: Served) -> Iterator[None]:
    """Take the table of sales away for a moment."""
    _execute(project.database_url, "ALTER TABLE office_sale RENAME TO office_away")
    yield
    _execute(project.database_url, "ALTER TABLE office_away RENAME TO office_sale")


def _execute(url: str, statement: str) -> None:
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///"), timeout=10) as connection:
            connection.execute(statement)
        return
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.mark.usefixtures("broken")
def test_an_unforeseen_error_is_answered_and_tells_nothing_of_itself(ada: Visitor, api: str) -> None:
    for path in ("/sales", "/sales/1"):
        answer = ada.get(f"{api}{path}")
        assert problem(answer, 500)["detail"] == "Something failed here that nobody foresaw; the log tells what."
