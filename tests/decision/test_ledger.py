"""The published ledger, and the page that a ledger becomes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue
from groundplan.decision.flipping import Ledger, Tried, ledger
from groundplan.report.ledger_text import ledger_page, ledger_text

Example = Callable[[str], Brief]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found(example: Example, catalogue: Catalogue) -> Ledger:
    return ledger(example("device-api"), catalogue, "2026-11-22")


def test_the_page_holds_every_flip_and_what_leaves_nothing(found: Ledger) -> None:
    nothing = Tried("must.speed", "must speed is harder", None, flips=False)
    page = ledger_page(Ledger(found.brief_name, found.as_of, found.architecture, (*found.tried, nothing)))
    assert page.startswith(f"## {found.brief_name}\n")
    assert all(f"| {flip.change} | " in page for flip in found.flips)
    assert "| must speed is harder | nothing meets the non-negotiables |" in page


def test_an_answer_that_matters_in_one_direction_is_not_told_as_one_that_never_does(found: Ledger) -> None:
    matter = {row.place for row in found.tried if row.flips or row.architecture is None}
    calm = ledger_page(found).rpartition("matter: ")[2].rstrip(".\n").split(", ")
    assert matter
    assert not matter & set(calm)
    assert matter | set(calm) == {row.place for row in found.tried}


def test_a_ledger_without_flips_has_no_table(found: Ledger) -> None:
    calm = tuple(row for row in found.tried if not row.flips and row.architecture is not None)
    page = ledger_page(Ledger(found.brief_name, found.as_of, found.architecture, calm))
    assert "|" not in page
    assert f"0 of {len(calm)} changes of one answer lead elsewhere." in page


def test_the_text_tells_what_leaves_nothing(found: Ledger) -> None:
    nothing = Tried("must.speed", "must speed is harder", None, flips=False)
    told = ledger_text(Ledger(found.brief_name, found.as_of, found.architecture, (*found.tried, nothing)))
    assert "Nothing meets the non-negotiables when\n  x must speed is harder\n" in told
    assert max(map(len, told.splitlines())) <= 80


@pytest.mark.long
def test_the_published_ledger_is_current() -> None:
    ended = subprocess.run([sys.executable, ROOT / "scripts/ledger.py", "--check"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr
