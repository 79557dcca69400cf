"""The reference page names everything the grammar knows, and its examples are right."""

import re
from pathlib import Path

import pytest

from groundplan.brief import parse
from groundplan.brief.fields import parse_field
from groundplan.brief.grammar import BRIEF, HOSTS, LEVELS, PYTHONS
from groundplan.brief.judged import GAP_WORDS, GAPS, PLACES
from groundplan.brief.metrics import METRICS
from groundplan.brief.model import ANSWERS, AXES, NEEDS, FieldType, Kind
from groundplan.units import COUNT, DURATION, RATE, SHARE, SIZE

PAGE = (Path(__file__).parents[2] / "docs/reference/brief.md").read_text()
WORDS = [
    *NEEDS,
    *ANSWERS,
    *PLACES,
    *GAPS,
    *Kind,
    *METRICS,
    *LEVELS,
    *(word for metric in METRICS.values() for word in (*metric.load, *metric.optional)),
]
QUOTED = [
    *PYTHONS,
    *HOSTS,
    *AXES,
    *GAP_WORDS,
    *(str(word) for options in ANSWERS.values() for word in options if word not in range(4)),
]
UNITS = [unit for scale in (DURATION, RATE, SIZE, SHARE) for unit in scale.factors]
TABLES = [name for name in BRIEF.keys if name not in {"format", "part", "entity", "must"}]
TOML = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("word", dict.fromkeys([*WORDS, *UNITS, *(f'"{text}"' for text in QUOTED)]))
def test_the_page_names_it(word: str) -> None:
    assert f"`{word}`" in PAGE or f'"{word}"' in PAGE


@pytest.mark.parametrize("table", TABLES)
def test_the_page_has_rows_for_the_table(table: str) -> None:
    assert re.search(rf"^\| `{table}[`.]", PAGE, re.MULTILINE)


@pytest.mark.parametrize("kind", FieldType)
def test_the_page_has_a_row_for_the_field_type_that_can_be_read(kind: FieldType) -> None:
    rows = re.findall(rf"^\| `({kind}(?:\(.*?\))?)` ", PAGE, re.MULTILINE)
    assert [parse_field("f", row).type for row in rows] == [kind] * len(rows) != []


def test_the_first_example_is_a_whole_brief() -> None:
    assert parse(TOML[0]).name == "pulse"


def test_the_other_examples_fit_into_a_brief() -> None:
    answers, priorities, fields, must = TOML[1:5]
    text = 'format = 1\n[project]\nname = "a"\n[[part]]\nname = "public"\nkind = "api"\n'
    text += f'[[entity]]\nname = "shop"\nfields = {{ name = "text" }}\n[[entity]]\nname = "item"\n{fields}{must}'
    brief = parse(text + answers + priorities)
    assert len(brief.entities[1].fields) == fields.count(' = "')
    assert (brief.answers["typed_clients"], brief.answers["identity"]) == (3, None)
    assert brief.choices == (("skill", "coverage"),)


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_the_page_shows_a_right_check_for_the_metric(metric: object) -> None:
    assert f"`{getattr(metric, 'example', None)}`" in PAGE


def test_a_count_has_no_unit() -> None:
    assert COUNT.factors.keys() == {""}
