"""``write``: a plan onto the disk, whole or not at all. The only part of this room that touches the disk."""

import contextlib
import os
import secrets
import shutil
from pathlib import Path

from groundplan.errors import MachineError, TargetError
from groundplan.scaffold.model import Plan, PlannedFile

__all__ = ["check", "write"]

# Moved last: a folder that holds it is a whole project.
_MARK = ".groundplan"


def write(plan: Plan, target: Path) -> None:
    """Write all files of the plan into a folder that is missing or empty.

    Everything is written beside the place it belongs to and then renamed, so an interruption leaves nothing half-written.
    Raises TargetError, before the first byte, when the folder cannot be used; MachineError when the disk gives up.
    """
    target = check(target)
    missing = [folder for folder in target.parents if not folder.exists()]
    staging = (target if target.is_dir() else target.parent) / f".{plan.project}-{secrets.token_hex(4)}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _write_files(plan, staging)
        _move(staging, target)
    except OSError as error:
        raise MachineError(f"{target} could not be written ({error.strerror}); nothing was left there.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        _remove_empty(missing)


def check(target: Path) -> Path:
    """Give the absolute folder that a plan could be written to. Raises TargetError when it cannot be used; touches nothing."""
    target = target.expanduser().resolve()
    try:
        _refuse(target)
    except PermissionError as error:
        raise TargetError(f"{target} cannot be reached by this account; name another folder.") from error
    return target


def _refuse(target: Path) -> None:
    """Raise TargetError when the folder is not empty, not writable, a file, or inside a project."""
    if target.is_file():
        raise TargetError(f"{target} is a file; name a folder that is missing or empty.")
    standing = next(folder for folder in (target, *target.parents) if folder.exists())
    if not standing.is_dir():
        raise TargetError(f"{target} cannot be made because {standing} is a file; name another folder.")
    if target.is_dir() and any(target.iterdir()):
        raise TargetError(f"{target} is not empty; name a folder that is missing or empty.")
    if not os.access(standing, os.W_OK | os.X_OK, effective_ids=True):
        raise TargetError(f"{target} cannot be written by this account; name another folder.")
    around = next((folder for folder in target.parents if (folder / _MARK / "plan.json").is_file()), None)
    if around:
        raise TargetError(f"{target} lies inside the project {around}; name a folder outside of it.")


def _write_files(plan: Plan, staging: Path) -> None:
    staging.mkdir()
    for file in plan.files:
        _write_file(file, staging / file.path)


def _write_file(file: PlannedFile, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.content)
    if file.executable:
        path.chmod(0o755)


def _move(staging: Path, target: Path) -> None:
    """Put the finished files in place: the folder itself, or its entries when the target stands already."""
    if not target.exists():
        staging.rename(target)
        return
    moved: list[Path] = []
    try:
        for entry in sorted(staging.iterdir(), key=lambda entry: entry.name == _MARK):
            moved.append(entry.rename(target / entry.name))  # noqa: PERF401 - what was moved must be known when one fails
    except BaseException:
        for entry in moved:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        raise


def _remove_empty(folders: list[Path]) -> None:
    """Take back the folders made on the way to a target that was not written."""
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()
