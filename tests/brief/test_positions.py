"""The scanner against tomllib: everything that tomllib finds has a line, and the line is the right one."""

import json
import string
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groundplan.brief.positions import Path, line_of, positions

TEXT = """\
# a comment with = and [brackets]
format = 1
[project]   # another
name = 'pulse # no comment'
summary = \"\"\"
two [[part]]
lines \"quoted\"\"\"\"
[[part]]
name = "office"
needs = { relational_data = 3, "quoted.key" = [1,
  2, # inside
  { deep = 1979-05-27 07:32:00 }] }
[[part]]
name = "live"
team.size.now = 4
[part.more]
left = ''' \\ '''
[[part.steps]]
one = 1
[[part.steps]]
two = 2
"""


def test_every_key_table_and_element_has_its_line() -> None:
    assert positions(TEXT) == {
        ("format",): 2,
        ("project",): 3,
        ("project", "name"): 4,
        ("project", "summary"): 5,
        ("part",): 8,
        ("part", 0): 8,
        ("part", 0, "name"): 9,
        ("part", 0, "needs"): 10,
        ("part", 0, "needs", "relational_data"): 10,
        ("part", 0, "needs", "quoted.key"): 10,
        ("part", 0, "needs", "quoted.key", 0): 10,
        ("part", 0, "needs", "quoted.key", 1): 11,
        ("part", 0, "needs", "quoted.key", 2): 12,
        ("part", 0, "needs", "quoted.key", 2, "deep"): 12,
        ("part", 1): 13,
        ("part", 1, "name"): 14,
        ("part", 1, "team"): 15,
        ("part", 1, "team", "size"): 15,
        ("part", 1, "team", "size", "now"): 15,
        ("part", 1, "more"): 16,
        ("part", 1, "more", "left"): 17,
        ("part", 1, "steps"): 18,
        ("part", 1, "steps", 0): 18,
        ("part", 1, "steps", 0, "one"): 19,
        ("part", 1, "steps", 1): 20,
        ("part", 1, "steps", 1, "two"): 21,
    }


def test_a_missing_key_stands_where_its_table_stands() -> None:
    assert line_of(("part", 1, "kind"), positions(TEXT)) == 13


def test_the_whole_text_has_no_line() -> None:
    assert line_of(("nothing",), positions(TEXT)) is None


def test_windows_line_ends_count_as_one_line() -> None:
    assert positions("a = 1\r\n[b]\r\nc = '''\r\n'''\r\nd = 2\r\n")["b", "d"] == 5


def paths_of(value: Any, path: Path = ()) -> set[Path]:
    """All paths of a parsed TOML document, found without the scanner."""
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {path} - {()} | {found for step, child in steps for found in paths_of(child, (*path, step))}


KEYS = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=4) | st.text(max_size=4)
SCALARS = st.text(max_size=12) | st.integers(-9, 99) | st.booleans() | st.dates() | st.datetimes() | st.floats(allow_nan=False)
VALUES = st.recursive(SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(KEYS, v, max_size=3), max_leaves=6)
PADS = st.sampled_from(["", " ", "\t"])
BREAKS = st.sampled_from(["", " ", "\n", ' # c ] } "\n', "\n\n"])


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def written_string(text: str, draw: Any) -> str:
    forms = [quoted(text), f'""{quoted(text)}""']
    if text.isprintable() and text.isascii():
        forms += [f"'{text}'"] * ("'" not in text) + [f"'''\n{text}'''"] * ("'''" not in text and not text.endswith("'"))
        forms += [f'"""{text}\\"\n"""'] * ("\\" not in text and '"' not in text)
    return str(draw(st.sampled_from(forms)))


def written_key(key: str) -> str:
    return key if key and set(key) <= set(string.ascii_letters + string.digits + "_-") else quoted(key)


class Writer:
    """Writes a TOML document in random styles, remembering on which line each path was written."""

    def __init__(self, draw: Any) -> None:
        self.draw, self.text, self.lines = draw, "", dict[Path, int]()

    def put(self, text: str) -> None:
        self.text += text

    def mark(self, path: Path) -> None:
        self.lines.setdefault(path, self.text.count("\n") + 1)

    def pad(self) -> None:
        self.put(self.draw(PADS))

    def value(self, value: Any, path: Path) -> None:
        if isinstance(value, str):
            self.put(written_string(value, self.draw))
        elif isinstance(value, list):
            self.listing(value, path)
        elif isinstance(value, dict):
            self.inline(value, path)
        elif isinstance(value, bool):
            self.put(str(value).lower())
        else:
            self.put(value.isoformat() if hasattr(value, "isoformat") else repr(value))

    def listing(self, items: list[Any], path: Path) -> None:
        self.put("[")
        for index, item in enumerate(items):
            self.put(self.draw(BREAKS))
            self.mark((*path, index))
            self.value(item, (*path, index))
            self.put(self.draw(BREAKS) + ("," if index < len(items) - 1 or self.draw(st.booleans()) else ""))
        self.put(self.draw(BREAKS) + "]")

    def inline(self, table: dict[str, Any], path: Path) -> None:
        self.put("{")
        for number, (key, value) in enumerate(table.items()):
            self.put(", " if number else "")
            self.pair(key, value, path)
        self.put("}")

    def pair(self, key: str, value: Any, path: Path) -> None:
        self.pad()
        self.mark((*path, key))
        self.put(written_key(key))
        self.pad()
        self.put("=")
        self.pad()
        self.value(value, (*path, key))

    def table(self, table: dict[str, Any], path: Path) -> None:
        for key, value in table.items():
            self.pair(key, value, path)
            self.put(self.draw(st.sampled_from(["\n", " # end\n", "\r\n", "\n\n"])))


TABLES = st.dictionaries(KEYS, VALUES, max_size=3)
LISTED = st.dictionaries(KEYS, st.lists(TABLES, min_size=1, max_size=3), max_size=2)


@given(st.data(), TABLES, LISTED)
def test_every_path_of_any_document_has_its_line(data: st.DataObject, top: dict[str, Any], listed: dict[str, list[Any]]) -> None:
    writer = Writer(data.draw)
    writer.table(top, ())
    for key, tables in listed.items():
        if key in top:
            continue
        for index, table in enumerate(tables):
            writer.pad()
            writer.mark((key,))
            writer.mark((key, index))
            writer.put(f"[[ {written_key(key)} ]]\n")
            writer.table(table, (key, index))
    found = positions(writer.text)
    assert found == writer.lines
    assert set(found) == paths_of(tomllib.loads(writer.text))
