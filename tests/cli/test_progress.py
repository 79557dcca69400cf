"""Progress: a line per step in a file, in place on a terminal."""

import io
import os
import pty
from collections.abc import Iterable

from groundplan.cli.progress import Talker
from groundplan.events import Event, Progress, StepFinished, StepStarted, Told

EVENTS: list[Event] = [
    StepStarted("load", 20.0),
    Progress("load", 10, 40, 15.2),
    Progress("load", 20, 40),
    Told("the machine is busy"),
    StepFinished("load", 20.04),
    StepStarted("cuts"),
    StepFinished("cuts", 1.0, ok=False),
]


def tell(talker: Talker, events: Iterable[Event]) -> None:
    for event in events:
        talker(event)


def test_a_file_gets_a_line_per_step_and_no_control_characters() -> None:
    stream = io.StringIO()
    tell(Talker(stream), EVENTS)
    assert stream.getvalue() == (
        "  load … (about 20 s)\n  the machine is busy\n  load: done in 20.0 s\n  cuts …\n  cuts: failed in 1.0 s\n"
    )


def on_a_terminal(events: Iterable[Event], end: str) -> str:
    """Give what a terminal is sent, up to these last characters."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as stream:
        tell(Talker(stream), events)
        seen = ""
        while not seen.endswith(end):
            seen += os.read(ours, 10_000).decode()
    os.close(ours)
    return seen


def test_what_is_done_leaves_an_empty_line_to_who_writes_next() -> None:
    seen = on_a_terminal([Progress("answers", 1, 2, 0.4), Progress("answers", 2, 2, 0.0)], "\r\x1b[K")
    assert seen == "\r\x1b[K  answers: 1 of 2, 0 s left\r\x1b[K"


def test_a_terminal_sees_how_far_it_is_in_place() -> None:
    seen = on_a_terminal(EVENTS[:3], "20 of 40")
    assert seen.split("\r\x1b[K") == ["", "  load … (about 20 s)", "  load: 10 of 40, 15 s left", "  load: 20 of 40"]
