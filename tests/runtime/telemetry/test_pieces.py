"""Small things: what is believed of a header, who may read metrics, how latencies are counted."""

from dataclasses import replace
from pathlib import Path

import pytest

from groundplan_runtime.settings import Settings
from groundplan_runtime.telemetry import outward_headers, request_id
from groundplan_runtime.telemetry.access import access_of
from groundplan_runtime.telemetry.metrics import Latency
from groundplan_runtime.telemetry.origin import NOWHERE, Origin, read_origin
from groundplan_runtime.telemetry.tracing import tracing_wanted

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.mark.parametrize("origin", [Origin("abcdefgh", TRACE), Origin("abcdefgh"), Origin("", TRACE)])
def test_an_origin_is_read_as_it_was_written(origin: Origin) -> None:
    assert read_origin(origin.text()) == origin


@pytest.mark.parametrize("text", [None, "", "- - -", "short -", f"abcdefgh {TRACE[:-1]}", "a b"])
def test_what_nobody_wrote_is_no_origin(text: str | None) -> None:
    assert read_origin(text) == NOWHERE
    assert NOWHERE.text() is None


def test_outside_of_a_request_there_is_no_id() -> None:
    assert request_id() == ""
    assert outward_headers() == {}


@pytest.mark.parametrize(
    ("peer", "headers", "allowed"),
    [
        ("127.0.0.1", {"host": "127.0.0.1:8000"}, True),
        ("::1", {"host": "[::1]:8000"}, True),
        ("::ffff:127.0.0.1", {"host": "localhost"}, True),
        ("10.1.2.3", {"host": "10.1.2.9:8000"}, True),
        ("10.1.2.3", {"host": "pulse.example.org"}, True),
        ("11.1.2.3", {"host": "10.1.2.9"}, False),
        ("10.1.2.3", {"host": "evil.example"}, False),
        ("10.1.2.3", {}, False),
        ("10.1.2.3", {"host": "10.1.2.9", "x-forwarded-for": "10.1.2.3"}, False),
        ("", {"host": "127.0.0.1"}, False),
    ],
)
def test_metrics_are_for_this_machine_and_the_networks_named(
    pair: Path,
    peer: str,
    headers: dict[str, str],
    allowed: bool,  # noqa: FBT001 a column of the table
) -> None:
    settings = Settings.load(pair, {"SECRET_KEY": "kQ3vZ8mT1xR6wB9nL4cF7hJ2pD5sG0yA", "METRICS_ALLOW": "10.0.0.0/8, fd00::/8"})
    told = replace(settings, allowed_hosts=("localhost", "pulse.example.org"))
    assert access_of(told).allows(peer, headers) is allowed


def test_latencies_are_counted_in_classes() -> None:
    latency = Latency()
    for seconds in (-1.0, 0.0005, 0.001, 0.2, 99.0):
        latency.took(seconds)
    counts = dict(latency.buckets())
    assert (counts["0.001"], counts["0.1"], counts["0.25"], counts["10.0"], counts["+Inf"]) == (3, 3, 4, 4, 5)
    assert latency.total == pytest.approx(99.2015)


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_TRACES_EXPORTER": "console"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, False),
        ({"OTEL_SDK_DISABLED": "True", "OTEL_TRACES_EXPORTER": "console"}, False),
    ],
)
def test_traces_are_wanted_in_the_words_of_opentelemetry(environ: dict[str, str], wanted: bool) -> None:  # noqa: FBT001 a column of the table
    assert tracing_wanted(environ) is wanted
