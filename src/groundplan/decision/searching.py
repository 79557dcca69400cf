"""The best architectures, found exactly without looking at all of them (branch and bound).

Parts are settled one after the other. What is still open adds at most its best stack, and weakest-link and whole criteria can
only fall, so a branch whose bound lies below the worst kept candidate holds nothing better.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

from groundplan.decision.options import Option
from groundplan.decision.scoring import Scale, Scored
from groundplan.decision.whole import Layout

__all__ = ["Found", "best", "count"]

_DIGITS = 12
_SLACK = 1e-9

Accept = Callable[[tuple[Option, ...]], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """An architecture with its value. order: place in the catalogue, part by part; breaks exact ties."""

    value: float
    options: tuple[Option, ...]
    layout: Layout
    order: tuple[int, ...]


@dataclass
class _Kept:
    """The best ``keep`` so far."""

    keep: int
    found: list[tuple[float, tuple[int, ...], int, Found]] = field(default_factory=list)
    serial: int = 0

    def bar(self) -> float:
        """Give the value below which nothing is kept any more."""
        return self.found[0][0] if len(self.found) >= self.keep else float("-inf")

    def offer(self, found: Found) -> None:
        """Keep a candidate if it is among the best; of equal ones the earlier in the catalogue."""
        self.serial += 1
        entry = (found.value, tuple(-place for place in found.order), self.serial, found)
        if len(self.found) < self.keep:
            heapq.heappush(self.found, entry)
        else:
            heapq.heappushpop(self.found, entry)


def best(
    scale: Scale,
    options: tuple[tuple[Option, ...], ...],
    layouts: list[Layout],
    keep: int,
    accept: Accept = lambda _options: True,
) -> list[Found]:
    """Give the ``keep`` best architectures, best first; exact ties keep catalogue order. accept: which ones may be kept."""
    kept = _Kept(keep)
    for place, layout in enumerate(layouts):
        scored = _scored(scale, options, layout)
        if all(scored):
            _Search(scale, layout, place, scored, kept, accept).run()
    return sorted((entry[3] for entry in kept.found), key=lambda found: (-found.value, found.order))


def count(options: tuple[tuple[Option, ...], ...], layouts: list[Layout]) -> int:
    """Count the architectures there are to choose from."""
    return sum(_count_in(options, layout) for layout in layouts)


def _count_in(options: tuple[tuple[Option, ...], ...], layout: Layout) -> int:
    def ways(interfaces: tuple[str, ...]) -> int:
        product = 1
        for choices in options:
            product *= sum(option.interface in interfaces for option in choices)
        return product

    every = ways(layout.interfaces)
    return every - ways(("wsgi",)) - ways(("asgi",)) if layout.both else every


def _scored(scale: Scale, options: tuple[tuple[Option, ...], ...], layout: Layout) -> list[list[tuple[int, Scored]]]:
    """Give the options of each part that fit the layout, most valuable first, with their places in the catalogue."""
    return [
        sorted(
            (
                (place, scale.score(part, option, layout))
                for place, option in enumerate(choices)
                if option.interface in layout.interfaces
            ),
            key=lambda pair: (-pair[1].added, pair[0]),
        )
        for part, choices in zip(scale.situation.parts, options, strict=True)
    ]


@dataclass
class _Search:
    """One run over the parts for one layout."""

    scale: Scale
    layout: Layout
    place: int
    scored: list[list[tuple[int, Scored]]]
    kept: _Kept
    accept: Accept
    _open: list[float] = field(init=False)

    def __post_init__(self) -> None:
        """Sum up what the parts from each on can add at most."""
        self._open = [0.0]
        for choices in reversed(self.scored):
            self._open.append(self._open[-1] + choices[0][1].added)
        self._open.reverse()

    def run(self) -> None:
        """Look at everything that could still be kept."""
        self._from((), (), 0.0)

    def _from(self, chosen: tuple[Scored, ...], places: tuple[int, ...], added: float) -> None:
        depth = len(chosen)
        if depth == len(self.scored):
            self._leaf(chosen, places, added)
            return
        for place, scored in self.scored[depth]:
            total = added + scored.added
            if total + self._open[depth + 1] + 1.0 < self.kept.bar():
                return
            further = (*chosen, scored)
            if total + self._open[depth + 1] + self.scale.rest(further, self.layout) >= self.kept.bar() - _SLACK:
                self._from(further, (*places, place), total)

    def _leaf(self, chosen: tuple[Scored, ...], places: tuple[int, ...], added: float) -> None:
        options = tuple(scored.option for scored in chosen)
        if _stands(options, self.layout) and self.accept(options):
            value = round(added + self.scale.rest(chosen, self.layout), _DIGITS)
            self.kept.offer(Found(value, options, self.layout, (*places, self.place)))


def _stands(options: tuple[Option, ...], layout: Layout) -> bool:
    """Tell whether the options make sense together in a layout: both interfaces where it is about both, a lender for each loan."""
    interfaces = [option.interface for option in options]
    if layout.both and len(set(interfaces)) == 1:
        return False
    if layout.topology == "apart" and sorted(interfaces) == ["asgi", "wsgi"]:
        return False  # the same processes as split
    lenders = {option.framework.identity for option in options if not option.borrows}
    return all(not option.borrows or option.borrows in lenders for option in options)
