"""What counts as right, found, false, lost and clear."""

from dataclasses import replace

import pytest

from backtest.conftest import OPEN
from groundplan.backtest import Case, load
from groundplan.backtest.model import Answered
from groundplan.backtest.scoring import lost, score, wrong_parts

CASES = {case.name: case for case in load(OPEN)}


def advised(case: Case, framework: str, **others: str) -> Answered:
    """Give an answer with one framework for all parts but the named ones, nothing screened out."""
    names = [part.name for part in case.asked.parts]
    parts = dict.fromkeys(names, framework) | {key.replace("_", "-"): value for key, value in others.items()}
    frameworks: tuple[str, ...] = ("django", "flask", "fastapi", "quart", "aiohttp", "tornado", "starlette", "falcon", "litestar")
    left = dict.fromkeys(names, frameworks)
    return Answered((framework,), framework, "lean", len(set(parts.values())) > 1, parts, left, {}, {})


def test_the_chosen_framework_is_right() -> None:
    found = score([CASES["yente"]], [advised(CASES["yente"], "fastapi")])
    assert (found.cases, found.main_strict, found.main_acceptable, found.top3_acceptable) == (1, 1, 1, 1)


def test_one_that_is_equally_right_is_acceptable_and_not_strict() -> None:
    found = score([CASES["langbot"]], [advised(CASES["langbot"], "fastapi")])
    assert (found.main_strict, found.main_acceptable) == (0, 1)


def test_the_first_three_of_the_ranking_count() -> None:
    case = CASES["yente"]
    third = replace(advised(case, "django"), ranking=("django", "flask", "fastapi"))
    fourth = replace(third, ranking=("django", "flask", "quart", "fastapi"))
    assert [score([case], [answer]).top3_acceptable for answer in (third, fourth)] == [1, 0]


def test_parts_are_those_that_serve_http_on_a_framework_of_the_comparison() -> None:
    frigate = CASES["frigate"]  # its worker serves nothing, its live updates run on something else
    found = score([frigate], [advised(frigate, "fastapi")])
    assert (found.parts_strict, found.parts_total) == (1, 1)


def test_a_wrong_part_is_named_and_its_own_acceptable_ones_do_not_help() -> None:
    mailman = CASES["mailman3"]
    assert wrong_parts(mailman, advised(mailman, "django", core_api="flask")) == ("core-api",)


def test_a_part_on_two_frameworks_is_right_with_either() -> None:
    mlflow = CASES["mlflow"]
    for framework in ("flask", "fastapi"):
        assert wrong_parts(mlflow, advised(mlflow, "fastapi", tracking_api=framework)) == ()


@pytest.mark.parametrize(
    ("name", "hybrid", "counts"), [("zulip", True, (1, 1, 0)), ("zulip", False, (0, 1, 0)), ("pretix", True, (0, 0, 1))]
)
def test_hybrids_are_found_missed_or_false(name: str, hybrid: bool, counts: tuple[int, int, int]) -> None:  # noqa: FBT001  # a row of a table
    found = score([CASES[name]], [replace(advised(CASES[name], "django"), hybrid=hybrid)])
    assert (found.hybrid_found, found.hybrid_total, found.hybrid_false) == counts


def test_an_actual_framework_that_is_out_is_told_with_its_reason() -> None:
    case = CASES["searxng"]
    out = replace(
        advised(case, "quart"), left={"search-site": ("quart",)}, out={"search-site": {"flask": "io_fanout = 3: no loop"}}
    )
    assert lost(case, out) == {"search-site": "flask: io_fanout = 3: no loop"}
    assert score([case], [out]).actual_screened_out == 1


def test_an_actual_framework_that_did_not_exist_yet_is_told_as_such() -> None:
    case = CASES["yente"]
    assert lost(case, replace(advised(case, "flask"), left={"match-api": ("flask",)})) == {
        "match-api": "fastapi: not there in 2021"
    }


def test_one_of_two_actual_frameworks_left_is_enough() -> None:
    mlflow = CASES["mlflow"]
    answer = advised(mlflow, "fastapi")
    assert lost(mlflow, replace(answer, left={**answer.left, "tracking-api": ("flask",)})) == {}


@pytest.mark.parametrize(
    ("word", "framework", "counts"), [("clear", "fastapi", (1, 1)), ("clear", "flask", (1, 0)), ("lean", "fastapi", (0, 0))]
)
def test_clear_ones_are_counted_with_those_that_are_right(word: str, framework: str, counts: tuple[int, int]) -> None:
    case = CASES["yente"]
    found = score([case], [replace(advised(case, framework), confidence=word)])
    assert (found.clear, found.clear_acceptable) == counts


def test_counts_add_up_over_cases() -> None:
    pair = [CASES["yente"], CASES["langbot"]]
    found = score(pair, [advised(case, "fastapi") for case in pair])
    assert (found.cases, found.main_strict, found.main_acceptable) == (2, 1, 2)


def test_nothing_left_is_never_right() -> None:
    case = CASES["yente"]
    nothing = Answered((), "", "", hybrid=False, parts={}, left={"match-api": ()}, out={}, screened={})
    found = score([case], [nothing])
    assert (found.main_strict, found.top3_acceptable, found.parts_strict, found.actual_screened_out) == (0, 0, 0, 1)
