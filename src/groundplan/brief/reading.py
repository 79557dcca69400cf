"""From a file or a text to a brief, or to all of its mistakes with their lines."""

import re
import tomllib
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path as FilePath
from typing import Any

from groundplan.brief.grammar import BRIEF
from groundplan.brief.mistakes import Mistake, shown
from groundplan.brief.model import Brief
from groundplan.brief.positions import Path, line_of, positions
from groundplan.brief.rules import rule_mistakes
from groundplan.brief.shapes import Schema
from groundplan.brief.values import brief_of
from groundplan.errors import BriefError, Problem

__all__ = ["load", "parse", "placed", "schema"]

Rules = Callable[[dict[str, Any]], Iterable[Mistake]]
"""What finds mistakes in a brief as TOML gives it."""

MOST_BYTES = 200_000
"""A brief is a page of text; anything longer is another file."""

LONGEST_LINE = 4_000
"""In characters. tomllib's work grows with the square of a dotted key's steps: 20,000 take ten seconds."""

_BY_HAND = re.compile(r"[A-Za-z0-9_-]+")
_TOML_PLACE = re.compile(r" \(at line (?P<line>\d+), column (?P<column>\d+)\)| \(at end of document\)")

_TOML_REASONS = {"Cannot overwrite a value": "this key stands here a second time"}
"""What tomllib says -> what its reader needs to know, where the two differ."""


def load(path: FilePath | str, *rules: Rules) -> Brief:
    """Read the brief in a file. rules: as for ``parse``. Raises BriefError, also for a file that cannot be read."""
    source = str(path)
    try:
        with FilePath(path).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _refusal(source, f"the file ({error.strerror})", "cannot be read", "give the path of a brief") from error
    except ValueError as error:  # a NUL in the path
        raise _refusal(shown(source), "the path", "is no path", "give the path of a brief") from error
    if len(content) > MOST_BYTES:
        raise _refusal(source, "the file", f"is longer than {MOST_BYTES} bytes, so it is no brief", "give the path of a brief")
    return parse(_decoded(content, source), source, *rules)


def parse(text: str, source: str = "<brief>", *rules: Rules) -> Brief:
    """Read a brief in TOML. source: what messages call it. rules: what else must hold, beside what a brief says of itself.

    Raises BriefError with every mistake in order of the text.
    """
    _refuse_long_lines(text, source)
    data, lines = _toml(text, source)
    found = [BRIEF.mistakes(data, ()), *(rule(data) for rule in (rule_mistakes, *rules))]
    problems = placed(chain.from_iterable(found), data, lines, source)
    if problems:
        raise BriefError(problems)
    return brief_of(data, source, text)


def schema() -> Schema:
    """Give the JSON Schema (draft 2020-12) of a brief, for editors. It knows shapes; what holds between values only we know."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Groundplan brief",
        "description": "What a project needs.",
    }
    return head | BRIEF.schema()


def _refusal(place: str, value: str, rule: str, remedy: str) -> BriefError:
    return BriefError([Problem(place, value, rule, remedy)])


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _refusal(
            f"{source}:{line}", f"the byte 0x{content[error.start]:02x}", "is not UTF-8", "save the file as UTF-8"
        ) from error


def _refuse_long_lines(text: str, source: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise _refusal(
                f"{source}:{number}", f"the line of {len(line)} characters", "is too long", f"keep lines below {LONGEST_LINE}"
            )


def _toml(text: str, source: str) -> tuple[dict[str, Any], dict[Path, int]]:
    try:
        return tomllib.loads(text), positions(text)
    except ValueError as error:  # TOMLDecodeError, or an integer longer than Python is set to read
        raise _syntax_error(text, source, str(error)) from error
    except RecursionError as error:
        raise _refusal(source, "the nesting of lists and tables", "is too deep", "write a brief as the examples do") from error


def _syntax_error(text: str, source: str, said: str) -> BriefError:
    found = _TOML_PLACE.search(said)
    lines = text.split("\n")
    line, column = (int(found["line"]), int(found["column"])) if found and found["line"] else (len(lines), len(lines[-1]) + 1)
    reason = _TOML_REASONS.get(_TOML_PLACE.sub("", said)) or shown(_TOML_PLACE.sub("", said))[1:-1]
    return _refusal(f"{source}:{line} column {column}", f"the text ({reason})", "is not TOML from here on", "correct this line")


def placed(mistakes: Iterable[Mistake], data: dict[str, Any], lines: dict[Path, int], source: str) -> list[Problem]:
    """Give mistakes with their places, in order of the text. data: what the paths lead through. lines: none for no text."""
    found = sorted(((line_of(mistake.path, lines) or 1, mistake) for mistake in mistakes), key=lambda pair: pair[0])
    problems = (
        Problem(_place(source, line if lines else None, one.path, data), one.value, one.rule, one.remedy) for line, one in found
    )
    return list(dict.fromkeys(problems))


def _place(source: str, line: int | None, path: Path, data: dict[str, Any]) -> str:
    return f"{source}{'' if line is None else f':{line}'} {_spelled(path, data)}".rstrip()


def _spelled(path: Path, data: Any) -> str:
    """Write a path as people say it: list items by name where they have one, ``part.live.needs`` or ``part[2]``."""
    words: list[str] = []
    for step in path:
        data = data[step] if isinstance(step, int) or step in data else None
        words.append(_index(step, data) if isinstance(step, int) else _dotted(step, first=not words))
    return "".join(words)


def _index(index: int, item: object) -> str:
    name = (item.get("name") or item.get("id")) if isinstance(item, dict) else None
    return f".{name}" if isinstance(name, str) and _BY_HAND.fullmatch(name) else f"[{index + 1}]"


def _dotted(key: str, *, first: bool) -> str:
    return ("" if first else ".") + (key if _BY_HAND.fullmatch(key) else shown(key))
