"""Rows to test with, made through an API, and the events that the database holds."""

import json
from itertools import count
from typing import Any

from groundplan_runtime.blocking import open_blocking_database
from templates.visitor import Visitor

_number = count(1)


class Rows:
    """Makes rows through one API."""

    def __init__(self, visitor: Visitor, api: str) -> None:
        self.visitor, self.api = visitor, api

    def shop(self, **values: Any) -> dict[str, Any]:
        return self._made("shops", {"name": f"Shop {next(_number)} of {self.api}", **values})

    def sale(self, **values: Any) -> dict[str, Any]:
        return self._made("sales", self.given_sale(**values))

    def given_sale(self, **values: Any) -> dict[str, Any]:
        """Give what a sale needs; its shop is made when none is given."""
        shop = values.get("shop_id") or self.shop()["id"]
        return {"amount": "12.50", "sold_at": "2026-03-01T09:30:00Z", **values, "shop_id": shop}

    def _made(self, plural: str, given: dict[str, Any]) -> dict[str, Any]:
        answer = self.visitor.post(f"{self.api}/{plural}", json=given)
        assert answer.status_code == 201, answer.text
        row: dict[str, Any] = answer.json()
        return row


class Log:
    """The project's event log, read beside it."""

    def __init__(self, database_url: str) -> None:
        self._database = open_blocking_database(database_url)

    def about(self, channel: str, key: int) -> list[tuple[str, dict[str, Any]]]:
        """Give type and data of all events about one row, oldest first."""
        sql = "SELECT type, payload FROM event_log WHERE channel = %s AND key = %s ORDER BY seq"
        return [(kind, json.loads(payload)) for kind, payload in self._database.fetch(sql, (channel, str(key)))]

    def payload(self, channel: str, key: int) -> str:
        """Give the last event's data about one row, byte for byte."""
        sql = "SELECT payload FROM event_log WHERE channel = %s AND key = %s ORDER BY seq DESC LIMIT 1"
        found: str = self._database.fetch(sql, (channel, str(key)))[0][0]
        return found

    def head(self, channel: str) -> int:
        found = self._database.fetch("SELECT seq FROM channel_head WHERE channel = %s", (channel,))
        return int(found[0][0]) if found else 0
