"""Which versions of this runtime must not stay in use, and whether the vendored copy is the one that was released.

The table below is what this version knew when it was released. A project may carry newer knowledge in
``.groundplan/advisories.json``, an object of version -> sentence, which an update of the project brings along.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from groundplan_runtime import __version__

__all__ = ["KNOWN_BAD", "advisories", "edited_files", "warning"]

KNOWN_BAD: Mapping[str, str] = {}
"""Version -> what is wrong with it and which version cures it."""

ADVISORIES = ".groundplan/advisories.json"
VENDOR_MANIFEST = "vendor/groundplan_runtime.json"


def advisories(root: Path) -> dict[str, str]:
    """Give what is known against versions of the runtime. A file that cannot be read counts as nothing known."""
    try:
        told = json.loads((root / ADVISORIES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        told = {}
    known = {str(version): str(why) for version, why in told.items()} if isinstance(told, dict) else {}
    return {**KNOWN_BAD, **known}


def warning(root: Path, version: str = __version__) -> str | None:
    """Give one sentence when this version must not stay in use."""
    why = advisories(root).get(version)
    return f"warning: groundplan_runtime {version} is known to be bad: {why}" if why else None


def edited_files(root: Path) -> list[str]:
    """Name the vendored files that differ from what was released; without a manifest there is nothing to compare with."""
    try:
        hashes: dict[str, str] = json.loads((root / VENDOR_MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError):
        return []
    return [path for path, digest in hashes.items() if _digest(root / "vendor" / path) != digest]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "missing"
