"""Each process by itself: a synchronous part under granian, and what is refused at the start."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from runtime.events.services import until
from runtime.runner.projects import Part, command, read_variables, running, write
from runtime.telemetry.collector import collecting

PAGES = """\
import logging
from groundplan_runtime.telemetry import outward_headers, request_id

def app(environ, start_response):
    logging.getLogger("shop").warning("asked with %s", environ.get("HTTP_X_REQUEST_ID"), extra={"told": {"here": request_id()}})
    if environ["PATH_INFO"].endswith("broken"):
        raise ValueError("broken")
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [outward_headers().get("traceparent", "").encode()]
"""
PARTS = (Part("pages", "wsgi", "/", PAGES),)


def get(url: str, **headers: str) -> tuple[str, str]:
    """Give the request id of an answer, and its text."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return answer.headers["X-Request-Id"], answer.read().decode()


def lines(root: Path) -> list[dict[str, str]]:
    text = (root / "data" / "logs" / "sync.log").read_text()
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_synchronous_process_is_watched_as_well(tmp_path: Path) -> None:
    root = write(tmp_path / "pages", PARTS)
    with collecting() as collector:
        with running(root, LOG_FORMAT="json", METRICS="1", OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as copy:
            name, traceparent = get(f"{copy.url}/x")
            until(lambda: bool(collector.named("GET")))
            assert "process_cpu_seconds_total" in get_text(f"{copy.url}/-/metrics")
            until(lambda: any(line["logger"] == "groundplan.request" for line in lines(root)))
        (span,) = [span for span in collector.named("GET") if span.told["url.path"] == "/x"]
    assert (span.service, span.trace) == ("tiny.sync", traceparent.split("-")[1])
    told = {line["logger"]: line for line in lines(root)}
    assert told["shop"]["message"] == f"asked with {name}"
    assert told["shop"]["here"] == told["shop"]["request_id"] == told["groundplan.request"]["request_id"] == name
    assert told["groundplan.request"]["message"] == "GET /x 200"


def get_text(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())


def test_an_answer_that_failed_is_a_failed_span(tmp_path: Path) -> None:
    root = write(tmp_path / "pages", PARTS)
    with collecting() as collector, running(root, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as copy:
        with pytest.raises(urllib.error.HTTPError):
            get(f"{copy.url}/broken")
        until(lambda: bool(collector.named("GET")))
    assert collector.named("GET")[0].status == 2


IMPORTED = """
import sys
from pathlib import Path
from groundplan_runtime.manifest import load_project
from groundplan_runtime.serve import build_asgi
from groundplan_runtime.settings import Settings
from groundplan_runtime.telemetry.start import begin
settings = Settings.load(Path.cwd())
begin(settings, "async")
app = build_asgi(load_project(settings.root).processes("split")["async"], settings, "async")
print(type(app).__name__, *(name for name in sys.modules if name.split(".")[0] in {"opentelemetry", "prometheus_client"}))
"""


def test_nothing_is_imported_or_wrapped_when_nothing_is_asked_for(pair: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", IMPORTED],
        cwd=pair,
        env={"SECRET_KEY": "kQ3vZ8mT1xR6wB9nL4cF7hJ2pD5sG0yA", "PYTHONPATH": f"{pair}:{':'.join(sys.path)}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["_Dispatcher"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"METRICS": "1"}, "METRICS is 1, and prometheus_client is missing"),
        ({"OTEL_TRACES_EXPORTER": "console"}, "opentelemetry is missing, and OTEL_* asks for traces"),
    ],
    ids=["metrics", "traces"],
)
def test_a_missing_package_is_one_sentence(pair: Path, asked: dict[str, str], sentence: str) -> None:
    for package in ("opentelemetry", "prometheus_client"):
        (pair / f"{package}.py").write_text(f"raise ModuleNotFoundError('No module named {package}', name={package!r})")
    ended = command(pair, "run", "--layout", "together", "--port", "0", "--json", **asked)
    assert ended.returncode == 4
    assert sentence in ended.stderr


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT is 'xml' but must be text or json"),
        ({"METRICS": "yes"}, "METRICS is 'yes' but must be 0 or 1"),
        ({"METRICS": "1", "METRICS_ALLOW": "prometheus"}, "METRICS_ALLOW holds 'prometheus' but must hold addresses or networks"),
        ({"OTEL_TRACES_EXPORTER": "pigeon"}, "OTEL_TRACES_EXPORTER: the exporter 'pigeon' is missing"),
    ],
    ids=lambda given: next(iter(given)) if isinstance(given, dict) else "",
)
def test_a_wrong_setting_is_one_sentence(pair: Path, asked: dict[str, str], sentence: str) -> None:
    ended = command(pair, "run", "--layout", "together", "--port", "0", "--json", **asked)
    assert ended.returncode != 0
    assert sentence in ended.stderr


def test_without_a_wish_nothing_answers_at_metrics(pair: Path) -> None:
    with running(pair, "--layout", "together") as copy, pytest.raises(urllib.error.HTTPError) as refused:
        get(f"{copy.url}/api/v1/-/metrics")
    assert refused.value.code == 404
    assert "X-Request-Id" not in refused.value.headers
    assert read_variables(pair)
