"""Where each key and value of a TOML text stands.

Why not a library: tomllib gives values without positions, and tomlkit keeps none either. tomllib has already accepted the
text when this is called, so the scanner only has to find things, never to judge them.
"""

import re
import tomllib
from bisect import bisect_right

__all__ = ["Path", "line_of", "positions"]

Path = tuple[str | int, ...]
"""Keys and list indices (from 0) that lead to a value, e.g. ``("part", 1, "needs", "cpu_or_ml")``."""

_DEEPEST = 32
"""Steps of the longest path that gets a line; a brief needs five. Without a limit a dotted key of a megabyte costs gigabytes."""

# No possessive quantifiers: Python 3.11.0 to 3.11.4 matches wrongly with them (python/cpython issues 100061 and 106052).
_STRING = r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}|\'\'\'(?:[^\']|\'{1,2}(?!\'))*\'{3,5}|"(?:[^"\\]|\\.)*"|\'[^\']*\''
_STRING_TOKEN = re.compile(_STRING, re.DOTALL)
_BLANK = re.compile(r"(?:[ \t\r\n,]+|#[^\n]*)*")
_KEY_PART = re.compile(rf"[ \t]*(?:{_STRING}|[A-Za-z0-9_-]+)[ \t]*", re.DOTALL)
_BARE_VALUE = re.compile(r"[^,\]}#\n]+")


def positions(text: str) -> dict[Path, int]:
    """Give the line (from 1) of every key, table and list element of a TOML text that tomllib accepts."""
    return _Scanner(text).scan()


def line_of(path: Path, lines: dict[Path, int]) -> int | None:
    """Give the line of the value at ``path``, or of the nearest thing around it that stands in the text."""
    return next((lines[path[:end]] for end in range(len(path), 0, -1) if path[:end] in lines), None)


class _Scanner:
    """Walks once through a valid text; ``at`` is the offset of the next character."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.found: dict[Path, int] = {}
        self.elements: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        while self.skip_blank():
            table = self.header() if self.text[self.at] == "[" else self.pair(table)
        return self.found

    def skip_blank(self) -> bool:
        """Step over spaces, newlines, commas and comments; tell whether anything is left."""
        self.at = self.end_of(_BLANK)
        return self.at < len(self.text)

    def end_of(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self.text, self.at)
        return match.end() if match else self.at

    def note(self, path: Path, offset: int) -> None:
        if len(path) <= _DEEPEST:
            self.found.setdefault(path, bisect_right(self.starts, offset))

    def header(self) -> Path:
        """Read ``[a.b]`` or ``[[a.b]]`` and give the path of the table it opens."""
        start, many = self.at, self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        path = self.keys((), start)
        self.at += 2 if many else 1
        if many:
            self.elements[path] = self.elements.get(path, -1) + 1
            path = (*path, self.elements[path])
            self.note(path, start)
        return self.inside(path)

    def keys(self, table: Path, start: int) -> Path:
        """Read a dotted key below ``table``, noting every step; a step into a list of tables means its last element."""
        path = (*table, self.key())
        self.note(path, start)
        while self.text[self.at] == ".":
            self.at += 1
            path = (*self.inside(path), self.key())
            self.note(path, start)
        return path

    def inside(self, path: Path) -> Path:
        return (*path, self.elements[path]) if path in self.elements else path

    def key(self) -> str:
        start, self.at = self.at, self.end_of(_KEY_PART)
        written = self.text[start : self.at].strip()
        return next(iter(tomllib.loads(f"{written}=0"))) if written[0] in "\"'" else written

    def pair(self, table: Path) -> Path:
        """Read ``key = value`` in ``table``; gives ``table`` back."""
        path = self.keys(table, self.at)
        self.at += 1
        self.skip_blank()
        self.value(path)
        return table

    def value(self, path: Path) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self.array(path)
        elif opening == "{":
            self.inline_table(path)
        else:
            self.at = self.end_of(_STRING_TOKEN if opening in "\"'" else _BARE_VALUE)

    def array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self.skip_blank() and self.text[self.at] != "]":
            self.note((*path, index), self.at)
            self.value((*path, index))
            index += 1
        self.at += 1

    def inline_table(self, path: Path) -> None:
        self.at += 1
        while self.skip_blank() and self.text[self.at] != "}":
            self.pair(path)
        self.at += 1
