"""What the schedules share: a folder that PostgreSQL's user may enter, and the last lines of a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.crashes import tally
from runtime.events.services import scratch


@pytest.fixture
def folder() -> Iterator[Path]:
    with scratch() as found:
        yield found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in tally.lines():
        terminalreporter.write_line(line)
