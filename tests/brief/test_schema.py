"""The published JSON Schema: current, valid, and never stricter than the reader; where only shapes matter, as strict."""

import copy
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from groundplan.brief import schema
from groundplan.brief.grammar import BRIEF

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").rglob("*.toml"))
PULSE = tomllib.loads((ROOT / "examples/pulse.toml").read_text())
VALIDATOR = Draft202012Validator(schema())


def test_the_published_schema_is_current() -> None:
    published = (ROOT / "docs/reference/brief.schema.json").read_text()
    assert published == json.dumps(schema(), indent=2) + "\n", "groundplan schema brief > docs/reference/brief.schema.json"


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_example_is_valid(path: Path) -> None:
    assert not list(VALIDATOR.iter_errors(tomllib.loads(path.read_text())))


def described(node: dict[str, Any]) -> Iterator[bool]:
    for key in node.get("properties", {}).values():
        yield bool(key["description"])
        yield from described(key.get("items", key))


def test_every_key_says_what_it_is_for() -> None:
    assert all(described(schema()))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    for step, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, step))


def steps(value: Any) -> Any:
    """Give what leads further into a value: an earlier change may have put something smaller there."""
    return value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()


PLACES = [path for path in places(PULSE) if path]
ODD = st.one_of(
    st.integers(-2, 5),
    st.floats().filter(lambda number: not number.is_integer()),
    st.booleans(),
    st.sampled_from(
        ["unknown", "web", "api", "django", "text(80)", "integer null", "latency", "= 0", "200/s", "2s every 10s", "", "X"]
    ),
    st.text(max_size=5),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["name", "kind", "cpu_or_ml", "rate", "x"]), st.integers(0, 3), max_size=2),
)


@st.composite
def broken_briefs(draw: st.DrawFn) -> dict[str, Any]:
    """Give pulse.toml with a few values replaced, taken out, or added under another name."""
    brief = copy.deepcopy(PULSE)
    for path in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3, unique=True)):
        table: Any = brief
        for step in path[:-1]:
            table = table[step] if step in steps(table) else None
        if isinstance(table, dict) and path[-1] in table:
            change(draw, table, path[-1])
    return brief


def change(draw: st.DrawFn, table: dict[str, Any], key: str) -> None:
    match draw(st.integers(0, 2)):
        case 0:
            table[key] = draw(ODD)
        case 1:
            del table[key]
        case _:
            table[draw(st.text(max_size=8))] = table.pop(key)


@given(broken_briefs())
def test_what_the_reader_accepts_the_schema_accepts(brief: dict[str, Any]) -> None:
    if not list(BRIEF.mistakes(brief, ())):
        assert not list(VALIDATOR.iter_errors(brief))


@given(broken_briefs())
def test_the_schema_sees_every_wrong_shape(brief: dict[str, Any]) -> None:
    rules = {mistake.rule for mistake in BRIEF.mistakes(brief, ())}
    shapes = {rule for rule in rules if rule.startswith(("is missing", "is a ", "cannot stand here", "is no ", "is out of range"))}
    if shapes - {"is no rate", "is no duration"}:
        assert list(VALIDATOR.iter_errors(brief))
