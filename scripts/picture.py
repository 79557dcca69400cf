"""Turn coloured terminal output into an SVG: ``script -qec "groundplan prove DIR" x.txt; python scripts/picture.py <x.txt >x.svg``.

The reader's own monospace font is used, so the picture loads nothing from elsewhere.
"""

import io
import re
import sys

from rich.console import Console
from rich.text import Text

WIDTH = 82


def picture(output: str, title: str) -> str:
    """Give an SVG of terminal output that may hold ANSI colours."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(output))
    svg = console.export_svg(title=title)
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: Fira Code, monospace", "font-family: ui-monospace, Menlo, Consolas, monospace", svg)


if __name__ == "__main__":
    print(picture(sys.stdin.read(), sys.argv[1] if len(sys.argv) > 1 else "groundplan"))
