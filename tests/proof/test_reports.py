import json
from xml.etree import ElementTree as ET

import pytest
from rich.cells import cell_len

from groundplan.proof.model import Outcome, Proof, Verdict
from groundplan.report.proof_json import proof_json
from groundplan.report.proof_junit import proof_junit
from groundplan.report.proof_text import proof_text


def _verdict(name: str, outcome: Outcome, *, origin: str = "brief", level: str = "must") -> Verdict:
    why = "even the kindest reading, 3.40 s, breaks the limit 100 ms"
    return Verdict(name, origin, "public", "latency", "p(99) < 100ms", outcome, "12.3 ms (≤ 18.9 ms)", 12000, why, "how", level)


PROOF = Proof(
    "pulse",
    "apart",
    "postgresql",
    "valkey",
    "2026-11-22T12:00:00Z",
    61.4,
    (
        _verdict("api-p99", Outcome.MET),
        _verdict("a-rather-long-name-of-a-must", Outcome.NOT_MET),
        _verdict("nice-to-have", Outcome.NOT_MET, level="should"),
        _verdict("csrf", Outcome.NOT_PROVEN, origin="built-in"),
    ),
    {"cores": "2", "python": "CPython 3.11.7"},
)


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_fits_its_width_and_gives_a_reason_for_all_that_is_not_met(width: int) -> None:
    text = proof_text(PROOF, width)
    assert max(cell_len(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert "12.3 ms (≤ 18.9 ms)" in text
    assert "postgresql + valkey" in text
    assert text.count("even the kindest reading") == 3
    assert "a must is NOT_MET: 1 MET, 2 NOT_MET, 1 NOT_PROVEN; 61 s, exit code 1" in " ".join(text.split())


def test_colour_is_there_when_asked_for() -> None:
    assert "\x1b[" in proof_text(PROOF, color=True)


def test_a_proof_of_nothing_says_so() -> None:
    assert "no verdict" in proof_text(Proof("p", "l", "sqlite", "none", "t", 0.1, ()))


def test_json_holds_everything_with_the_exit_code() -> None:
    told = json.loads(json.dumps(proof_json(PROOF)))
    assert told["exit_code"] == 1
    assert told["format"] == 1
    assert told["verdicts"][1]["outcome"] == "NOT_MET"


def test_junit_counts_failures_errors_and_skips_what_is_only_a_should() -> None:
    suite = ET.fromstring(proof_junit(PROOF))[0]  # noqa: S314  (written a line ago)
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    assert next(case.get("name") for case in suite.iter("testcase")) == "api-p99: latency p(99) < 100ms"
