"""The interview in a terminal: asks what comes next, keeps what was said, shows the brief before it is written."""

import time
from dataclasses import replace
from pathlib import Path

import click

from groundplan.brief.interview import Interview, Question, Said, brief_text
from groundplan.brief.interview.weighing import WEIGHTS
from groundplan.brief.reading import parse
from groundplan.cli.prompting import ask, pick
from groundplan.cli.resuming import Kept
from groundplan.cli.scales import ends_of, implied
from groundplan.cli.surface import talk
from groundplan.errors import BriefError

__all__ = ["interviewed"]

SECONDS = 180
"""What the interview may take of a person's time; what is open then stays unknown, unless the person wants to go on."""

_WRITE, _CHANGE, _GO_ON, _STOP = "write", "change", "on", "stop"


def interviewed(target: Path) -> str:
    """Ask, show, and give the text of the brief that the person wants. Raises click.Abort when the person stops."""
    kept = Kept.beside(target)
    talk(_greeting(kept, target))
    try:
        return _asked(Interview(_proposed(target)), kept)
    except (KeyboardInterrupt, EOFError, click.Abort):
        if kept.said:
            talk(f"\nWhat was said is kept in {kept.path}; the same command goes on from there.")
        raise click.Abort from None


def _asked(interview: Interview, kept: Kept) -> str:
    """Ask and show until the person wants the brief to be written."""
    limit = SECONDS if kept.seconds < SECONDS else None
    while True:
        interview = _ask_all(interview, kept, limit)
        limit = None
        text = brief_text(interview.counting(kept.said), interview.ends)
        match _review(text, interview, kept.said):
            case "write":
                kept.remove()
                return text
            case "change":
                _change(interview, kept)
            case "stop":
                raise click.Abort


def _greeting(kept: Kept, target: Path) -> str:
    if kept.said:
        return f"Going on after {len(kept.said)} answers. To start anew, delete {kept.path}."
    return (
        f"About three minutes for {target}. Enter passes a question over: it stays unknown, and that is a good answer.\n"
        "Ctrl-C stops; the same command then goes on from there. Nothing is written before you have seen it."
    )


def _proposed(target: Path) -> str:
    """Propose the name of the folder, made into one."""
    words = "".join(character if character.isascii() and character.isalnum() else " " for character in target.resolve().parent.name)
    return "-".join(words.lower().split())[:40].strip("-") or "product"


def _ask_all(interview: Interview, kept: Kept, limit: float | None) -> Interview:
    """Ask until nothing is open, or the time is over and a brief can be written; give the interview with its scales."""
    section = ""
    while (question := interview.upcoming(kept.said)) is not None:
        if question.section == WEIGHTS and section != WEIGHTS:
            interview = replace(interview, ends=ends_of(brief_text(interview.counting(kept.said))))
            question = interview.upcoming(kept.said) or question
        if limit is not None and kept.seconds >= limit and not _needed_open(interview, kept.said):
            talk("\nThree minutes are over; what is open stays unknown.")
            return interview
        if question.section != section:
            section = question.section
            talk(f"\n{section}")
        _ask(question, interview, kept)
    return _with_ends(interview, kept.said)


def _with_ends(interview: Interview, said: Said) -> Interview:
    return interview if interview.ends else replace(interview, ends=ends_of(brief_text(interview.counting(said))))


def _needed_open(interview: Interview, said: Said) -> bool:
    return any(question.needed and question.key not in said for question in interview.questions(said))


def _ask(question: Question, interview: Interview, kept: Kept) -> None:
    every = [one.key for one in interview.questions(kept.said)]
    started = time.monotonic()
    value = ask(question, f"{every.index(question.key) + 1}/{len(every)}")
    kept.add(question.key, value, time.monotonic() - started)


def _review(text: str, interview: Interview, said: Said) -> str:
    """Show the brief and what is wrong with it, and ask what to do. Gives one of write, change, on, stop."""
    talk(f"\n{text}")
    problems = _problems(text)
    for problem in problems:
        talk(problem)
    if not problems:
        talk(f"What counts, by these answers: {implied(text)}.")
    ways = [] if problems else [(_WRITE, "write it")]
    ways += [(_CHANGE, "change an answer")]
    ways += [(_GO_ON, "go on with the open questions")] if interview.upcoming(said) else []
    return pick("And now?", [*ways, (_STOP, "stop; what was said is kept")])


def _problems(text: str) -> list[str]:
    try:
        parse(text, "the brief")
    except BriefError as error:
        return [str(problem) for problem in error.problems]
    return []


def _change(interview: Interview, kept: Kept) -> None:
    """Let one answer be given anew; questions that it raises are asked with it."""
    given = [question for question in interview.questions(kept.said) if question.key in kept.said]
    key = pick("Which one?", [(one.key, f"{one.asks} {one.words(kept.said[one.key])}") for one in given])
    kept.forget(key)
