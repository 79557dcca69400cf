"""The decision as a value: ranked architectures with reasons."""

from typing import Literal

from groundplan.catalogue.model import Fact
from groundplan.records import dataclass

__all__ = [
    "Acceptance",
    "Architecture",
    "Check",
    "Contribution",
    "Decision",
    "Family",
    "Rated",
    "Reason",
    "Robustness",
    "ScreenedOut",
    "Stack",
    "Staying",
    "Topology",
]


@dataclass(frozen=True, slots=True, order=True)
class Stack:
    """framework + add-ons + server, all as catalogue names, e.g. ``django``, (``djangorestframework``,), ``granian``.

    interface: ``wsgi`` or ``asgi``, the protocol between server and framework.
    """

    framework: str
    addons: tuple[str, ...]
    server: str
    interface: str

    def __str__(self) -> str:
        """Give the stack as people write it: ``django + djangorestframework on granian``."""
        return f"{' + '.join((self.framework, *self.addons))} on {self.server}"


@dataclass(frozen=True, slots=True)
class Topology:
    """A partition of the parts into processes. name: ``together``, ``split`` or ``apart``. processes: name -> parts."""

    name: str
    processes: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Architecture:
    """part name -> stack, plus how the parts are laid out in processes."""

    stacks: dict[str, Stack]
    topology: Topology

    @property
    def frameworks(self) -> tuple[str, ...]:
        """Name the frameworks used, each once, in order of the parts."""
        return tuple(dict.fromkeys(stack.framework for stack in self.stacks.values()))

    @property
    def hybrid(self) -> bool:
        """Tell whether more than one framework serves the product."""
        return len(self.frameworks) > 1


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one criterion adds to an architecture's value.

    weight: of the criterion, all weights sum to 1. value: in [0, 1]. evidence: how it came about, with unit, source, date.
    """

    criterion: str
    axis: str
    weight: float
    value: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Rated:
    """An architecture and its value in [0, 1], the sum of weight x value of its contributions."""

    architecture: Architecture
    value: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence for or against the recommended architecture. side: ``pro`` or ``con``. weight: value gained or lost."""

    side: str
    criterion: str
    weight: float
    sentence: str


@dataclass(frozen=True, slots=True)
class ScreenedOut:
    """A stack that a part cannot have. constraint: the need, must or policy; fact, source, date: what decided it."""

    part: str
    stack: str
    constraint: str
    fact: str
    source: str
    date: str


@dataclass(frozen=True, slots=True)
class Staying:
    """Keeping what runs today, or moving one part of it, as an architecture beside the others.

    kind: ``keep and tune`` keeps the framework of every part that the brief names an incumbent for, ``move one part`` of all but
    one; add-ons, servers, processes and the other parts are open. part: the one that moves. place: in ``ranked``; None when there
    is no such architecture, then ``why`` says what is against it. behind: value it lacks against the chosen one. beside: ranked for
    this alone, so what is not ranked may be worth more.
    """

    kind: Literal["keep and tune", "move one part"]
    part: str
    place: int | None
    behind: float | None
    beside: bool
    why: str


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How one architecture fares over all the weights and evidence that the brief and the facts admit.

    ranks: share of the draws in which it comes first, second, and so on. central: criterion -> mean weight of the draws in which
    it comes first; empty when it never does. confidence: share of draws of the evidence in which it is first at those weights.
    expected: mean value. regret, regret_95, regret_max: value lost against the best of each draw, mean, 95th percentile, largest.
    """

    architecture: Architecture
    ranks: tuple[float, ...]
    central: dict[str, float]
    confidence: float
    expected: float
    regret: float
    regret_95: float
    regret_max: float


@dataclass(frozen=True, slots=True)
class Family:
    """Architectures with the same frameworks. share: of the draws in which one of them comes first."""

    frameworks: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Check:
    """A fact worth checking first. worth: expected value gained by knowing it (EVPPI). sentence: what to check, and how."""

    subject: str
    criterion: str
    worth: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Robustness:
    """How far the recommendation can be trusted.

    word: ``clear``, ``lean`` or ``toss-up``. accepted: in the order of the decision's ``ranked``. families: largest share first.
    pairwise: share of the draws in which the chosen architecture beats each of ``ranked``. evpi: expected value of knowing weights
    and facts exactly. tie_weight: weight of simplicity at which a hybrid and the best single framework tie; None: there is none.
    """

    word: Literal["clear", "lean", "toss-up"]
    draws: int
    seed: int
    accepted: tuple[Acceptance, ...]
    families: tuple[Family, ...]
    pairwise: tuple[float, ...]
    evpi: float
    checks: tuple[Check, ...]
    tie_weight: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """Ranked architectures, best first, for one brief, catalogue and date. ``chosen`` is the first of ``ranked``.

    single: best architecture with one framework (itself when the chosen one is no hybrid; None when none survives).
    unknown: facts that could not be had, each a sentence, to be checked first. candidates: architectures there were.
    rival: what the reasons compare with, the best architecture on other frameworks. facts: all that the value rests on.
    robustness: None when only the point answer was asked for. staying: empty when the brief names nothing that runs today.
    """

    brief_name: str
    as_of: str
    catalogue_version: str
    ranked: tuple[Rated, ...]
    reasons: tuple[Reason, ...]
    screened_out: tuple[ScreenedOut, ...]
    single: Rated | None
    unknown: tuple[str, ...] = ()
    candidates: int = 0
    rival: Rated | None = None
    facts: tuple[Fact, ...] = ()
    robustness: Robustness | None = None
    staying: tuple[Staying, ...] = ()

    @property
    def leading(self) -> tuple[Rated, ...]:
        """Give those of ``ranked`` that nothing else exceeds: all but those ranked for what they keep."""
        beside = {stay.place for stay in self.staying if stay.beside}
        return tuple(rated for place, rated in enumerate(self.ranked) if place not in beside)

    @property
    def gap(self) -> float | None:
        """Give the value by which the chosen architecture leads the best single-framework one; None when there is none."""
        return None if self.single is None else self.chosen.value - self.single.value

    @property
    def chosen(self) -> Rated:
        """The recommended architecture."""
        return self.ranked[0]
