#!/usr/bin/env python3
"""Every command of this project: setup, run, stop, test, doctor, prepare. `python project.py --help` lists them."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / "vendor")]

from groundplan_runtime.cli import main  # noqa: E402 - the line above makes it importable

if __name__ == "__main__":
    sys.exit(main(root=ROOT))
