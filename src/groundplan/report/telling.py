"""What every form of a report is made from: a decision with its brief and facts, and the further pieces that were asked for."""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.deciding import decide
from groundplan.decision.model import Architecture, Decision, Rated
from groundplan.decision.operating import Operating, operating
from groundplan.events import Listener, ignore
from groundplan.records import dataclass
from groundplan.report import flips_pieces
from groundplan.report.section import Section

__all__ = ["PIECES", "USUAL", "Piece", "Section", "Telling", "tell"]


Piece = Callable[[Decision, Brief, Catalogue, Listener], Section]

PIECES: dict[str, Piece] = {
    "weights": flips_pieces.nearest_weights,
    "every_weight": flips_pieces.every_weight,
    "facts": flips_pieces.figure_flips,
    "answers": flips_pieces.answer_flips,
    "pairs": flips_pieces.pair_flips,
    "growth": flips_pieces.growth,
}
"""Key -> what makes the section. A record names the keys it holds, so that ``verify`` makes them again."""

USUAL = ("weights",)
"""Keys of the pieces that are quick to make and that every report has."""


@dataclass(frozen=True)
class Telling:
    """A decision with everything a report of it needs. sections: in the order they are told."""

    decision: Decision
    brief: Brief
    catalogue: Catalogue
    sections: tuple[Section, ...] = ()

    def operating(self, architecture: Architecture, *, later: bool = False) -> Operating:
        """Give what an architecture takes to run."""
        return operating(architecture, self.brief, self.catalogue, self.decision.as_of, later=later)

    @cached_property
    def grows(self) -> bool:
        """Tell whether the brief expects another load later."""
        return self.brief.load.later is not None

    @cached_property
    def compared(self) -> tuple[Rated, ...]:
        """Give the architectures that a report shows side by side.

        The chosen one, the next best, the best single one, the rival, and what keeps what runs today.
        """
        decision = self.decision
        staying = [decision.ranked[stay.place] for stay in decision.staying if stay.place is not None]
        extra = [rated for rated in (decision.single, decision.rival, *staying) if rated is not None]
        found: dict[tuple[object, ...], Rated] = {}
        for rated in (decision.chosen, *decision.leading, *extra):
            found.setdefault(_served(rated.architecture), rated)
        shown = dict.fromkeys([*list(found)[:_SIDE_BY_SIDE], *(_served(rated.architecture) for rated in extra)])
        return tuple(found[key] for key in shown)


_SIDE_BY_SIDE = 4


def _served(architecture: Architecture) -> tuple[object, ...]:
    """Give what serves each part: architectures that differ only in layout are one line of a comparison."""
    return tuple(sorted((part, stack.framework) for part, stack in architecture.stacks.items()))


def tell(
    brief: Brief,
    catalogue: Catalogue,
    as_of: str,
    pieces: tuple[str, ...] = (),
    settings: Mapping[str, Any] | None = None,
    *,
    listener: Listener = ignore,
) -> Telling:
    """Decide, and make the pieces of those keys. settings: draws and seed, where they are not the usual ones."""
    decision = decide(brief, catalogue, as_of, draws=(settings or {}).get("draws"), seed=(settings or {}).get("seed"))
    return Telling(decision, brief, catalogue, tuple(PIECES[key](decision, brief, catalogue, listener) for key in pieces))
