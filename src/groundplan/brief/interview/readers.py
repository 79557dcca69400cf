"""What a person types, as the value that the brief wants. Each reader raises GrammarError for what it cannot take."""

import re
from collections.abc import Callable

from groundplan.brief.grammar import BRIEF
from groundplan.brief.mistakes import GrammarError
from groundplan.brief.names import slug
from groundplan.brief.shapes import Shape, Table

__all__ = ["Value", "count_by_skill", "figure", "framework", "line", "name", "names", "number"]

Value = str | int | float | list[str] | dict[str, int] | None
"""An answer; None: not known."""

_NAME_LENGTH = 40
_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_SKILL = re.compile(r"(?P<skill>[A-Za-z][\w.+#-]*)[ =:]+(?P<count>[0-9]{1,6})")


def _shape(path: str) -> Shape:
    table, key = path.split(".")
    group = BRIEF.keys[table].shape
    if not isinstance(group, Table):
        raise TypeError(path)
    return group.keys[key].shape


def _checked(path: str, value: Value) -> Value:
    """Give a value that the grammar of the brief takes at ``table.key``."""
    for mistake in _shape(path).mistakes(value, ()):
        raise GrammarError(mistake.rule, mistake.remedy)
    return value


def name(text: str) -> Value:
    """Read the project's name."""
    slug(text, _NAME_LENGTH)
    return text


def line(path: str) -> Callable[[str], Value]:
    """Give a reader of a text of one line."""
    return lambda text: _checked(path, text)


def framework(text: str) -> Value:
    """Read the name of a framework, as the catalogue writes it."""
    return str(_checked("project.summary", text)).lower()


def number(path: str) -> Callable[[str], Value]:
    """Give a reader of the number at a place of the brief."""

    def read(text: str) -> Value:
        return _checked(path, figure(text))

    return read


def figure(text: str) -> int | float:
    """Read a number above or equal to 0, whole where it is whole."""
    if not _NUMBER.fullmatch(text):
        raise GrammarError("is no number", "write a number such as 4 or 2.5, or nothing")
    return float(text) if "." in text else int(text)


def count_by_skill(engineers: int | None) -> Callable[[str], Value]:
    """Give a reader of ``django 3, fastapi 1``. engineers: the most there can be; None: not known."""

    def read(text: str) -> Value:
        found = {}
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            match = _SKILL.fullmatch(part)
            if match is None:
                raise GrammarError("does not say who has shipped with what", 'write "django 3, fastapi 1" or the like')
            if engineers is not None and int(match["count"]) > engineers:
                raise GrammarError(f"names more people than the {engineers} there are", f"write numbers up to {engineers}")
            found[match["skill"].lower()] = int(match["count"])
        return found

    return read


def names(text: str) -> Value:
    """Read names with commas between them."""
    return list(dict.fromkeys(filter(None, (piece.strip().lower() for piece in text.split(",")))))
