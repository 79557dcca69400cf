"""The decision: which architecture fits this brief, and why. Pure.

``decide`` takes a brief and a catalogue. ``smaa`` takes plain arrays: measurements [S, A, K] and weights [S, K] of S draws, A
alternatives and K criteria; it gives values, ranks, rank acceptability, central weights and confidence factors as a ``Smaa``.
"""

from typing import TYPE_CHECKING, Any

from groundplan.decision.deciding import decide
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

if TYPE_CHECKING:
    from groundplan.decision.acceptability import Smaa, smaa
    from groundplan.decision.flipping import Flip, flips

__all__ = [
    "Architecture",
    "Contribution",
    "Decision",
    "Flip",
    "Rated",
    "Reason",
    "ScreenedOut",
    "Smaa",
    "Stack",
    "Topology",
    "decide",
    "flips",
    "smaa",
]

if not TYPE_CHECKING:  # else every name would be there for the type checker

    def __getattr__(name: str) -> Any:
        """Load what a decision does without only when it is asked for."""
        if name in {"Smaa", "smaa"}:
            from groundplan.decision import acceptability  # noqa: PLC0415  # see above

            return getattr(acceptability, name)
        if name in {"Flip", "flips"}:
            from groundplan.decision import flipping  # noqa: PLC0415  # see above

            return getattr(flipping, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
