"""Case files: what is read of them, and what is said about those that are wrong."""

from pathlib import Path

import pytest

from backtest.conftest import OPEN, changed, copied
from groundplan.backtest import load
from groundplan.errors import InputError


def refused(folder: Path) -> str:
    with pytest.raises(InputError) as told:
        load(folder)
    assert told.value.exit_code == 2
    assert "\n" not in str(told.value)
    return str(told.value)


def test_all_open_cases_are_read_in_order_of_their_names() -> None:
    cases = load(OPEN)
    assert len(cases) == 36
    assert [case.source for case in cases] == sorted(case.source for case in cases)


def test_a_case_tells_what_was_asked_and_what_was_chosen(cases: Path) -> None:
    (case,) = load(copied(cases, "zulip"))
    assert (case.asked.year, case.asked.size, case.asked.known) == (2012, "small", ())
    assert case.asked.parts[2].needs["websockets_or_streaming"] == 3
    assert case.asked.answers["staff_screens"] == "custom"
    assert (case.actual.main, case.actual.hybrid, case.actual.migrated) == ("django", True, False)
    assert case.actual.parts["event-push"].frameworks == ("tornado",)


def test_what_stands_on_django_counts_as_django(cases: Path) -> None:
    (case,) = load(copied(cases, "baserow"))
    assert {part.frameworks for part in case.actual.parts.values()} == {("django",)}


def test_an_answer_or_level_may_be_unknown(cases: Path) -> None:
    changed(cases, "yente", "cpu_or_ml = 2", 'cpu_or_ml = "unknown"')
    copied(cases, "osparc")
    osparc, yente = load(cases)
    assert osparc.asked.answers["staff_screens"] is None
    assert yente.asked.parts[0].needs["cpu_or_ml"] is None


def test_a_case_without_answers_is_a_case(cases: Path) -> None:
    (case,) = load(changed(cases, "yente", "[needs.answers]", "[needs.answers_of_old]"))
    assert case.asked.answers == {}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("schema = 1", "schema = 2", "yente.toml schema: 2 must be 1"),
        ("schema = 1\n", "", "yente.toml: 'schema' is missing"),
        ("year = 2021", "year = 21", "yente.toml year: 21 must be a whole number from 2005 to 2100"),
        ('size = "small"', 'size = "tiny"', "yente.toml needs team size: 'tiny' must be one of solo, small, medium, large"),
        ('size = "small"', "size = true", "size: True must be one of solo"),
        ("known_frameworks = []", 'known_frameworks = "flask"', "known_frameworks: 'flask' must be a list of texts"),
        ("throughput = 2", "throughput = 4", "yente.toml needs performance throughput: 4 must be a whole number from 0 to 3"),
        ("throughput = 2", "thruput = 2", "yente.toml needs performance: 'thruput' is not known here"),
        ("longevity = 2", "longevity = true", "longevity: True must be a whole number"),
        ("cpu_or_ml = 2", "cpu_or_ml = 4", "yente.toml needs parts 1 (match-api) cpu_or_ml: 4 must be one of 0, 1, 2, 3, unknown"),
        ("cpu_or_ml = 2", "gpu = 2", "yente.toml needs parts 1 (match-api): 'gpu' is not known here"),
        ('kind = "api"', 'kind = "rest"', "kind: 'rest' must be one of web, admin, api"),
        ('embedded = "no"', 'embedded = "yes"', "yente.toml needs answers embedded: 'yes' must be one of no, library"),
        ('embedded = "no"', 'enbedded = "no"', "yente.toml needs answers: 'enbedded' is not known here"),
        ("hybrid = false", 'hybrid = "no"', "yente.toml actual hybrid: 'no' must be true or false"),
        ('main = "fastapi"', "main = 3", "yente.toml actual main: 3 must be a text"),
        ('[[actual.parts]]\nname = "match-api"', '[[actual.parts]]\nname = "api"', "actual parts: 'match-api' is missing"),
        ("[actual]", "[facts]", "yente.toml actual: 'main' is missing; add main."),
        ("[needs.team]", "[[needs.team]]", "yente.toml needs team: [{"),
        ("\n[needs]\n", "\n[needs\n", "yente.toml: the file must be TOML"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_with_its_place(cases: Path, old: str, new: str, said: str) -> None:
    assert said in refused(changed(cases, "yente", old, new))


def test_two_parts_of_one_name_are_told(cases: Path) -> None:
    assert "'live-feed' names two parts" in refused(changed(cases, "geometrikks", 'name = "dashboard-api"', 'name = "live-feed"'))


def test_a_list_that_is_none_is_told(cases: Path) -> None:
    (cases / "short.toml").write_text(
        'schema = 1\nname = "x"\nyear = 2020\n[needs]\nparts = 3\n[needs.team]\n[needs.performance]\n[needs.horizon]\n'
    )
    assert "short.toml needs parts: 3 must be a list of tables" in refused(cases)


@pytest.mark.parametrize("name", ["nowhere", "cases"])
def test_a_folder_without_cases_is_told(cases: Path, name: str) -> None:
    assert "the folder holds no case files" in refused(cases.parent / name)


def test_a_file_of_other_bytes_is_told(cases: Path) -> None:
    (cases / "photo.toml").write_bytes(b"\xff\xfe")
    assert "photo.toml: the file must be TOML" in refused(cases)
