"""What all suites share: the list of what a run left out, said at its end."""

from collections import Counter

import pytest

SUITES = {"long": "make test-long", "browser": "make test-browser"}
_left_out: Counter[str] = Counter()


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, command in SUITES.items():
            if item.get_closest_marker(marker):
                _left_out[command] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for command, count in sorted(_left_out.items()):
        terminalreporter.write_line(f"not run here: {count} tests of a suite of their own, `{command}` runs them")
