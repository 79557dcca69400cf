"""From levels to a brief: by the published table and nothing else."""

from pathlib import Path

import pytest

from backtest.conftest import changed, copied
from groundplan.backtest import load
from groundplan.backtest.levels import levels
from groundplan.backtest.translating import brief_of, decided_on
from groundplan.brief.model import Brief


def brief(folder: Path) -> Brief:
    (case,) = load(folder)
    return brief_of(case.asked, levels())


def test_levels_of_team_load_and_horizon_become_the_figures_of_the_table(cases: Path) -> None:
    told, table = brief(copied(cases, "zulip")), levels()
    assert (told.team.engineers, told.team.teams) == (table.engineers.small, table.teams.small)
    assert told.load.requests_per_second == table.requests_per_second.levels[2]
    assert told.load.open_connections == table.open_connections.levels[3]
    assert told.horizon.years == table.years.levels[3]
    assert told.horizon.turnover == 3


def test_every_table_rises_with_the_level() -> None:
    table = levels()
    for figures in (table.requests_per_second, table.open_connections, table.years, table.turnover):
        assert list(figures.levels) == sorted(figures.levels)
    assert table.engineers.solo < table.engineers.small < table.engineers.medium < table.engineers.large


def test_parts_keep_their_kinds_and_needs_and_share_the_work_equally(cases: Path) -> None:
    told = brief(copied(cases, "frigate"))
    assert [part.kind.value for part in told.parts] == ["panel", "realtime", "worker"]
    assert told.parts[2].needs["cpu_or_ml"] == 3
    assert {part.share for part in told.parts} == {1 / 3}


def test_the_brief_holds_nothing_that_names_the_product(cases: Path) -> None:
    told = brief(copied(cases, "zulip"))
    assert (told.name, told.summary, told.text, told.source) == ("case", "", "", "case")


def test_known_frameworks_are_shipped_ones_and_that_of_existing_code(cases: Path) -> None:
    told = brief(copied(cases, "mlflow"))
    assert told.team.shipped == {"flask": levels().engineers.large}
    assert set(told.incumbent.values()) == {"flask"}
    assert set(told.incumbent) == {"tracking-api", "model-gateway", "trace-intake", "model-scoring"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('existing_code = "sync"', 'existing_code = "unknown"'),
        ('existing_code = "sync"', 'existing_code = "none"'),
        ('["flask"]', "[]"),
    ],
)
def test_without_existing_code_on_a_known_framework_there_is_no_incumbent(cases: Path, old: str, new: str) -> None:
    assert brief(changed(cases, "mlflow", old, new)).incumbent == {}


def test_a_worker_has_no_incumbent(cases: Path) -> None:
    assert "detection" not in brief(copied(cases, "frigate")).incumbent


def test_answers_go_into_the_brief_as_they_are(cases: Path) -> None:
    told = brief(copied(cases, "osparc"))
    assert told.answers["typed_clients"] == 3
    assert told.answers["staff_screens"] is None


def test_a_case_is_decided_at_the_end_of_its_year(cases: Path) -> None:
    (case,) = load(copied(cases, "zulip"))
    assert decided_on(case.asked).isoformat() == "2012-12-31"
