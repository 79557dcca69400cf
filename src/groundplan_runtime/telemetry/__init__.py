"""What an owner may watch: request ids, JSON lines, OpenTelemetry traces, Prometheus metrics; each is off until asked for."""

from groundplan_runtime.telemetry.context import outward_headers
from groundplan_runtime.telemetry.request_id import request_id

__all__ = ["outward_headers", "request_id"]
