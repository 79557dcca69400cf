"""A stand-in project in a folder of its own, running or not, and the brief it was made from."""

import http.client
import itertools
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from groundplan.brief.model import Brief, Check, Comparison, Entity, Field, FieldType, Kind, LoadPlan, Must, Part
from groundplan.proof.running import Account, Launch, Running, running, scratch_folder
from groundplan.proof.scene import Scene
from groundplan.proof.surface import read_surface

HERE = Path(__file__).parent
PROJECT = """format = 1
name = "standin"
[run]
layout = "together"
port = 8000
[layouts.mine]
one = ["office", "public", "live"]
"""
PARTS = {"office": ("web", "django", "/"), "public": ("api", "starlette", "/api/v1"), "live": ("realtime", "starlette", "/live")}
NUMBERS = itertools.count(1)
"""Shared by all tests on one running stand-in, as by all starts of one proof."""
SALE = Entity(
    "sale",
    (
        Field("shop", FieldType.TEXT, length=80),
        Field("amount", FieldType.DECIMAL, digits=12, places=2),
        Field("sold_at", FieldType.DATETIME),
    ),
)


def write_project(folder: Path, parts: dict[str, tuple[str, str, str]] | None = None) -> Path:
    """Put a stand-in into a folder."""
    shutil.copytree(HERE / "standin", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    entries = (PARTS if parts is None else parts).items()
    told = [("name", "kind", "framework", "prefix"), *((name, *rest) for name, rest in entries)]
    lines = [[f'{key} = "{value}"' for key, value in zip(told[0], part, strict=True)] for part in told[1:]]
    (folder / "project.toml").write_text(PROJECT + "".join("\n".join(["[[part]]", *part, ""]) for part in lines))
    return folder


def make_brief(*musts: Must) -> Brief:
    parts = tuple(Part(name, Kind(kind), 1 / 3) for name, (kind, _, _) in PARTS.items())
    return Brief("standin", "", parts, entities=(SALE,), musts=musts)


def make_must(metric: str, limit: float, load: LoadPlan, *, percent: float | None = None, part: str | None = "public") -> Must:
    comparison = {"events_lost": Comparison.EQUAL, "throughput": Comparison.AT_LEAST}.get(metric, Comparison.BELOW)
    unit = {"latency": "s", "delivery": "s", "throughput": "1/s", "memory": "B"}.get(metric, "1")
    text = f"p({percent:g}) {comparison} {limit:g}{unit}" if percent else f"{comparison} {limit:g}"
    return Must(f"must-{metric}", part, metric, Check(comparison, limit, unit, percent, text), load)


@pytest.fixture
def standin(tmp_path: Path) -> Path:
    """Give the folder of a stand-in project."""
    return write_project(tmp_path / "standin")


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, Launch]]:
    """Give a stand-in that runs for all tests of a module."""
    root = write_project(tmp_path_factory.mktemp("proof") / "standin")
    permissions = [f"office.{verb}_sale" for verb in ("view", "add", "change", "delete")]
    accounts = (
        Account.make("insider", staff=True, permissions=permissions),
        Account.make("outsider", staff=False, permissions=[]),
    )
    with scratch_folder(accounts) as scratch:
        launch = Launch(root, Path(sys.executable), None, services=False, scratch=scratch, accounts=accounts)
        with running(launch) as project:
            yield project, launch


Switch = Callable[..., None]


@pytest.fixture
def switch(started: tuple[Running, Launch]) -> Iterator[Switch]:
    """Give a function that leaves out protections; all are back afterwards."""

    def leave_out(*names: str) -> None:
        connection = http.client.HTTPConnection(started[0].host, started[0].port, timeout=10)
        connection.request("POST", "/-/switch", json.dumps(names), {"Host": f"127.0.0.1:{started[0].port}"})
        assert connection.getresponse().status == 200
        connection.close()

    yield leave_out
    leave_out()


@pytest.fixture
def scene(started: tuple[Running, Launch]) -> Scene:
    """Give the running stand-in with its people."""
    project, launch = started
    insider, outsider = launch.accounts
    return Scene(read_surface(launch.root, make_brief()), project.url, insider, outsider, NUMBERS)
