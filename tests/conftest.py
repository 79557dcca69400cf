"""What all suites share: the list of what a run left out, said at its end."""

from collections import Counter
from importlib.util import find_spec
from typing import Any

import pytest

SUITES = {"long": "make test-long", "browser": "make test-browser", "faults": "make faults"}
_left_out: Counter[str] = Counter()


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items:
        for marker, command in SUITES.items():
            if item.get_closest_marker(marker):
                _left_out[command] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker of pytest-xdist tell what it left out; each collects everything."""
    told: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if told is not None:
        told["left_out"] = dict(_left_out)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    _left_out.update(Counter(node.workeroutput.get("left_out", {})) - _left_out if hasattr(node, "workeroutput") else {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for command, count in sorted(_left_out.items()):
        terminalreporter.write_line(f"not run here: {count} tests of a suite of their own, `{command}` runs them")
    if not find_spec("playwright"):
        terminalreporter.write_line(f"not run here: the browser suite, `{SUITES['browser']}` installs what it needs and runs it")
