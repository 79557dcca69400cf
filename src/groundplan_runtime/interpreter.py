"""Which interpreter runs the project: the one of ``.venv`` when there is one, whichever the owner called."""

import os
import sys
from pathlib import Path

from groundplan_runtime.errors import SetupError

__all__ = ["STAMP", "UNFINISHED", "environment_folder", "environment_python", "refuse_old", "use_environment"]

MINIMUM = (3, 11)
STAMP = "groundplan-setup"  # a file in .venv: what it was made from, the name of the list of packages first
UNFINISHED = "groundplan-setup-unfinished"  # a file that stands in .venv while setup fills it


def refuse_old(version: tuple[int, int]) -> None:
    """Leave with one sentence on a Python that cannot even read the other modules."""
    if version < MINIMUM:
        raise SystemExit(f"Python {version[0]}.{version[1]} is too old for this project; start it with Python 3.11 or newer.")


refuse_old(sys.version_info[:2])  # here, because this module is imported before those that need what is newer


def environment_folder(root: Path) -> Path:
    """Give the folder of the project's own environment."""
    return root / ".venv"


def environment_python(root: Path) -> Path:
    """Give the interpreter of the project's own environment."""
    return environment_folder(root) / "bin" / "python"


def use_environment(root: Path, arguments: list[str]) -> None:
    """Start again with the project's own interpreter unless this is it or there is none. Raises SetupError for half of one."""
    folder = environment_folder(root)
    if (folder / UNFINISHED).exists():
        raise SetupError(f"{folder}: setup was interrupted there; run: python project.py setup.")
    python = environment_python(root)
    if python.exists() and (folder / "pyvenv.cfg").is_file() and Path(sys.prefix).resolve() != folder.resolve():
        os.execv(python, [str(python), *arguments])  # noqa: S606  no shell on purpose: this process becomes that interpreter
