"""The table of guarantees.toml as a page: `python tests/faults/crashes/table.py` writes docs/evidence/faults-guarantees.md."""

import tomllib
from pathlib import Path

__all__ = ["PAGE", "ROWS", "page"]

PAGE = Path(__file__).parents[3] / "docs" / "evidence" / "faults-guarantees.md"
ROWS: list[dict[str, str]] = tomllib.loads(Path(__file__).with_name("guarantees.toml").read_text(encoding="utf-8"))["guarantee"]

_HEAD = """# What writers and relays guarantee, and who would notice

Each guarantee has a scenario in `tests/faults/crashes/`, played with real databases and a real Valkey. Our code passes it. Beside
it stands a twin that is wrong on purpose, as it is easily written, and it is caught:
`pytest -m faults tests/faults/crashes/test_guarantees.py`. The page is written by `python tests/faults/crashes/table.py`.

| guarantee | twin that breaks it | what the scenario sees then | scenario |
| --- | --- | --- | --- |
"""


def page() -> str:
    """Give the page as Markdown."""
    rows = [f"| {row['promise']} | {row['twin']} | {row['seen']} | `{row['scenario']}` |" for row in ROWS]
    return _HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
