"""Cases decided: variants, groups, rankings and what screening took out."""

from pathlib import Path

import pytest

from backtest.conftest import copied
from groundplan.backtest import Report, load, study
from groundplan.catalogue import load as load_catalogue
from groundplan.events import Progress

NAMES = ("azure-search-openai-demo", "searxng", "yente", "zulip")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return study(load(copied(tmp_path_factory.mktemp("cases"), *NAMES)), load_catalogue(), 0)


def test_every_variant_answers_every_case(report: Report) -> None:
    assert list(report.variants) == ["everything", "without_known_frameworks", "without_answers", "without_both"]
    assert {len(found.answers) for found in report.variants.values()} == {4}


def test_a_ranking_names_each_framework_once_and_begins_with_the_main_one(report: Report) -> None:
    for answer in report.first.answers:
        assert answer.ranking[0] == answer.main
        assert len(set(answer.ranking)) == len(answer.ranking) <= 14


def test_every_part_gets_a_framework_that_survived_screening(report: Report) -> None:
    for case, answer in zip(report.cases, report.first.answers, strict=True):
        assert list(answer.parts) == [part.name for part in case.asked.parts]
        assert all(framework in answer.left[part] for part, framework in answer.parts.items())


def test_screening_is_told_by_part_and_constraint(report: Report) -> None:
    zulip = report.first.answers[3]
    assert any(key.startswith("event-push: websockets_or_streaming = 3") for key in zulip.screened)
    assert all(not key.startswith("every part") for key in zulip.screened)
    assert all(count > 0 for count in zulip.screened.values())


def test_groups_split_the_cases_by_migration_and_by_year(report: Report) -> None:
    sizes = {name: found.cases for name, found in report.groups.items()}
    assert sizes == {"migrations": 1, "new_products": 3, "before_2018": 2, "from_2018": 2}


def test_baselines_are_counted_over_the_same_cases(report: Report) -> None:
    assert report.baselines["always_django"] == (1, 1)
    assert report.baselines["always_fastapi"] == (1, 2)
    assert set(report.baselines) == {"always_django", "always_fastapi", "rank_of_today", "year_rule", "equal_weights"}


def test_every_decision_is_told_of(cases: Path) -> None:
    told: list[object] = []
    study(load(copied(cases, "yente")), load_catalogue(), 0, told.append)
    assert told == [Progress("decisions", done, 5) for done in range(1, 6)]
