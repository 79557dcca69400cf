"""Where words go: results to stdout, talk to stderr."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click

__all__ = ["OUTPUT_CLOSED", "Surface", "as_json", "colorful", "file_option", "format_option", "put", "result", "talk", "width"]

OUTPUT_CLOSED = 141
"""Exit code when the reader of our results went away, as shells tell it: 128 + SIGPIPE."""

_WIDEST = 120
"""Columns; longer lines are hard to read."""

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(slots=True)
class Surface:
    """How this run speaks. format: of the results; traceback: whether a failure shows its whole way."""

    format: str = "text"
    traceback: bool = False


def format_option(*formats: str) -> Callable[[Command], Command]:
    """Give the option ``--format``; the first format is the default."""
    return click.option(
        "--format", "form", type=click.Choice(formats), default=formats[0], show_default=True, help="Form of the result.",
        is_eager=True, callback=_remember,
    )  # fmt: skip


def file_option(text: str) -> Callable[[Command], Command]:
    """Give the option ``--output FILE``."""
    return click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help=text)


def _remember(context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Keep the format where a failure will look for it."""
    context.ensure_object(Surface).format = value
    return value


def as_json(value: object) -> str:
    """Write a value as JSON, the same bytes for the same value."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def result(text: str) -> None:
    """Write a result to stdout, whole. Ends the run quietly when nobody reads any more."""
    try:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes stdout once more at its end, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(OUTPUT_CLOSED) from None


def put(text: str, output: Path | None) -> None:
    """Write a result to a file, whole or not at all, or to stdout when there is none."""
    if output is None:
        result(text)
        return
    staging = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        staging.write_text(text, encoding="utf-8")
        staging.replace(output)
    finally:
        staging.unlink(missing_ok=True)
    talk(f"written to {output}")


def talk(sentence: str) -> None:
    """Say something to the person who watches."""
    click.echo(sentence, err=True)


def colorful() -> bool:
    """Tell whether stdout may have colours: a terminal shows it, and NO_COLOR (no-color.org) is not set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def width() -> int:
    """Give the columns that a result may use."""
    return min(shutil.get_terminal_size().columns, _WIDEST)
