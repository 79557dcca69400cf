"""A back-test in words and as values."""

from dataclasses import replace

from groundplan.backtest.model import Actual, ActualPart, Answered, Asked, AskedPart, Case, Report, Score, Study
from groundplan.backtest.scoring import score
from groundplan.report.backtest_json import backtest_json
from groundplan.report.backtest_text import backtest_text

ASKED = Asked(2019, (AskedPart("site", "web", {}), AskedPart("live", "realtime", {})), "solo", (), {}, {}, {})
PARTS = {"site": ActualPart(("flask",), ()), "live": ActualPart(("tornado",), ())}
CASE = Case("shop", ASKED, Actual("flask", ("bottle",), hybrid=True, migrated=False, parts=PARTS), "shop.toml")
OUT = {"site": {}, "live": {"tornado": "websockets_or_streaming = 3: no sockets"}}


def told(answer: Answered) -> Report:
    found = score([CASE], [answer])
    return Report((CASE,), "2026.11.1", {"everything": Study((answer,), found)}, {"new_products": found}, {"always_django": (0, 0)})


HYBRID = Answered(
    ranking=("flask", "bottle"),
    main="flask",
    confidence="clear",
    hybrid=True,
    parts={"site": "flask", "live": "quart"},
    left={"site": ("flask",), "live": ()},
    out=OUT,
    screened={"live: x": 3},
)


def test_a_line_tells_what_was_chosen_and_what_was_advised() -> None:
    text = backtest_text(told(HYBRID))
    assert "shop                       2019  Flask     Flask + Quart" in text
    assert "as chosen" in text
    assert "    screened out in fact: live: tornado: websockets_or_streaming = 3: no sockets" in text


def test_counts_come_with_their_interval() -> None:
    assert "main framework as chosen                1 of 1   95 %: 21 to 100 %" in backtest_text(told(HYBRID))


def test_a_miss_an_equal_and_nothing_left_are_told_apart() -> None:
    empty = Answered((), "", "", hybrid=False, parts={}, left={"site": (), "live": ()}, out=OUT, screened={})
    equal = replace(empty, ranking=("bottle",), main="bottle", left={"site": ("flask",), "live": ()}, out={})
    assert "nothing left" in backtest_text(told(empty))
    assert "equally right" in backtest_text(told(equal))
    assert "not there in 2019" in backtest_text(told(equal))


def test_the_values_hold_the_summary_of_the_first_variant() -> None:
    values = backtest_json(told(HYBRID))
    assert values["summary"]["hybrid_found"] == 1
    assert values["variants"]["everything"]["summary"] == values["summary"]
    assert values["intervals"]["main_strict"] == [0.2065, 1.0]
    assert values["baselines"] == {"always_django": {"main_strict": 0, "main_acceptable": 0}}


def test_the_values_tell_stacks_screened_out_and_why_the_actual_one_was() -> None:
    screened = backtest_json(told(HYBRID))["screened"]["shop"]
    assert screened["stacks"] == 3
    assert list(screened["actual"]) == ["live"]
    assert isinstance(told(HYBRID).first.score, Score)
