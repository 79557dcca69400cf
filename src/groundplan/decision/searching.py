"""The best architectures, found exactly without looking at all of them (branch and bound).

Parts are settled one after the other. What is still open adds at most its best stack, and weakest-link and whole criteria can
only fall, so a branch whose bound lies below the worst kept candidate holds nothing better. The bound is the better of two: the
open parts stay with the frameworks chosen so far, or they bring at least one more and its price.
"""

import heapq
from collections.abc import Callable
from dataclasses import field
from itertools import combinations

from groundplan.decision.options import Option
from groundplan.decision.scoring import Scale, Scored
from groundplan.decision.whole import Layout
from groundplan.records import dataclass

__all__ = ["Found", "best", "count", "stands"]

_DIGITS = 12
_SLACK = 1e-9
_NEVER = -1e9

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

    if not layout.each:
        return ways(layout.interfaces)
    every = len(layout.interfaces)
    subsets = (some for size in range(1, every + 1) for some in combinations(layout.interfaces, size))
    return sum((-1) ** (every - len(some)) * ways(some) for some in subsets)  # inclusion and exclusion


def _scored(scale: Scale, options: tuple[tuple[Option, ...], ...], layout: Layout) -> list[list[tuple[int, Scored]]]:
    """Give the options of each part that fit the layout and are not beaten outright, most valuable first, with their places."""
    return [
        _unbeaten(
            [
                (place, scale.score(part, option, layout))
                for place, option in enumerate(choices)
                if option.interface in layout.interfaces
            ]
        )
        for part, choices in zip(scale.situation.parts, options, strict=True)
    ]


def _unbeaten(pairs: list[tuple[int, Scored]]) -> list[tuple[int, Scored]]:
    """Leave out what another stack of the same framework beats or equals for any choice of the other parts."""
    kept: list[tuple[int, Scored]] = []
    alike: dict[tuple[str, ...], list[Scored]] = {}
    for place, scored in sorted(pairs, key=lambda pair: (-pair[1].added, pair[0])):
        rivals = alike.setdefault(scored.mark, [])
        if not any(_beats(better, scored) for better in rivals):
            kept.append((place, scored))
            rivals.append(scored)
    return kept


def _beats(one: Scored, other: Scored) -> bool:
    """Tell whether one that adds at least as much, and is marked alike, is no worse in anything else."""
    return one.piece.busy <= other.piece.busy and all(left >= right for left, right in zip(one.weakest, other.weakest, strict=True))


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
    _links: list[tuple[float, ...]] = field(init=False)
    _by_framework: list[dict[str, float]] = field(init=False)

    def __post_init__(self) -> None:
        """Find what the parts from each on can reach at best: what they add, their weakest links, and what each framework adds."""
        self._open = [0.0]
        self._links = [tuple(1.0 for _ in self.scale.by_weakest)]
        for choices in reversed(self.scored):
            self._open.append(self._open[-1] + choices[0][1].added)
            reached = [max(scored.weakest[index] for _, scored in choices) for index in range(len(self.scale.by_weakest))]
            self._links.append(tuple(map(min, self._links[-1], reached)))
        self._open.reverse()
        self._links.reverse()
        self._by_framework = [_highest(choices) for choices in self.scored]

    def run(self) -> None:
        """Look at everything that could still be kept."""
        self._from((), (), 0.0, 1.0)

    def _from(self, chosen: tuple[Scored, ...], places: tuple[int, ...], added: float, rest: float) -> None:
        depth = len(chosen)
        if depth == len(self.scored):
            self._leaf(chosen, places, added, rest)
            return
        for place, scored in self.scored[depth]:
            total = added + scored.added
            if total + self._open[depth + 1] + rest < self.kept.bar() - _SLACK:
                return  # the stacks that follow add even less
            further = (*chosen, scored)
            less = self.scale.rest(further, self.layout, self._links[depth + 1])
            if self._bound(further, total, less) >= self.kept.bar() - _SLACK:
                self._from(further, (*places, place), total, less)

    def _bound(self, chosen: tuple[Scored, ...], added: float, rest: float) -> float:
        """Give a value that no architecture with these stacks for the first parts can exceed."""
        depth = len(chosen)
        at_most = added + self._open[depth] + rest
        if depth == len(self.scored) or at_most < self.kept.bar() - _SLACK:
            return at_most
        staying = added + rest + self._with_frameworks({scored.option.framework.name for scored in chosen}, depth)
        if staying >= self.kept.bar() - _SLACK:
            return staying
        return added + self._open[depth] + self.scale.rest(chosen, self.layout, self._links[depth], one_more=True)

    def _with_frameworks(self, used: set[str], depth: int) -> float:
        """Give the most that the open parts add with the frameworks in use."""
        return sum(max((best.get(name, _NEVER) for name in used), default=_NEVER) for best in self._by_framework[depth:])

    def _leaf(self, chosen: tuple[Scored, ...], places: tuple[int, ...], added: float, rest: float) -> None:
        options = tuple(scored.option for scored in chosen)
        if stands(options, self.layout) and self.accept(options):
            value = round(added + rest, _DIGITS)
            self.kept.offer(Found(value, options, self.layout, (*places, self.place)))


def _highest(choices: list[tuple[int, Scored]]) -> dict[str, float]:
    """Give framework -> the most it can add."""
    found: dict[str, float] = {}
    for _, scored in choices:
        found.setdefault(scored.option.framework.name, scored.added)
    return found


def stands(options: tuple[Option, ...], layout: Layout) -> bool:
    """Tell whether the options make sense together in a layout.

    Every interface occurs where the layout is about each, a process with its own server holds one framework, there is a
    lender for each loan, and a worker shares the code base of a part that answers requests, if there is one.
    """
    interfaces = [option.interface for option in options]
    if layout.each and set(interfaces) != set(layout.interfaces):
        return False
    if layout.topology == "apart" and 1 < len(interfaces) == len(set(interfaces)):
        return False  # the same processes as split
    if layout.topology != "apart" and len({option.framework.name for option in options if option.interface == "own"}) > 1:
        return False
    serving = {option.framework.name for option in options if not option.worker}
    if serving and any(option.worker and option.framework.name not in serving for option in options):
        return False
    lenders = {option.framework.identity for option in options if not option.borrows}
    return all(not option.borrows or option.borrows in lenders for option in options)
