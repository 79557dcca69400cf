"""A real Django project on each database, and this side's view of it."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from groundplan_runtime.database import Database, open_database
from groundplan_runtime.identity import Identity
from groundplan_runtime.runner.postgresql import PostgreSQL
from groundplan_runtime.runner.processes import Supervisor
from runtime.identity.site_files import Site, write_project

Run = Callable[[Awaitable[Any]], Any]


def new_site(root: Path, url: str = "", engine: str = "db") -> Site:
    """Start a project whose tables and identity file are there."""
    site = Site(write_project(root, url), engine=engine)
    try:
        site("migrate")
        told = site("command", "export_identity")
        assert told["code"] == 0, told
    except BaseException:
        site.stop()
        raise
    return site


def _site(root: Path, url: str = "") -> Iterator[Site]:
    site = new_site(root, url)
    yield site
    site.stop()


@pytest.fixture(scope="session")
def sqlite_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    yield from _site(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="groundplan-"))
    folder.chmod(0o755)  # PostgreSQL runs as somebody else when the tests run as root
    supervisor = Supervisor(folder / "logs", lambda _process, _line: None)
    server = PostgreSQL(folder, "pulse")
    child = server.start(supervisor)
    try:
        while not server.ready():
            supervisor.wait(0.05)
        yield server.url
    finally:
        supervisor.stop([child])
        rmtree(folder)
        for scratch in server.scratch:
            rmtree(scratch)


@pytest.fixture(scope="session")
def postgresql_site(tmp_path_factory: pytest.TempPathFactory, postgresql_url: str) -> Iterator[Site]:
    yield from _site(tmp_path_factory.mktemp("postgresql"), postgresql_url)


@pytest.fixture
def sqlite(sqlite_site: Site) -> Site:
    sqlite_site("flush")
    return sqlite_site


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest) -> Site:
    found: Site = request.getfixturevalue(f"{request.param}_site")
    found("flush")
    return found


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a coroutine; all of one test in one loop."""
    with asyncio.Runner() as runner:

        async def waited(awaitable: Awaitable[Any]) -> Any:
            return await awaitable

        yield lambda awaitable: runner.run(waited(awaitable))


@pytest.fixture
def database(site: Site, run: Run) -> Iterator[Database]:
    opened = open_database(site.settings.database_url)
    yield opened
    run(opened.close())


@pytest.fixture
def identity(site: Site, database: Database) -> Identity:
    return Identity(site.settings, database)
