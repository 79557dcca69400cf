"""Whatever a file holds, the reader gives a brief or a BriefError whose problems are whole sentences."""

import tempfile
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.brief import Brief, load, parse
from groundplan.brief.judged import GAP_WORDS, GAPS, PLACES
from groundplan.brief.model import ANSWERS, AXES
from groundplan.errors import BriefError

EXAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))]
PIECES = st.binary(max_size=12) | st.sampled_from(
    [
        b"[[part]]\n",
        b"[part]\n",
        b"{",
        b"}",
        b"[",
        b"]",
        b'"',
        b"'''",
        b"=",
        b"\n",
        b"\\u0000",
        b"name",
        b"unknown",
        b"1e999",
        b"inf",
        b"0x1f",
    ]
)


def outcome(content: bytes) -> Brief | BriefError:
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(content)
        file.flush()
        try:
            return load(file.name)
        except BriefError as error:
            return error


def assert_sentences(error: BriefError) -> None:
    assert error.problems
    for problem in error.problems:
        text = str(problem)
        assert text.isprintable(), text
        assert problem.rule
        assert problem.remedy
        assert text.endswith(".")


@given(st.binary(max_size=400))
def test_any_bytes_are_refused_in_sentences(content: bytes) -> None:
    ended = outcome(content)
    assert isinstance(ended, BriefError)
    assert_sentences(ended)


@given(st.data())
@settings(max_examples=400)
def test_an_example_with_pieces_cut_out_and_put_in_is_read_or_refused_in_sentences(data: st.DataObject) -> None:
    content = data.draw(st.sampled_from(EXAMPLES))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(content)))
        end = data.draw(st.integers(start, min(start + 20, len(content))))
        content = content[:start] + data.draw(PIECES) + content[end:]
    ended = outcome(content)
    if isinstance(ended, BriefError):
        assert_sentences(ended)


KEYS = st.sampled_from(
    [
        *("format", "project", "part", "entity", "team", "load", "must", "name", "fields", "needs", "policy", "check", "cut"),
        *("answers", "existing_code", "keep_existing", "identity", "incumbent", "priorities", "first", "gap_1", "choices"),
    ]
)
VALUES = st.recursive(
    st.integers()
    | st.booleans()
    | st.text(max_size=4).map(lambda text: text.replace("\x7f", ""))
    | st.sampled_from(["product", "none", "unknown", "team", "a > b", "b > a"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def written(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(inner) for inner in value) + "]"
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(character):08x}" for character in value) + '"'
    return str(value).lower()


@given(st.dictionaries(KEYS, VALUES, max_size=6))
def test_right_toml_with_wrong_shapes_is_refused_in_sentences(tables: dict[str, object]) -> None:
    try:
        parse("".join(f"{key} = {written(value)}\n" for key, value in tables.items()))
    except BriefError as error:
        assert_sentences(error)
    else:
        raise AssertionError(tables)


JUDGED = st.dictionaries(
    st.sampled_from([*ANSWERS, *PLACES, *GAPS, "choices"]),
    VALUES
    | st.sampled_from([*AXES, *GAP_WORDS, "none", "sync", 0, 3])
    | st.lists(st.sampled_from(["a > b", "b > c", "c > a"]), max_size=4),
    max_size=4,
)


@given(JUDGED, JUDGED)
def test_answers_and_priorities_of_any_shape_are_read_or_refused_in_sentences(
    answers: dict[str, object], priorities: dict[str, object]
) -> None:
    tables = {"answers": answers, "priorities": priorities}
    start = 'format = 1\nproject = { name = "a" }\npart = [{ name = "b", kind = "web" }]\n'
    try:
        parse(start + "".join(f"{key} = {written(value)}\n" for key, value in tables.items()))
    except BriefError as error:
        assert_sentences(error)


def test_a_great_many_choices_are_refused_at_once() -> None:
    head = 'format = 1\nproject = { name = "a" }\npart = [{ name = "b", kind = "web" }]\n'
    many = ", ".join(f'"{above} > {below}"' for above, below in product("abcdefghij", "klmnopqrst"))
    with pytest.raises(BriefError, match="longer than 40"):
        parse(f"{head}priorities = {{ choices = [{many}] }}\n")
