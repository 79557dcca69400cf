"""A decision sees the needs and the year of a case, and nothing that tells the answer."""

import re
import tomllib
from pathlib import Path

import pytest

from backtest.conftest import OPEN, copied
from groundplan.backtest import load
from groundplan.backtest.deciding import Method, answered
from groundplan.backtest.levels import levels
from groundplan.backtest.model import Answered
from groundplan.catalogue import load as load_catalogue

NAMES = ("zulip", "yente", "azure-search-openai-demo", "bazarr")
SECRET = re.compile(r'^(name|title|source|description|main|class|stated_reason|reason_source|note|labelled) = ".*"$', re.MULTILINE)
LISTS = re.compile(
    r"^(facts|frameworks|migrated_from|also_acceptable|also_acceptable_today|evidence|needs_sources) = \[.*?\]$",
    re.MULTILINE | re.DOTALL,
)


def scrambled(text: str) -> str:
    """Give a case file in which everything but needs and year says something else; parts keep their names."""
    head, actual = text.split("\n[actual]\n")
    identity, needs = head.split("\n[needs]\n")
    identity = SECRET.sub(r'\1 = "django"', identity)
    needs = LISTS.sub(r'\1 = ["django"]', needs)
    parts = re.findall(r'\[\[actual\.parts\]\]\nname = "(.*)"', actual)
    other = '[actual]\nmain = "pyramid"\nhybrid = true\nmigrated_from = ["bottle"]\nalso_acceptable = ["falcon"]\n'
    other += "".join(f'[[actual.parts]]\nname = "{part}"\nframeworks = ["pyramid"]\n' for part in parts)
    return f"{identity}\n[needs]\n{needs}\n{other}[provenance]\nconfidence_in_needs = 0.1\n"


def answers(folder: Path) -> list[Answered]:
    method = Method(load_catalogue(), levels())
    return [answered(case.asked, method) for case in load(folder)]


def test_scrambling_changes_everything_but_needs_and_year() -> None:
    text = (OPEN / "zulip.toml").read_text()
    before, after = tomllib.loads(text), tomllib.loads(scrambled(text))
    assert before["needs"] | {"facts": 0} == after["needs"] | {"facts": 0}
    assert before["year"] == after["year"]
    for key in ("name", "title", "source", "description", "actual", "provenance"):
        assert before[key] != after[key]


@pytest.mark.parametrize("names", [NAMES, pytest.param(tuple(file.stem for file in OPEN.glob("*.toml")), marks=pytest.mark.long)])
def test_the_same_needs_and_year_give_the_same_decision_whatever_else_the_file_says(cases: Path, names: tuple[str, ...]) -> None:
    honest = answers(copied(cases, *names))
    for file in cases.iterdir():
        file.write_text(scrambled(file.read_text()))
    assert answers(cases) == honest


def test_names_of_parts_decide_nothing(cases: Path) -> None:
    (honest,) = answers(copied(cases, "zulip"))
    text = (cases / "zulip.toml").read_text()
    for number, name in enumerate(honest.parts):
        text = text.replace(f'name = "{name}"', f'name = "part{number}"')
    (cases / "zulip.toml").write_text(text)
    (renamed,) = answers(cases)
    assert (renamed.ranking, list(renamed.parts.values())) == (honest.ranking, list(honest.parts.values()))
