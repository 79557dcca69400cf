"""A whole proof on a stand-in: verdicts, evidence, progress, and what becomes of trouble."""

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from groundplan.brief.model import LoadPlan, Must
from groundplan.errors import InputError, MachineError
from groundplan.events import Event, Progress, StepFinished, StepStarted
from groundplan.proof import Outcome, Proof, prove
from groundplan.proof.model import Verdict

_spec = importlib.util.spec_from_file_location("standins", Path(__file__).parent / "conftest.py")
assert _spec is not None
assert _spec.loader is not None
standins: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(standins)

PYTHON = Path(sys.executable)
QUICK = LoadPlan(rate=150, duration=1)
CUT = LoadPlan(sockets=20, duration=3, rate=25, cut_seconds=0.6, cut_every=1.5)


def _must(metric: str, limit: float, load: LoadPlan, **more: Any) -> Must:
    must: Must = standins.make_must(metric, limit, load, **more)
    return must


def _prove(root: Path, *musts: Must, **more: Any) -> Proof:
    return prove(root, standins.make_brief(*musts), python=PYTHON, **more)


def _verdict(proof: Proof, name: str) -> Verdict:
    return next(verdict for verdict in proof.verdicts if verdict.id == name)


def test_a_whole_proof_judges_leaves_evidence_and_tells_the_time_that_remains(standin: Path) -> None:
    heard: list[Event] = []
    proof = _prove(
        standin,
        _must("latency", 5.0, QUICK, percent=90),
        _must("errors", 0.05, QUICK),
        _must("throughput", 100, QUICK),
        _must("events_lost", 0, CUT, part="live"),
        listener=heard.append,
    )
    assert [verdict.outcome for verdict in proof.verdicts] == [Outcome.MET] * 13, [verdict.why for verdict in proof.verdicts]
    assert (proof.project, proof.layout, proof.database, proof.exit_code) == ("standin", "together", "sqlite", 0)
    lost = _verdict(proof, "must-events_lost")
    assert lost.n == lost.values["events"] * 20
    assert lost.values["connections_cut"] >= 20
    assert lost.values["replayed"] > 0
    _check_evidence(standin, proof)
    _check_progress(heard)


def _check_evidence(root: Path, proof: Proof) -> None:
    (file,) = (root / ".groundplan" / "proofs").iterdir()
    told = json.loads(file.read_text())
    assert file.name.endswith("-together-sqlite.json")
    assert told["taken_at"] == proof.taken_at
    assert told["machine"]["cores"]
    assert set(told["files"]) == {"app.py", "project.py", "project.toml"}
    assert [len(run["done_us"]) for run in told["samples"]["must-latency"]] == [150, 150, 150]
    assert told["samples"]["csrf"]["controls"]


def _check_progress(heard: list[Event]) -> None:
    started = [event.step for event in heard if isinstance(event, StepStarted)]
    assert started[:5] == [
        "start 1 of 3", "must-latency (1 of 3)", "must-errors (1 of 3)", "must-throughput (1 of 3)", "start 2 of 3"
    ]  # fmt: skip
    assert [event.step for event in heard if isinstance(event, StepFinished) and event.ok] == started
    left = [event.remaining_seconds or 0.0 for event in heard if isinstance(event, Progress)]
    assert left == sorted(left, reverse=True)
    assert left[0] > 20
    assert left[-1] < 5


@pytest.mark.long
def test_an_impossible_must_is_not_met_and_ends_with_1(standin: Path) -> None:
    proof = _prove(standin, _must("latency", 0.00001, LoadPlan(rate=150, duration=2), percent=90), evidence=False)
    assert _verdict(proof, "must-latency").outcome is Outcome.NOT_MET
    assert proof.exit_code == 1
    assert not (standin / ".groundplan").exists()


@pytest.mark.parametrize(
    ("fault", "outcome", "why"),
    [
        pytest.param("lose", Outcome.NOT_MET, "were lost", marks=pytest.mark.long),
        pytest.param("gap", Outcome.NOT_MET, "were lost", marks=pytest.mark.long),
        ("vanish", Outcome.NOT_MET, "were confirmed to their writer and are gone"),
        pytest.param("phantom", Outcome.NOT_MET, "rows that do not exist", marks=pytest.mark.long),
        ("too-far", Outcome.MET, "each was seen"),
        pytest.param("double", Outcome.MET, "each was seen", marks=pytest.mark.long),
        pytest.param("state-fails", Outcome.NOT_PROVEN, "answered 500 instead of rows", marks=pytest.mark.long),
        pytest.param(
            "form-fails",
            Outcome.NOT_PROVEN,
            "nothing could be written through the form (status 500)",
            marks=pytest.mark.long,
        ),
        ("die", Outcome.NOT_PROVEN, "the process all of the project died with code 1"),
        pytest.param("socket", Outcome.NOT_PROVEN, "only 0 of 20 sockets could be opened", marks=pytest.mark.long),
    ],
)
def test_what_a_fault_of_the_live_part_does_to_the_count(
    standin: Path, monkeypatch: pytest.MonkeyPatch, fault: str, outcome: Outcome, why: str
) -> None:
    monkeypatch.setenv("STANDIN_OFF", fault)
    proof = _prove(standin, _must("events_lost", 0, CUT, part="live"), evidence=False)
    verdict = _verdict(proof, "must-events_lost")
    assert (verdict.outcome, why in verdict.why) == (outcome, True), verdict.why


