"""The table guarantee x twin as a page: `python tests/faults/cuts/table.py` writes docs/evidence/faults-twins.md."""

from pathlib import Path
from types import ModuleType

from faults.cuts.twins import GUARANTEES, Twin

__all__ = ["PAGE", "page"]

PAGE = Path(__file__).parents[3] / "docs" / "evidence" / "faults-twins.md"

_HEAD = """# What the gateway guarantees, and who would notice

Each guarantee is a scenario (`tests/faults/cuts/guarantees.py`) that looks at frames and close codes as a client gets them. The gateway passes it. Each twin is the same
gateway with one piece built wrongly, as it is easily built (`tests/faults/cuts/twins.py`), and fails it. Both are tests: `pytest tests/faults/cuts/test_twins.py`
for the gateway, with `-m faults` for the twins. This page is written by `python tests/faults/cuts/table.py`.

| guarantee | twin that breaks it | piece replaced |
| --- | --- | --- |
"""


def page() -> str:
    """Give the page as Markdown."""
    rows = [f"| {guarantee.promise} | {twin.what} | `{_piece(twin)}` |" for guarantee in GUARANTEES for twin in guarantee.twins]
    return _HEAD + "\n".join(rows) + "\n"


def _piece(twin: Twin) -> str:
    if isinstance(twin.place, ModuleType):
        return twin.name
    return f"{twin.place.__name__}.{twin.name}"


if __name__ == "__main__":
    PAGE.write_text(page())
