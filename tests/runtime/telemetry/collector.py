"""A real receiver of OTLP over HTTP: what an exporter sends is kept as plain values."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest, ExportTraceServiceResponse


@dataclass(frozen=True)
class Span:
    """One span as it was received. status: 2 is an error."""

    name: str
    trace: str
    id: str
    parent: str
    service: str
    status: int
    told: dict[str, str]
    seconds: float


@dataclass
class Collector:
    """Everything received so far."""

    url: str
    spans: list[Span] = field(default_factory=list)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def trace(self, trace: str) -> dict[str, Span]:
        return {span.name: span for span in self.spans if span.trace == trace}

    def take(self, body: bytes) -> None:
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = next(pair.value.string_value for pair in resource.resource.attributes if pair.key == "service.name")
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                told = {pair.key: pair.value.string_value or str(pair.value.int_value) for pair in span.attributes}
                ids = (span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex())
                seconds = (span.end_time_unix_nano - span.start_time_unix_nano) / 1e9
                self.spans.append(Span(span.name, *ids, service, span.status.code, told, seconds))

    def environment(self) -> dict[str, str]:
        """Give what an owner sets to have traces sent here, soon."""
        return {"OTEL_EXPORTER_OTLP_ENDPOINT": self.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}


@contextmanager
def collecting() -> Iterator[Collector]:
    """Receive until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.take(self.rfile.read(int(self.headers["content-length"])))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()
