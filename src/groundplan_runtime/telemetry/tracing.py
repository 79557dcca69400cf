"""Spans through OpenTelemetry, whose packages are imported only where an exporter is configured."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import entry_points
from typing import Any

from groundplan_runtime.errors import SettingsError

__all__ = ["Tracing", "open_tracing", "tracing_wanted"]

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_MISSING = "is missing, and OTEL_* asks for traces; install the packages of requirements-telemetry.txt or unset OTEL_*"
_PACKAGES = {"otlp": "otlp_proto_http"}
"""What is taken for a general name: the exporter without gRPC, which needs no compiled package."""


class Tracing:
    """Makes spans. A span ends by its `end`; nothing here raises for a trace that cannot be read."""

    def __init__(self, provider: Any) -> None:
        from opentelemetry import propagate, trace  # noqa: PLC0415  only where traces are wanted
        from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415  as above

        self._trace, self._propagate = trace, propagate
        self._kinds = {"server": SpanKind.SERVER, "producer": SpanKind.PRODUCER, "consumer": SpanKind.CONSUMER}
        self._failed = Status(StatusCode.ERROR)
        self._provider = provider
        self._tracer = provider.get_tracer("groundplan_runtime")

    def start(self, name: str, kind: str, told: Mapping[str, str], parent: str = "") -> Any:
        """Start a span. kind: server, producer or consumer. told: attributes. parent: its traceparent; empty: what is under way."""
        context = self._propagate.extract({"traceparent": parent}) if parent else None
        return self._tracer.start_span(name, context=context, kind=self._kinds[kind], attributes=told)

    @contextmanager
    def under_way(self, span: Any) -> Iterator[None]:
        """Make a span the one that others become children of."""
        with self._trace.use_span(span, end_on_exit=False):
            yield

    def fail(self, span: Any) -> None:
        """Mark a span as failed."""
        span.set_status(self._failed)

    def traceparent(self, span: Any = None) -> str:
        """Give the name of a span for other processes; of the one under way here without an argument; empty without one."""
        carrier: dict[str, str] = {}
        context = None if span is None else self._trace.set_span_in_context(span)
        self._propagate.inject(carrier, context=context)
        return carrier.get("traceparent", "")

    def ids(self) -> tuple[str, str]:
        """Give trace id and span id of what is under way here, in hex; empty outside of a span."""
        found = self._trace.get_current_span().get_span_context()
        return (f"{found.trace_id:032x}", f"{found.span_id:016x}") if found.is_valid else ("", "")

    def close(self) -> None:
        """Send what waits. Blocks until the exporter is done or gives up."""
        if hasattr(self._provider, "shutdown"):
            self._provider.shutdown()


def tracing_wanted(environ: Mapping[str, str]) -> bool:
    """Tell whether the environment names an exporter, in OpenTelemetry's own variables."""
    if environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = environ.get("OTEL_TRACES_EXPORTER", "")
    return exporter != "none" and (bool(exporter) or any(environ.get(name) for name in _ENDPOINTS))


def open_tracing(project: str, process: str, instance: str) -> Tracing:
    """Give the tracing of this process. A provider that the owner has set already is used as it is.

    Raises SettingsError when a package is missing or the exporter is unknown.
    """
    try:
        from opentelemetry import trace  # noqa: PLC0415  only where traces are wanted
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415  as above
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415  as above
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415  as above
    except ModuleNotFoundError as error:
        raise SettingsError(f"{error.name} {_MISSING}.") from error
    if isinstance(trace.get_tracer_provider(), TracerProvider):
        return Tracing(trace.get_tracer_provider())
    name = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": f"{project}.{process}"}
    told = {"service.namespace": project, "service.instance.id": f"{process} {instance}".strip(), **name}
    provider = TracerProvider(resource=Resource.create(told))
    provider.add_span_processor(BatchSpanProcessor(_exporter(os.environ.get("OTEL_TRACES_EXPORTER") or "otlp")))
    trace.set_tracer_provider(provider)
    return Tracing(provider)


def _exporter(name: str) -> Any:
    wanted = _PACKAGES.get(name, name)
    found = list(entry_points(group="opentelemetry_traces_exporter", name=wanted))
    if not found:
        raise SettingsError(f"OTEL_TRACES_EXPORTER: the exporter {wanted!r} {_MISSING}.")
    return found[0].load()()
