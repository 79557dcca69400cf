import math

import pytest

from groundplan.brief.model import Check, Comparison
from groundplan.proof.model import Outcome, Proof, Verdict, worst
from groundplan.proof.probes.finding import Findings, Probe
from groundplan.proof.scene import Scene
from groundplan.proof.shown import shown
from groundplan.proof.verdicts import judge_count, judge_level, judge_probe

NONE = Check(Comparison.EQUAL, 0, "1")


def _unused(_scene: Scene) -> Findings:
    return Findings()


PROBE = Probe("p", "m", "rule", "how", _unused, lambda _surface: True)


def test_a_count_is_exact_and_tells_n_and_its_bound() -> None:
    judged = judge_count(NONE, 0, 600_000, broken=None, obstacle=None, values={})
    assert judged.outcome is Outcome.MET
    assert judged.measured == "0 of 600000, below 0.000500 % (3/n)"


def test_a_single_loss_is_not_met_whatever_stood_in_the_way() -> None:
    judged = judge_count(NONE, 1, 1000, broken=None, obstacle="no connection was cut", values={})
    assert (judged.outcome, judged.why) == (Outcome.NOT_MET, "1 of 1000 were lost")


def test_a_broken_promise_is_not_met() -> None:
    assert judge_count(NONE, 0, 1000, broken="out of order", obstacle=None, values={}).outcome is Outcome.NOT_MET


@pytest.mark.parametrize(("n", "obstacle"), [(1000, "no connection was cut"), (0, None)])
def test_no_loss_proves_nothing_when_nothing_could_be_lost(n: int, obstacle: str | None) -> None:
    assert judge_count(NONE, 0, n, broken=None, obstacle=obstacle, values={}).outcome is Outcome.NOT_PROVEN


def test_a_level_is_judged_by_its_highest() -> None:
    check = Check(Comparison.BELOW, 80e6, "B")
    assert judge_level(check, [50e6, 79e6], "B").outcome is Outcome.MET
    assert judge_level(check, [50e6, 81e6, 60e6], "B").why == "the most seen was 81.0 MB, the limit is 80.0 MB"
    assert judge_level(check, [], "B").outcome is Outcome.NOT_PROVEN


def _found(*, control: bool | None = True, check: bool | None = True) -> Findings:
    found = Findings()
    if control is not None:
        found.control("a right request works", control, 200)
    if check is not None:
        found.check("a wrong one is refused", check, 403)
    return found


@pytest.mark.parametrize(
    ("findings", "outcome"),
    [
        (_found(), Outcome.MET),
        (_found(check=False), Outcome.NOT_MET),
        (_found(check=False, control=False), Outcome.NOT_MET),
        (_found(control=False), Outcome.NOT_PROVEN),
        (_found(control=None), Outcome.NOT_PROVEN),
        (_found(check=None), Outcome.NOT_PROVEN),
        ("it has no API", Outcome.NOT_PROVEN),
    ],
)
def test_a_probe_passes_only_when_attacks_fail_and_controls_work(findings: Findings | str, outcome: Outcome) -> None:
    assert judge_probe(PROBE, findings, "prove").outcome is outcome


def _proof(*outcomes: Outcome, level: str = "must") -> Proof:
    verdicts = tuple(Verdict("v", "brief", "p", "m", "c", outcome, "", 1, "", "", level) for outcome in outcomes)
    return Proof("p", "l", "d", "e", "t", 1.0, verdicts)


@pytest.mark.parametrize(
    ("proof", "code"),
    [
        (_proof(Outcome.MET), 0),
        (_proof(Outcome.MET, Outcome.NOT_PROVEN), 3),
        (_proof(Outcome.NOT_PROVEN, Outcome.NOT_MET), 1),
        (_proof(Outcome.NOT_MET, level="should"), 0),
        (_proof(), 3),
    ],
)
def test_the_exit_code_is_that_of_the_worst_verdict(proof: Proof, code: int) -> None:
    assert proof.exit_code == code


def test_several_proofs_end_with_the_worst() -> None:
    met, unproven, broken = _proof(Outcome.MET), _proof(Outcome.NOT_PROVEN), _proof(Outcome.NOT_MET)
    assert worst([met, met]) == 0
    assert worst([met, unproven]) == 3
    assert worst([unproven, broken, met]) == 1
    assert worst([]) == 3


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.0123, "s", "12.3 ms"), (1.5, "s", "1.50 s"), (0.00004, "s", "40.0 us"), (0.0, "s", "0 us"), (81e6, "B", "81.0 MB"),
        (199.6, "1/s", "200/s"), (0.00123, "%", "0.123 %"), (42, "1", "42"), (math.inf, "s", "no bound"), (1234, "1/s", "1234/s"),
    ],
)  # fmt: skip
def test_figures_are_shown_with_three_digits_and_their_unit(value: float, unit: str, text: str) -> None:
    assert shown(value, unit) == text
