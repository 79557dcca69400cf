"""The decision: which architecture fits this brief, and why. Pure."""

from groundplan.decision.deciding import decide
from groundplan.decision.flipping import Flip, flips
from groundplan.decision.model import (
    Architecture,
    Contribution,
    Decision,
    Rated,
    Reason,
    ScreenedOut,
    Stack,
    Topology,
)

__all__ = [
    "Architecture",
    "Contribution",
    "Decision",
    "Flip",
    "Rated",
    "Reason",
    "ScreenedOut",
    "Stack",
    "Topology",
    "decide",
    "flips",
]
