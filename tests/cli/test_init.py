"""``init`` in a real terminal, and where there is none."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.conftest import Program
from cli.terminal import DOWN, ENTER, Terminal
from groundplan.brief import load
from groundplan.brief.examples import examples

ROOT = Path(__file__).parents[2]
Start = Callable[..., Terminal]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Give a function that starts ``groundplan init`` in a terminal, in a folder of its own."""
    started: list[Terminal] = []

    def begin(*arguments: str, **environment: str) -> Terminal:
        started.append(Terminal("init", *arguments, cwd=tmp_path, **environment))
        return started[-1]

    yield begin
    for terminal in started:
        terminal.kill()


def first_questions(terminal: Terminal) -> None:
    terminal.wait_for("What is it called?")
    terminal.wait_for("(1/")
    terminal.type("\x15shop" + ENTER)
    terminal.answer("in one line?", "Sales of small shops" + ENTER)


def to_the_parts(terminal: Terminal) -> None:
    terminal.answer("What is not negotiable?", " " + ENTER)
    terminal.answer("Within how many milliseconds", "\x1580" + ENTER)
    terminal.answer("may not be used?", "sanic" + ENTER)
    terminal.answer("Which parts does it have", " " + ENTER)


def over(terminal: Terminal, *questions: str) -> None:
    for question in questions:
        terminal.answer(question, ENTER)


ANSWERS = ("Is there code", "What do staff", "Where does it live", "What do others add", "Who signs in", "outside requests")


def to_the_weights(terminal: Terminal) -> None:
    over(terminal, "How much related", "do staff edit", "Who may do", "pages rendered on", *ANSWERS)
    terminal.answer("How many engineers", "2" + ENTER)
    terminal.answer("shipped with what", "django 2" + ENTER)
    over(terminal, "Who operates it", "weeks are there", "requests a second", "connections are open", "growth is expected")
    over(terminal, "how many years", "do the people change")


def test_an_interview_ends_in_a_brief_that_is_right_and_only_its_path_goes_to_stdout(start: Start, tmp_path: Path) -> None:
    terminal = start("new.toml")
    first_questions(terminal)
    to_the_parts(terminal)
    to_the_weights(terminal)
    terminal.answer("Which would you raise first?", "2" + ENTER)
    terminal.answer("Which next?", ENTER)
    terminal.answer("Inside team and velocity", "1" + ENTER)
    assert 'name = "shop"' in terminal.wait_for("And now?")
    assert not (tmp_path / "new.toml").exists()
    terminal.type("1" + ENTER)
    assert terminal.end() == (0, "new.toml\n")
    brief = load(tmp_path / "new.toml")
    assert (brief.name, brief.summary, brief.priorities) == ("shop", "Sales of small shops", {"first": "team"})
    assert [must.check.text for must in brief.musts] == ["p(99) < 80ms"]
    assert brief.team.shipped == {"django": 2}
    assert brief.choices[0][0] == "skill"
    assert [path.name for path in tmp_path.iterdir()] == ["new.toml"]


def test_who_is_interrupted_goes_on_from_there_and_may_change_an_answer(start: Start, tmp_path: Path) -> None:
    terminal = start()
    first_questions(terminal)
    terminal.wait_for("What is not negotiable?")
    terminal.interrupt()
    code, told = terminal.end()
    assert (code, told) == (130, "")
    assert "is kept in .brief.toml.interview; the same command goes on from there." in terminal.seen
    assert [path.name for path in tmp_path.iterdir()] == [".brief.toml.interview"]
    again = start()
    again.wait_for("Going on after 2 answers.")
    to_the_parts(again)
    to_the_weights(again)
    over(again, "Which would you raise first?")
    again.answer("And now?", "2" + ENTER)
    again.answer("Which one?", DOWN + ENTER)
    again.answer("in one line?", "Other words" + ENTER)
    again.answer("And now?", "1" + ENTER)
    assert again.end() == (0, "brief.toml\n")
    assert load(tmp_path / "brief.toml").summary == "Other words"
    assert [path.name for path in tmp_path.iterdir()] == ["brief.toml"]