def test_a_count_without_a_cut_that_was_asked_for_is_not_proven(standin: Path) -> None:
    load = LoadPlan(sockets=5, duration=3, rate=20, cut_seconds=2, cut_every=10)
    verdict = _verdict(_prove(standin, _must("events_lost", 0, load, part="live"), evidence=False), "must-events_lost")
    assert verdict.outcome is Outcome.NOT_PROVEN
    assert "no connection was cut" in verdict.why


def test_a_count_of_few_events_is_not_proven(standin: Path) -> None:
    load = LoadPlan(sockets=5, duration=1, rate=5)
    verdict = _verdict(_prove(standin, _must("events_lost", 0, load, part="live"), evidence=False), "must-events_lost")
    assert verdict.outcome is Outcome.NOT_PROVEN
    assert "at least 30 are needed" in verdict.why


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        pytest.param("broken", "answers were wrong", marks=pytest.mark.long),
        ("drop-writes", "could not be written: answered 503"),
        ("recognised-api", "instead of rows"),
    ],
)
def test_a_project_that_answers_wrongly_has_no_latency(
    standin: Path, monkeypatch: pytest.MonkeyPatch, fault: str, why: str
) -> None:
    monkeypatch.setenv("STANDIN_OFF", fault)
    proof = _prove(standin, _must("latency", 5.0, LoadPlan(rate=60, duration=1), percent=50), evidence=False)
    verdict = _verdict(proof, "must-latency")
    assert verdict.outcome is Outcome.NOT_PROVEN
    assert why in verdict.why


@pytest.mark.long
def test_memory_delivery_and_pages_are_measured_and_an_unknown_metric_is_not(standin: Path) -> None:
    proof = _prove(
        standin,
        _must("memory", 10e9, LoadPlan(duration=0.5)),
        _must("memory", 10e9, LoadPlan(rate=20, duration=0.5), part="public"),
        _must("memory", 10e9, LoadPlan(sockets=3, duration=0.5), part="live"),
        _must("delivery", 10.0, LoadPlan(sockets=5, duration=2.5, rate=20), percent=90, part="live"),
        _must("latency", 5.0, LoadPlan(rate=40, duration=1), percent=50, part="office"),
        _must("latency", 5.0, LoadPlan(rate=40, duration=1), percent=50, part="live"),
        _must("latency", 5.0, LoadPlan(rate=40, duration=1), percent=50, part="elsewhere"),
        _must("beauty", 1, LoadPlan()),
        evidence=False,
    )
    outcomes = [verdict.outcome for verdict in proof.verdicts[:8]]
    assert outcomes == [Outcome.MET] * 5 + [Outcome.NOT_PROVEN] * 3, [verdict.why for verdict in proof.verdicts[:8]]
    assert "kind realtime" in proof.verdicts[5].why
    assert "no part elsewhere" in proof.verdicts[6].why
    assert "no way to measure 'beauty'" in proof.verdicts[7].why


@pytest.mark.long
def test_a_later_start_that_fails_leaves_what_needed_it_without_a_verdict(standin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_STARTS", "2")
    proof = _prove(standin, _must("latency", 5.0, LoadPlan(rate=40, duration=1), percent=50), evidence=False)
    assert {verdict.outcome for verdict in proof.verdicts} == {Outcome.NOT_PROVEN}
    assert "start 3 of 3 failed: the project did not start" in proof.verdicts[0].why
    assert proof.exit_code == 3


@pytest.mark.long
def test_a_project_without_sign_in_is_measured_without_probes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_OFF", "sign-in-api,csrf-api,origin-api")
    root = standins.write_project(tmp_path / "service", {"public": ("api", "starlette", "/api/v1")})
    proof = _prove(root, _must("latency", 5.0, LoadPlan(rate=40, duration=1), percent=50, part=None), evidence=False)
    assert [(verdict.id, verdict.outcome) for verdict in proof.verdicts] == [("must-latency", Outcome.MET)]


def test_a_layout_that_is_not_there_is_refused_before_anything_starts(standin: Path) -> None:
    with pytest.raises(InputError, match="'togehter' is no layout of this project; write together"):
        _prove(standin, layout="togehter")
    with pytest.raises(InputError, match="use one of together, split, apart, mine"):
        _prove(standin, layout="xyz")


def test_a_project_that_was_not_set_up_is_told_with_the_remedy(standin: Path) -> None:
    with pytest.raises(MachineError, match=r"is missing; run: python project\.py setup"):
        prove(standin, standins.make_brief())


def test_a_project_that_does_not_start_is_an_error_of_the_machine(standin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_STARTS", "0")
    with pytest.raises(MachineError, match="the database is gone"):
        _prove(standin)
