"""Values as JSON, the same bytes in API answers and in events."""

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from groundplan_runtime.events.errors import PublishError

__all__ = ["MOST_BYTES", "encode", "jsonable", "now"]

MOST_BYTES = 64 * 1024
"""The largest payload. An event says what happened; what is larger belongs in a table that the event names."""


def jsonable(value: Any) -> Any:
    """Give the value as JSON can hold it.

    Decimals become text, datetimes ISO 8601 in UTC ending in Z (without a zone they are taken as UTC, which is how SQLite
    gives them back), dates and times ISO 8601, UUIDs text, enum members their value. Raises PublishError for anything else.
    """
    if isinstance(value, Enum):
        return jsonable(value.value)
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, Mapping):
        return {_name(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(item) for item in value]
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, datetime):
        return _utc(value).isoformat().replace("+00:00", "Z")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise PublishError(
        f"{value!r} of type {type(value).__name__} cannot be written as JSON; "
        "give text, a number, a date, a UUID, or lists and dicts of these.",
    )


def _name(key: Any) -> str:
    if isinstance(key, str):
        return key
    raise PublishError(f"The key {key!r} of a JSON object must be text; write str(key).")


def _utc(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def encode(data: Any) -> str:
    """Give the JSON text of an event's data. Raises PublishError above 64 KiB or for what JSON cannot hold."""
    text = json.dumps(jsonable(data), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    size = len(text.encode())
    if size > MOST_BYTES:
        raise PublishError(
            f"The data of the event is {size} bytes and at most {MOST_BYTES} are allowed; "
            "store what is large in a table and publish its id.",
        )
    return text


def now() -> str:
    """Give this moment in UTC, always of the same length, so that text order is time order."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
