"""What running costs: list prices and the judgements that turn measured figures into a range."""

from typing import Literal

from groundplan.catalogue.words import Grade
from groundplan.records import dataclass

__all__ = ["Price", "Prices", "Service"]

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Price:
    """A public list price for a month. core, gb: of one processor core, one GB of memory. least: the smallest plan."""

    provider: str
    core: float
    gb: float
    least: float
    where: str
    date: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A program beside the processes of the product. when: what makes it needed. cores, gb: lowest and highest."""

    title: str
    when: Literal["data", "events", "door"]
    cores: Range
    gb: Range


@dataclass(frozen=True, slots=True)
class Prices:
    """All of ``costs.toml``; pairs are (low, high) ends of the resulting range.

    drift: factors on measured figures. busy: share of a core that is planned to be busy. own_mb: memory of the team's own code
    in each worker. system_gb: memory of the system beside the product.
    """

    currency: str
    drift: Range
    drift_source: str
    busy: Range
    own_mb: Range
    system_gb: Range
    date: str
    grade: Grade
    price: tuple[Price, ...]
    service: tuple[Service, ...]
