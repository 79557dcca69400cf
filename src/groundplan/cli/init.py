"""``groundplan init``: a brief from an interview, or from an example."""

import sys
from pathlib import Path

import click

from groundplan.brief.examples import example, examples
from groundplan.brief.mistakes import listed
from groundplan.cli.surface import as_json, format_option, result, talk
from groundplan.errors import InputError, Problem, TargetError

__all__ = ["command"]


@click.command("init")
@click.argument("brief", type=click.Path(path_type=Path), default=Path("brief.toml"))
@click.option("--example", "name", metavar="NAME", help="Write an example brief and ask nothing; NAME list names them.")
@format_option("text", "json")
def command(brief: Path, name: str | None, form: str) -> None:
    """Write a brief: answer questions for three minutes, or take an example.

    BRIEF is the file to write, brief.toml when not given; it must not be there
    yet. Every question can be passed over with Enter, which means that it is
    not known. Ctrl-C keeps what was said, and the same command goes on from
    there. Nothing is written before you have seen it.
    """
    if name == "list":
        result(as_json(list(examples())) if form == "json" else "\n".join(examples()))
        return
    _refuse_existing(brief)
    text = example(name) if name is not None else _asked(brief)
    _write(brief, text)
    result(as_json({"written": str(brief), "example": name}) if form == "json" else str(brief))
    talk(f"Next: groundplan check {brief}, groundplan decide {brief}")


def _refuse_existing(target: Path) -> None:
    if target.exists() or target.is_symlink():
        raise TargetError(str(Problem(str(target), "the file", "is there already, and nothing is written over", "name another")))


def _asked(target: Path) -> str:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        remedy = (
            f"run it in one, or write an example with --example NAME (NAME: {listed(examples())}) and change it, "
            "or write a brief by hand: docs/how-to/write-a-brief.md"
        )
        raise InputError(str(Problem("groundplan init", "the interview", "needs a terminal to ask in", remedy)))
    from groundplan.cli.interviewing import interviewed  # noqa: PLC0415 -- prompting is loaded only where somebody is asked

    return interviewed(target)


def _write(target: Path, text: str) -> None:
    """Write a new file. Raises TargetError when somebody else wrote it meanwhile."""
    try:
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        _refuse_existing(target)
