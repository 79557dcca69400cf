"""One generated project that is watched in every way: Django, FastAPI and live sockets, with a real Valkey."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from groundplan.brief.model import Kind
from runtime.events.services import valkey_server
from runtime.runner.projects import write
from runtime.telemetry.collector import Collector, collecting
from templates.building import Served, build, served, stack
from templates.visitor import Visitor

PARTS = (
    ("office", Kind.WEB, stack("django", "django-htmx", interface="wsgi")),
    ("public", Kind.API, stack("fastapi", "sqlalchemy")),
    ("live", Kind.REALTIME, stack("starlette")),
)


@dataclass(frozen=True)
class Watched:
    """The running project, who receives its traces, and where its log is."""

    served: Served
    collector: Collector
    log: Path
    ada: Visitor

    def lines(self) -> list[dict[str, Any]]:
        """Give the log lines so far; each must be a JSON object."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def figure(self, name: str) -> float:
        """Give one figure of the metrics, 0 when it is not told."""
        text = Visitor(self.served).get("/-/metrics").raise_for_status().text
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"{name} "))


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("project"), PARTS)


@pytest.fixture(scope="session")
def watched(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    data = tmp_path_factory.mktemp("data")
    asked = {"LOG_FORMAT": "json", "METRICS": "1"}
    with (
        valkey_server() as valkey,
        collecting() as collector,
        served(root, data, EVENTS_URL=valkey.url, **asked, **collector.environment()) as project,
        Visitor(project) as ada,
    ):
        yield Watched(project, collector, data / "serve.log", ada.sign_in("ada"))


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    return write(tmp_path / "pair")
