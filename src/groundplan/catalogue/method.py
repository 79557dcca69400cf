"""Every judgement of the method as a number."""

from typing import Literal

from groundplan.catalogue.words import Axis, Grade, Party, Workload
from groundplan.records import dataclass

__all__ = ["Complexity", "Isolation", "Kept", "Method", "Sampling", "Screening", "Shift", "Waiting"]


@dataclass(frozen=True, slots=True)
class Shift:
    """How a figure of the brief changes the weight of an axis: (figure, factor) pairs in rising order of the figure."""

    axis: Axis
    by: Literal["years", "first_release_weeks"]
    points: tuple[tuple[float, float], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Seconds a request waits on others by level of the need, and how many can wait at once in one process."""

    seconds: tuple[float, ...]
    thread_places: float
    loop_places: float
    source: str
    date: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Isolation:
    """p99 in ms of an event loop, alone and beside (busy threads, ms) in its own process."""

    busy_threads: tuple[tuple[float, float], ...]
    alone_ms: float
    source: str
    date: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Complexity:
    """Units of extra structure, and how many a team carries. operations: factor at level 0 to 3."""

    framework: float
    process: float
    data_layer: float
    identity: float
    mixed_styles: float
    units_per_engineer: float
    operations: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """Share of existing code that can stay where its style and a stack's differ; blocking code needs threads beside the loop."""

    sync_on_loop_with_threads: float
    sync_on_loop: float
    async_on_threads: float
    source: str
    date: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Screening:
    """What a must may screen by: the most processes a product of this size is given."""

    most_processes: int


@dataclass(frozen=True, slots=True)
class Sampling:
    """How weights and evidence are drawn, and which words the result deserves.

    axes, criteria: how far weights stray from their mean, 1: as far as the simplex reaches, 0: not at all. gaps: answer -> bounds
    of the ratio between neighbours in the team's order. spread: grade of a fact (or ``unknown``) -> standard deviation in value
    units; ageing: what a year adds to it. clear, lean: least share of the draws for the word; clear_regret: most regret in 95 % of
    them; close_regret: expected regret within which a toss-up goes to the simplest; alike: values that close count as one.
    """

    draws: int
    seed: int
    axes: float
    criteria: float
    gaps: dict[str, tuple[float, float]]
    spread: dict[Literal["A", "B", "C", "D", "unknown"], float]
    ageing: float
    clear: float
    lean: float
    clear_regret: float
    close_regret: float
    alike: float


@dataclass(frozen=True, slots=True)
class Method:
    """Every judgement of the method as a number, and the version of the whole catalogue."""

    version: str
    date: str
    order: tuple[str, ...]
    axes: dict[Axis, float]
    parties: dict[Party, float]
    unknown_value: float
    lent: tuple[str, ...]
    lent_source: str
    runtime_since: str
    stale_days: int
    assumed: dict[str, float]
    shift: tuple[Shift, ...]
    workload: dict[str, Workload]
    waiting: Waiting
    isolation: Isolation
    complexity: Complexity
    screening: Screening
    sampling: Sampling
    kept: Kept
    structure: tuple[str, ...]
