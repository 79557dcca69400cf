"""The rules of verdicts on load, each shown on figures made for it."""

from collections import Counter

import numpy as np
import pytest

from groundplan.brief.model import Check, Comparison
from groundplan.measure.intervals import Run
from groundplan.measure.samples import CUT_OFF, LOST, RIGHT, WRONG, Floats, Samples
from groundplan.measure.strain import Strain
from groundplan.proof.load_verdicts import judge_delivery, judge_errors, judge_latency, judge_throughput
from groundplan.proof.model import Outcome

BELOW_100MS = Check(Comparison.BELOW, 0.1, "s", 99, "p(99) < 100ms")
QUIET = [Strain(1.0, 0.2, 0.0, 10.0, 2)] * 3
BUSY = [Strain(1.0, 0.2, 10.0, 10.0, 2)] * 3
FAST_DRIVER: Floats = np.full(1000, 0.001)


def _run(
    median: float = 0.01,
    *,
    count: int = 2000,
    wrong: int = 0,
    status: int = 500,
    lost: int = 0,
    lag: float = 0.0,
    late: int = 0,
    seed: int = 1,
) -> Samples:
    """Give a run of 10 s. wrong, lost: so many of the answers; late: so many never came; lag: seconds the driver was late."""
    random = np.random.default_rng(seed)
    intended = np.sort(random.uniform(0, 10e9, count)).astype(np.int64)
    noticed = intended + int(lag * 1e9)
    done = noticed + (median * random.lognormal(0, 0.3, count) * 1e9).astype(np.int64)
    outcome = np.full(count, RIGHT, np.int8)
    outcome[:wrong], outcome[wrong : wrong + lost], outcome[count - late :] = WRONG, LOST, CUT_OFF
    done[count - late :] = int(20e9)
    statuses = np.where(outcome == WRONG, status, 200).astype(np.int16)
    complaints = Counter({f"list: status {status}": wrong} if wrong else {})
    return Samples(
        intended, noticed, noticed, done, outcome, statuses, np.zeros(count, np.int16), ("list",), rate=count / 10, duration=10,
        cpu_seconds=0.1, connections=2, complaints=complaints,
    )  # fmt: skip


def _runs(median: float = 0.01, **more: float) -> list[Samples]:
    return [_run(median, seed=seed, **more) for seed in (1, 2, 3)]  # type: ignore[arg-type]


