"""The proof as a file: verdicts, machine, raw samples, and the hashes of what was proven."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from groundplan.proof.model import Proof

__all__ = ["as_dict", "evidence_name", "hashes", "write_evidence"]

FORMAT = 1
FOLDER = Path(".groundplan") / "proofs"
_NOT_PROJECT = frozenset({".venv", ".git", "data", "__pycache__", "node_modules", ".pytest_cache", ".ruff_cache", ".mypy_cache"})


def as_dict(proof: Proof) -> dict[str, Any]:
    """Give the proof as JSON can hold it, with its exit code."""
    return {"format": FORMAT, **asdict(proof), "exit_code": proof.exit_code}


def hashes(root: Path) -> dict[str, str]:
    """Give path -> SHA-256 of the project's files: everything but data, environment, caches, secrets and earlier proofs."""
    return {path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(_files(root))}


def _files(root: Path) -> Iterator[Path]:
    for path in root.iterdir():
        if path.name in _NOT_PROJECT or path.name == ".env" or path.is_symlink() or path == root / FOLDER:
            continue
        if path.is_dir():
            yield from (inner for inner in _files(path) if FOLDER.as_posix() not in inner.as_posix())
        elif path.is_file():
            yield path


def evidence_name(proof: Proof) -> str:
    """Give the file's name: when, layout, database."""
    moment = proof.taken_at.replace("-", "").replace(":", "")
    return f"{moment}-{proof.layout}-{proof.database}.json"


def write_evidence(root: Path, proof: Proof, samples: Mapping[str, object]) -> Path:
    """Write the proof below the project and give the path. samples: must -> raw figures."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / evidence_name(proof)
    told = {**as_dict(proof), "files": hashes(root), "samples": dict(samples)}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return path
