"""Which interpreter runs the project: the one of ``.venv`` when there is one, whichever the owner called."""

import os
import sys
from pathlib import Path

from groundplan_runtime.errors import SetupError

__all__ = ["STAMP", "UNFINISHED", "environment_folder", "environment_python", "use_environment"]

STAMP = "groundplan-setup"  # a file in .venv: what it was made from, the name of the list of packages first
UNFINISHED = "groundplan-setup-unfinished"  # a file that stands in .venv while setup fills it


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