def test_a_fast_project_meets_its_limit_with_figures() -> None:
    judged = judge_latency(BELOW_100MS, _runs(), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.MET
    assert judged.n == 6000
    assert judged.values["estimate"] <= judged.values["upper"] < 0.1
    assert "ms" in judged.measured


def test_a_slow_project_does_not() -> None:
    judged = judge_latency(BELOW_100MS, _runs(0.2), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.NOT_MET
    assert "even the kindest reading" in judged.why


def test_a_limit_between_the_bounds_is_not_proven() -> None:
    judged = judge_latency(Check(Comparison.BELOW, 0.0201, "s", 99), _runs(), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.NOT_PROVEN
    assert "lies between the bounds" in judged.why


def test_an_impossible_limit_is_not_met_although_the_driver_takes_more_than_a_fifth_of_it() -> None:
    judged = judge_latency(Check(Comparison.BELOW, 0.00001, "s", 99), _runs(), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.NOT_MET


def test_two_starts_are_too_few() -> None:
    judged = judge_latency(BELOW_100MS, _runs()[:2], FAST_DRIVER, QUIET)
    assert (judged.outcome, judged.why) == (Outcome.NOT_PROVEN, "only 2 of 3 starts were measured")


def test_too_few_samples_are_told_with_how_many_are_needed() -> None:
    judged = judge_latency(BELOW_100MS, _runs(count=200), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.NOT_PROVEN
    assert judged.why == "600 samples are too few for p(99), which needs 1000: raise rate or duration"


def test_a_slow_driver_proves_nothing() -> None:
    judged = judge_latency(BELOW_100MS, _runs(), np.full(1000, 0.021), QUIET)
    assert judged.outcome is Outcome.NOT_PROVEN
    assert judged.why.startswith("the load driver alone takes 21.0 ms, more than a fifth of the limit 100 ms")


def test_a_driver_that_was_late_proves_nothing_either_way() -> None:
    judged = judge_latency(BELOW_100MS, _runs(lag=0.15), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.NOT_PROVEN
    assert judged.why.startswith("the load driver alone takes 150 ms")


def test_wrong_answers_make_latencies_worthless_even_good_ones() -> None:
    judged = judge_latency(BELOW_100MS, _runs(wrong=20), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.NOT_PROVEN
    assert judged.why == "60 of 6000 answers were wrong (60 x list: status 500); at most 0.100 % may be"


def test_a_tiny_share_of_wrong_answers_is_told_but_allowed() -> None:
    judged = judge_latency(BELOW_100MS, _runs(wrong=2), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.MET
    assert judged.values["errors"] == 6


def test_nothing_but_wrong_answers_is_not_proven() -> None:
    assert judge_latency(BELOW_100MS, _runs(wrong=2000), FAST_DRIVER, QUIET).outcome is Outcome.NOT_PROVEN
    assert judge_latency(BELOW_100MS, [], FAST_DRIVER).why == "no answer came"


def test_answers_that_never_came_count_as_slow() -> None:
    judged = judge_latency(BELOW_100MS, _runs(late=100), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.NOT_MET


def test_a_rate_that_was_not_answered_proves_nothing() -> None:
    judged = judge_latency(Check(Comparison.BELOW, 30.0, "s", 99), _runs(late=200), FAST_DRIVER, QUIET)
    assert judged.outcome is Outcome.NOT_PROVEN
    assert "of 200/s were answered" in judged.why


def test_a_starved_project_is_not_called_slow() -> None:
    judged = judge_latency(BELOW_100MS, _runs(0.2), FAST_DRIVER, BUSY)
    assert judged.outcome is Outcome.NOT_PROVEN
    assert judged.why == "other programs used 50.0 % of the machine meanwhile: repeat it on a quiet one"


def test_a_fast_project_on_a_busy_machine_is_fast() -> None:
    assert judge_latency(BELOW_100MS, _runs(), FAST_DRIVER, BUSY).outcome is Outcome.MET


def test_processor_time_convicts_even_on_a_busy_machine() -> None:
    costly = [Strain(400.0, 0.2, 10.0, 10.0, 2)] * 3
    assert judge_latency(BELOW_100MS, _runs(0.3), FAST_DRIVER, costly).outcome is Outcome.NOT_MET


def test_no_failed_request_keeps_a_share_that_so_many_requests_can_show() -> None:
    some, few = Check(Comparison.AT_MOST, 0.001, "1"), Check(Comparison.AT_MOST, 0.0001, "1")
    assert judge_errors(some, _runs(), QUIET).outcome is Outcome.MET
    assert judge_errors(few, _runs(), QUIET).outcome is Outcome.NOT_PROVEN


def test_failed_requests_are_those_without_answer_and_with_status_500_and_above() -> None:
    judged = judge_errors(Check(Comparison.AT_MOST, 0.001, "1"), _runs(wrong=10, lost=10, late=10), QUIET)
    assert judged.outcome is Outcome.NOT_MET
    assert judged.values["failed"] == 90


def test_refusals_are_no_failures_but_a_sign_that_the_wrong_thing_was_measured() -> None:
    judged = judge_errors(Check(Comparison.AT_MOST, 0.001, "1"), _runs(wrong=100, status=401), QUIET)
    assert judged.outcome is Outcome.NOT_PROVEN
    assert "status 401" in judged.why


def test_failures_on_a_busy_machine_are_not_held_against_the_project() -> None:
    assert judge_errors(Check(Comparison.AT_MOST, 0.001, "1"), _runs(late=100), BUSY).outcome is Outcome.NOT_PROVEN


def test_no_request_says_nothing() -> None:
    assert judge_errors(Check(Comparison.AT_MOST, 0.001, "1"), []).outcome is Outcome.NOT_PROVEN
    assert judge_throughput(Check(Comparison.AT_LEAST, 100, "1/s"), []).outcome is Outcome.NOT_PROVEN


@pytest.mark.parametrize(
    ("limit", "late", "strains", "outcome"),
    [
        (190, 0, QUIET, Outcome.MET),
        (190, 1900, QUIET, Outcome.NOT_MET),
        (190, 1900, BUSY, Outcome.NOT_PROVEN),
        (900, 0, QUIET, Outcome.NOT_PROVEN),
    ],
)
def test_throughput_is_right_answers_a_second_and_cannot_be_shown_above_what_was_offered(
    limit: float, late: int, strains: list[Strain], outcome: Outcome
) -> None:
    assert judge_throughput(Check(Comparison.AT_LEAST, limit, "1/s"), _runs(late=late), strains).outcome is outcome


def test_throughput_says_nothing_when_the_driver_was_late() -> None:
    judged = judge_throughput(Check(Comparison.AT_LEAST, 190, "1/s"), _runs(lag=1.0), QUIET)
    assert judged.why == "the load driver fell 1.00 s behind"


def _delays(scale: float) -> list[Run]:
    return [Run(scale * np.random.default_rng(seed).lognormal(0, 0.3, 1000), np.arange(1000) // 100) for seed in (1, 2, 3)]


def test_delivery_is_met_by_the_long_count_and_not_met_by_the_short_one() -> None:
    check = Check(Comparison.BELOW, 0.1, "s", 99)
    assert judge_delivery(check, _delays(0.01), _delays(0.008), None, QUIET).outcome is Outcome.MET
    assert judge_delivery(check, _delays(0.2), _delays(0.18), None, QUIET).outcome is Outcome.NOT_MET
    assert judge_delivery(check, _delays(0.2), _delays(0.01), None, QUIET).outcome is Outcome.NOT_PROVEN
    assert judge_delivery(check, _delays(0.2), _delays(0.18), None, BUSY).outcome is Outcome.NOT_PROVEN


def test_delivery_needs_events() -> None:
    check = Check(Comparison.BELOW, 0.1, "s", 99)
    assert judge_delivery(check, [], [], None).why == "nothing was delivered"
    assert judge_delivery(check, _delays(0.01), _delays(0.01), "3 events never came").why == "3 events never came"
