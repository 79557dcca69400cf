"""A database of the version before, whose events do not say where they come from."""

import subprocess
import sys
from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from groundplan_runtime.adapters.sqlalchemy import install
from runtime.events.services import fresh_postgresql, fresh_sqlite, postgresql_server
from runtime.telemetry.conftest import Watched

BEFORE = "ALTER TABLE event_log DROP COLUMN origin"


def columns(url: str) -> set[str]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    found = {column["name"] for column in inspect(engine).get_columns("event_log")}
    engine.dispose()
    return found


def upgraded(url: str) -> set[str]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text(BEFORE))
    for _ in range(2):
        with engine.begin() as connection:
            install(connection)
    engine.dispose()
    return columns(url)


def test_install_adds_what_is_missing_and_may_run_again_on_sqlite(tmp_path: Path) -> None:
    assert "origin" in upgraded(fresh_sqlite(tmp_path))


def test_install_adds_what_is_missing_and_may_run_again_on_postgresql() -> None:
    with postgresql_server() as server:
        assert "origin" in upgraded(fresh_postgresql(server))


def test_djangos_migration_adds_what_is_missing(watched: Watched, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'older.sqlite3'}"
    environment = watched.served.environment | {"DATABASE_URL": url}

    def migrate(*to: str) -> None:
        command = [sys.executable, "manage.py", "migrate", "-v", "0", *to]
        subprocess.run(command, cwd=watched.served.root, env=environment, check=True, timeout=60)

    migrate("groundplan", "0001")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(BEFORE))
    engine.dispose()
    migrate()
    assert "origin" in columns(url)
    migrate("groundplan", "0001")
    assert "origin" in columns(url)
