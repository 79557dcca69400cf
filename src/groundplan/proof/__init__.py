"""A measured verdict on every non-negotiable of a brief, on a running project."""

from groundplan.proof.model import Outcome, Proof, Verdict, worst
from groundplan.proof.proving import prove

__all__ = ["Outcome", "Proof", "Verdict", "prove", "worst"]
