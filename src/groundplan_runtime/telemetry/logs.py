"""Log lines: text for people, or one JSON object per line with the request they belong to."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from groundplan_runtime.telemetry.context import watch
from groundplan_runtime.telemetry.request_id import REQUEST

__all__ = ["JsonLines", "set_up_logs"]

_TEXT = "%(levelname)s %(name)s: %(message)s"


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object. process: which process of the project says it.

    ``extra={"told": {...}}`` of a logging call adds fields.
    """

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line: dict[str, Any] = {"at": at, "level": record.levelname, "logger": record.name, "process": self._process}
        line |= {"message": record.getMessage(), **_under_way(), **getattr(record, "told", {})}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _under_way() -> dict[str, str]:
    watching = watch()
    trace_id, span_id = watching.tracing.ids() if watching and watching.tracing else ("", "")
    told = {"request_id": REQUEST.get(), "trace_id": trace_id, "span_id": span_id}
    return {name: value for name, value in told.items() if value}


def set_up_logs(process: str, *, as_json: bool) -> None:
    """Send the log lines of this process to its standard error, which the runner keeps."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(process) if as_json else logging.Formatter(_TEXT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=as_json)
