"""The pages cannot drift: generated ones are current, links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_generated_pages_are_current() -> None:
    ended = subprocess.run([sys.executable, ROOT / "scripts/docs.py", "--check"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text())
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (page.parent / target).exists()] == []


def test_no_page_names_a_machine_or_a_registry() -> None:
    places = re.compile(r"(?:^|[^\w.])/(?:work|root|home)/\w|py" + r"pi\.org|python" + r"hosted\.org", re.MULTILINE)
    assert [str(page) for page in PAGES if places.search(page.read_text())] == []
