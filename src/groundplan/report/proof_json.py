"""The proof for programs."""

from typing import Any

from groundplan.proof.evidence import as_dict
from groundplan.proof.model import Proof

__all__ = ["proof_json"]


def proof_json(proof: Proof) -> dict[str, Any]:
    """Give the proof as a value that JSON can hold: format, verdicts with their figures, machine, exit code."""
    return as_dict(proof)