def test_when_three_minutes_are_over_the_rest_stays_unknown_unless_one_wants_to_go_on(start: Start, tmp_path: Path) -> None:
    said: dict[str, object] = {"project.name": "shop", "project.summary": None, "musts": []}
    (tmp_path / ".brief.toml.interview").write_text(json.dumps({"said": said, "seconds": 179.99}))
    terminal = start()
    terminal.answer("may not be used?", ENTER)
    terminal.answer("Which parts does it have", ENTER)
    terminal.wait_for("mark one at least")
    terminal.type(" " + ENTER)
    terminal.wait_for("Three minutes are over; what is open stays unknown.")
    terminal.answer("And now?", "3" + ENTER)
    terminal.answer("How much related", "3" + ENTER)
    terminal.wait_for("do staff edit")
    terminal.interrupt()
    assert terminal.end()[0] == 130
    again = start("--format", "json")
    again.answer("do staff edit", ENTER)
    over(again, "Who may do", "pages rendered on", *ANSWERS)
    again.wait_for("How many engineers")
    again.interrupt()
    assert again.end() == (130, "")


def test_what_cannot_be_understood_is_said_in_place(start: Start) -> None:
    terminal = start(NO_COLOR="1")
    first_questions(terminal)
    over(terminal, "What is not negotiable?", "may not be used?")
    terminal.answer("Which parts does it have", " " + ENTER)
    over(terminal, "How much related", "do staff edit", "Who may do", "pages rendered on", *ANSWERS)
    terminal.answer("How many engineers", "some" + ENTER)
    terminal.wait_for("is no number; write a number such as 4 or 2.5, or nothing")
    terminal.interrupt()
    assert terminal.end()[0] == 130


def test_stopping_at_the_review_writes_nothing_and_keeps_what_was_said(start: Start, tmp_path: Path) -> None:
    said = {"project.name": "shop", "parts": ["web"], "team.engineers": 10**9}
    (tmp_path / ".brief.toml.interview").write_text(json.dumps({"said": said, "seconds": 200}))
    terminal = start()
    over(terminal, "in one line?", "What is not negotiable?", "may not be used?", "How much related", "do staff edit", "Who may do")
    over(terminal, "pages rendered on", *ANSWERS, "shipped with what", "Who operates it", "weeks are there", "requests a second")
    over(
        terminal,
        "connections are open",
        "growth is expected",
        "how many years",
        "do the people change",
        "Which would you raise first?",
    )
    terminal.wait_for("team.engineers: 1000000000 is out of range; write a whole number from 1 to 1000000")
    terminal.answer("And now?", DOWN + ENTER)
    assert terminal.end() == (130, "")
    assert [path.name for path in tmp_path.iterdir()] == [".brief.toml.interview"]


def test_a_kept_file_that_is_none_is_refused(start: Start, tmp_path: Path) -> None:
    for content in ("no json", '{"said": {"parts": [1]}, "seconds": 0}', "[]"):
        (tmp_path / ".brief.toml.interview").write_text(content)
        terminal = start()
        assert terminal.end() == (2, "")
        assert "does not hold what an interview keeps; delete it to start the interview anew." in terminal.seen


def test_without_a_terminal_it_says_what_it_needs(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("init", cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("groundplan init: the interview needs a terminal to ask in; run it in one, or write an example")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("arguments", [["brief.toml"], ["brief.toml", "--example", "pulse"]], ids=["asking", "example"])
def test_nothing_is_written_over(groundplan: Program, tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "brief.toml").symlink_to("nowhere")
    ended = groundplan("init", *arguments, cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "brief.toml: the file is there already, and nothing is written over; name another.\n"


def test_an_example_is_written_as_it_is(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("init", "mine.toml", "--example", "grants", "--format", "json", cwd=tmp_path)
    assert (ended.returncode, json.loads(ended.stdout)) == (0, {"written": "mine.toml", "example": "grants"})
    assert (tmp_path / "mine.toml").read_text() == (ROOT / "examples/grants.toml").read_text()


def test_the_examples_are_listed(groundplan: Program) -> None:
    assert groundplan("init", "--example", "list").stdout.split() == list(examples())
    assert json.loads(groundplan("init", "--example", "list", "--format", "json").stdout) == list(examples())
    assert examples() == tuple(sorted(path.stem for path in (ROOT / "examples").glob("*.toml")))


def test_an_example_that_there_is_not_is_told_with_the_nearest(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("init", "--example", "grant", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (2, "groundplan init: 'grant' is no example; write grants.\n")
    assert "there are aggregation, " in groundplan("init", "--example", "zzz", cwd=tmp_path).stderr
