"""What the schedules share: one PostgreSQL server, and a folder that its user may enter."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.crashes import tally
from runtime.events.services import postgresql_server, scratch


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch() as found:
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in tally.lines():
        terminalreporter.write_line(line)
