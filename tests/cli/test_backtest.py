"""``backtest``: forms, counts, mistakes."""

import json
import shutil
from pathlib import Path

import pytest

from cli.conftest import Program
from cli.terminal import Terminal

OPEN = Path(__file__).parents[2] / "backtest" / "open"
KEYS = {
    "cases", "main_strict", "main_acceptable", "top3_acceptable", "parts_strict", "parts_total", "hybrid_found", "hybrid_total",
    "hybrid_false", "actual_screened_out", "clear", "clear_acceptable",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("searxng", "yente"):
        shutil.copy(OPEN / f"{name}.toml", tmp_path)
    return tmp_path


def test_the_json_holds_counts_baselines_variants_and_cases(groundplan: Program, folder: Path) -> None:
    ended = groundplan("backtest", folder, "--format", "json", "--draws", "0")
    assert (ended.returncode, ended.stderr) == (0, "")
    told = json.loads(ended.stdout)
    assert set(told["summary"]) == KEYS
    assert told["summary"]["cases"] == 2
    assert len(told["baselines"]) == 5
    assert all(set(counts) == {"main_strict", "main_acceptable"} for counts in told["baselines"].values())
    assert len(told["variants"]) == 4
    assert [set(case) for case in told["cases"]] == [{"name", "ranking", "main", "confidence", "actual", "parts"}] * 2
    assert told["cases"][1]["actual"] == "fastapi"


def test_the_same_cases_give_the_same_bytes(groundplan: Program, folder: Path) -> None:
    line = ("backtest", folder, "--format", "json", "--draws", "0")
    assert groundplan(*line).stdout == groundplan(*line, PYTHONHASHSEED="7").stdout != ""


def test_the_text_tells_every_case_in_the_columns_of_a_terminal(groundplan: Program, folder: Path) -> None:
    told = groundplan("backtest", folder, "--draws", "0").stdout
    assert told.startswith("2 decisions, each taken as of the end of its year.")
    assert "\nyente " in told
    assert max(map(len, told.splitlines())) <= 120


def test_a_malformed_case_is_one_sentence_and_exit_2(groundplan: Program, folder: Path) -> None:
    (folder / "yente.toml").write_text((OPEN / "yente.toml").read_text().replace("io_fanout = 2", "io_fanout = 9"))
    ended = groundplan("backtest", folder)
    said = "yente.toml needs parts 1 (match-api) io_fanout: 9 must be one of 0, 1, 2, 3, unknown; choose one of them.\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", said)


def test_a_folder_that_is_none_is_one_sentence_and_exit_2(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("backtest", tmp_path / "nowhere", "--format", "json")
    assert ended.returncode == 2
    assert json.loads(ended.stdout)["error"]["exit_code"] == 2
    assert "holds no case files" in ended.stderr


def test_on_a_terminal_it_tells_how_far_it_is(folder: Path) -> None:
    """Two cases, each decided in four variants and with equal weights."""
    terminal = Terminal("backtest", str(folder), "--draws", "0", cwd=folder)
    for words in ("decisions: 1 of 10, ", "decisions: 9 of 10, "):
        terminal.wait_for(words)
    code, told = terminal.end()
    assert (code, told.partition(",")[0]) == (0, "2 decisions")
