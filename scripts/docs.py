"""Write the generated pages of docs/ anew: ``python scripts/docs.py [--check]``.

Generated: the command line reference (from the help texts), the guarantees of the runtime (from the tables of the fault suite) and
the lists of decisions and of each section's pages (from the pages' titles). ``--check`` writes nothing and exits 5 when a page is
not current; a test runs it.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CHANGES_PENDING = 5
SECTIONS = {
    "how-to": "One thing done, step by step.",
    "reference": "Exact and complete; to look things up.",
    "explanation": "Why things are as they are.",
    "decisions": "What was chosen, why, and what was rejected. Numbers are gaps apart by room; they are never reused.",
}


def title(page: Path) -> str:
    """Give the first heading of a page."""
    return next(line.removeprefix("# ").strip() for line in page.read_text().splitlines() if line.startswith("# "))


def index(section: str) -> str:
    """Give the list of a section's pages."""
    pages = sorted(page for page in (DOCS / section).glob("*.md") if page.name != "README.md")
    rows = "\n".join(f"- [{title(page)}]({page.name})" for page in pages)
    heading = section.capitalize()
    return f"# {heading}\n\n{SECTIONS[section]}\n\n{rows}\n"


def help_text(*command: str) -> str:
    """Give what ``groundplan COMMAND --help`` prints at 80 columns."""
    environment = os.environ | {"COLUMNS": "80", "NO_COLOR": "1"}
    program = Path(sys.executable).parent / "groundplan"
    ended = subprocess.run([program, *command, "--help"], capture_output=True, text=True, check=True, env=environment)
    return ended.stdout.strip()


def commands() -> list[str]:
    """Name the commands in the order that the program's own help lists them."""
    listing = help_text().split("Commands:\n")[1]
    return [line.split()[0] for line in listing.splitlines() if line.startswith("  ") and not line.startswith("   ")]


def cli_page() -> str:
    """Give the command line reference."""
    parts = ["# Command line\n\nGenerated from the program's own help.\n", f"```\n{help_text()}\n```\n"]
    parts += [f"## groundplan {command}\n\n```\n{help_text(command)}\n```\n" for command in commands()]
    return "\n".join(parts)


def guarantees_page() -> str:
    """Give the guarantees of the runtime, each with the twins that break it."""
    head = """# What the runtime guarantees, and who would notice

Each guarantee is a scenario of the fault suite, played with the real thing. Beside it stands a *twin*: the same thing with one
piece built wrongly, as it is easily built. The same scenario passes with ours and must fail with the twin, so that it is known
to notice (`pytest -m faults tests/faults -k "guarantee or twin"`; decision
[0170](../decisions/0170-guarantees-beside-their-twins.md)).
"""
    parts = [head]
    for room, heading in (("crashes", "Writing, the log and the relay"), ("cuts", "The gateway")):
        rows = tomllib.loads((ROOT / "tests" / "faults" / room / "guarantees.toml").read_text())["guarantee"]
        told = "".join(f"| {row['promise']} | {row['twin']} | {row['seen']} |\n" for row in rows)
        parts.append(f"## {heading}\n\n| guarantee | twin | what is seen of it |\n| --- | --- | --- |\n{told}")
    return "\n".join(parts)


def main(arguments: list[str]) -> int:
    """Write or check every generated page."""
    pages = {DOCS / "reference" / "cli.md": cli_page(), DOCS / "reference" / "guarantees.md": guarantees_page()}
    if "--check" not in arguments:
        for page, text in pages.items():
            page.write_text(text)
    pages |= {DOCS / section / "README.md": index(section) for section in SECTIONS}
    stale = [page for page, text in pages.items() if not page.exists() or page.read_text() != text]
    if "--check" in arguments:
        print("".join(f"{page.relative_to(ROOT)} is not current; run make docs\n" for page in stale), end="")
        return CHANGES_PENDING if stale else 0
    for page in stale:
        page.write_text(pages[page])
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
