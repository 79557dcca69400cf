"""Cases, answers and scores as values. What a decision may see and what it must not are two types."""

from dataclasses import dataclass, field

__all__ = ["FAMILY", "WORKER", "Actual", "ActualPart", "Answered", "Asked", "AskedPart", "Case", "Report", "Score", "Study"]

WORKER = "worker"
"""The one kind of part that serves no HTTP."""

FAMILY = {"drf": "django", "djangorestframework": "django", "django-ninja": "django", "channels": "django"}
"""What stands on a framework and counts as that framework."""


@dataclass(frozen=True, slots=True)
class AskedPart:
    """One part of a product. needs: need -> level 0-3, None where the rating says unknown."""

    name: str
    kind: str
    needs: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a decision may see of a case: the needs and the year. Levels and words as rated, before any translation.

    size: of the team. known: frameworks that the team is shown to know. performance, horizon: name -> level 0-3.
    answers: question -> level or word; None where the rating says unknown.
    """

    year: int
    parts: tuple[AskedPart, ...]
    size: str
    known: tuple[str, ...]
    performance: dict[str, int]
    horizon: dict[str, int]
    answers: dict[str, int | str | None]


@dataclass(frozen=True, slots=True)
class ActualPart:
    """What served one part, by family; empty: none of the frameworks compared. acceptable: others that are equally right."""

    frameworks: tuple[str, ...]
    acceptable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Actual:
    """What was chosen. main: framework of the largest part; acceptable: others equally right; parts: name -> what served it."""

    main: str
    acceptable: tuple[str, ...]
    hybrid: bool
    migrated: bool
    parts: dict[str, ActualPart]

    def right(self, framework: str) -> bool:
        """Tell whether a framework is the chosen one or equally right."""
        return framework in {self.main, *self.acceptable}


@dataclass(frozen=True, slots=True)
class Case:
    """A real decision: what was asked, and what was chosen. source: the file, for messages."""

    name: str
    asked: Asked
    actual: Actual
    source: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What the method says to a case. ranking: frameworks, best first. parts: name -> framework, workers included.

    main: framework with the largest share of the parts that serve HTTP; empty: nothing was left. confidence: the word of the
    decision, empty where none was asked for. left: part -> frameworks that survive screening. out: part -> framework -> the
    first reason that took a stack of it out. screened: part and constraint -> stacks taken out.
    """

    ranking: tuple[str, ...]
    main: str
    confidence: str
    hybrid: bool
    parts: dict[str, str]
    left: dict[str, tuple[str, ...]]
    out: dict[str, dict[str, str]]
    screened: dict[str, int]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over cases (``parts_`` over parts that serve HTTP and whose framework is one of those compared)."""

    cases: int = 0
    main_strict: int = 0
    main_acceptable: int = 0
    top3_acceptable: int = 0
    parts_strict: int = 0
    parts_total: int = 0
    hybrid_found: int = 0
    hybrid_total: int = 0
    hybrid_false: int = 0
    actual_screened_out: int = 0
    clear: int = 0
    clear_acceptable: int = 0


@dataclass(frozen=True, slots=True)
class Study:
    """The answers to all cases of one variant, in order of the cases, and their score."""

    answers: tuple[Answered, ...]
    score: Score


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a back-test says.

    variants: name -> study, the first is the one with all that was asked. groups: name -> score of the first variant on some of
    the cases. baselines: name -> (strict, acceptable) counts of main frameworks.
    """

    cases: tuple[Case, ...]
    catalogue_version: str
    variants: dict[str, Study]
    groups: dict[str, Score] = field(default_factory=dict)
    baselines: dict[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def first(self) -> Study:
        """Give the study of the first variant."""
        return next(iter(self.variants.values()))
