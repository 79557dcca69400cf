"""Two decisions side by side: of two briefs, or of one brief on two days."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from enum import Enum
from typing import Any

from groundplan.brief.model import Brief, Must
from groundplan.catalogue.model import Catalogue, Fact
from groundplan.decision.model import Contribution, Decision, Stack
from groundplan.records import dataclass

__all__ = ["AnswerPair", "Compared", "CriterionPair", "FactPair", "PartPair", "compare"]

_SAME = 1e-9
_UNTOLD = ("name", "summary", "entities", "musts", "source", "text")
"""Fields of a brief that no decision reads, and the musts, which are told in a line each."""


@dataclass(frozen=True, slots=True)
class PartPair:
    """A part that has another stack on the right. None: there is no such part on that side."""

    part: str
    left: Stack | None
    right: Stack | None


@dataclass(frozen=True, slots=True)
class CriterionPair:
    """A criterion that weighs otherwise, or on which the recommended architectures differ.

    weights: left and right, 0 where it does not count. values: of the recommended architectures, None where it does not count.
    """

    criterion: str
    title: str
    axis: str
    weights: tuple[float, float]
    values: tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class FactPair:
    """A fact behind the recommended architectures that has another value on the right. None: not used, or not known then."""

    subject: str
    fact: str
    unit: str
    left: float | str | None
    right: float | str | None


@dataclass(frozen=True, slots=True)
class AnswerPair:
    """An answer that the two briefs give differently, as JSON could hold it; None where one gives none."""

    place: str
    left: str | float | None
    right: str | float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs between two decisions. Everything that is not listed is the same on both sides."""

    left: Decision
    right: Decision
    answers: tuple[AnswerPair, ...]
    parts: tuple[PartPair, ...]
    criteria: tuple[CriterionPair, ...]
    facts: tuple[FactPair, ...]


def compare(left: tuple[Brief, Decision], right: tuple[Brief, Decision], catalogue: Catalogue) -> Compared:
    """Hold two decisions from one catalogue against each other, each with the brief it was taken for."""
    one, other = left[1], right[1]
    return Compared(
        one,
        other,
        tuple(_answers(left[0], right[0])),
        tuple(_parts(one, other)),
        tuple(_criteria(one, other, catalogue)),
        tuple(_facts(one, other)),
    )


def _answers(left: Brief, right: Brief) -> Iterator[AnswerPair]:
    one, other = dict(_leaves("", _plain(left))), dict(_leaves("", _plain(right)))
    for place in dict.fromkeys((*one, *other)):
        if one.get(place) != other.get(place):
            yield AnswerPair(place, one.get(place), other.get(place))


def _plain(brief: Brief) -> dict[str, Any]:
    musts = {must.id: _must(must) for must in brief.musts}
    return {key: value for key, value in asdict(brief).items() if key not in _UNTOLD} | {"must": musts}


def _must(must: Must) -> str:
    load = ", ".join(f"{key} {value:g}" for key, value in asdict(must.load).items() if value is not None)
    return " ".join(filter(None, (must.part or "product", must.metric, must.check.text, must.level, load)))


def _leaves(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Give (place, value) of everything in a nest of tables and lists; items of lists go by their name."""
    if isinstance(value, list | tuple) and any(isinstance(item, dict) for item in value):
        value = {str(item.get("name") or item.get("id")): item for item in value}
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(f"{place}.{key}" if place else str(key), item)
    else:
        yield place, _leaf(value)


def _leaf(value: Any) -> str | float | None:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value.value) if isinstance(value, Enum) else value


def _parts(left: Decision, right: Decision) -> Iterator[PartPair]:
    one, other = left.chosen.architecture.stacks, right.chosen.architecture.stacks
    for part in dict.fromkeys((*one, *other)):
        if one.get(part) != other.get(part):
            yield PartPair(part, one.get(part), other.get(part))


def _criteria(left: Decision, right: Decision, catalogue: Catalogue) -> Iterator[CriterionPair]:
    """Give the criteria that differ, largest change of weighted value first."""
    one, other = _by_criterion(left), _by_criterion(right)
    pairs = [
        CriterionPair(
            criterion.id,
            criterion.title,
            criterion.axis,
            (_weight(one, criterion.id), _weight(other, criterion.id)),
            (_value(one, criterion.id), _value(other, criterion.id)),
        )
        for criterion in catalogue.criteria
    ]
    yield from sorted(filter(_differs, pairs), key=lambda pair: -_change(pair))


def _by_criterion(decision: Decision) -> dict[str, Contribution]:
    return {found.criterion: found for found in decision.chosen.contributions}


def _weight(found: Mapping[str, Contribution], name: str) -> float:
    return found[name].weight if name in found else 0.0


def _value(found: Mapping[str, Contribution], name: str) -> float | None:
    return found[name].value if name in found else None


def _differs(pair: CriterionPair) -> bool:
    if abs(pair.weights[0] - pair.weights[1]) > _SAME:
        return True
    left, right = pair.values
    return left is not None and right is not None and abs(left - right) > _SAME


def _change(pair: CriterionPair) -> float:
    left, right = (weight * (value or 0.0) for weight, value in zip(pair.weights, pair.values, strict=True))
    return abs(left - right)


def _facts(left: Decision, right: Decision) -> Iterator[FactPair]:
    one, other = _by_name(left), _by_name(right)
    for name in sorted(one.keys() | other.keys()):
        old, new = one.get(name), other.get(name)
        if old is None or new is None or old.value != new.value:
            yield FactPair(*name, None if old is None else old.value, None if new is None else new.value)


def _by_name(decision: Decision) -> dict[tuple[str, str, str], Fact]:
    """Give the facts, without the method's judgements: where these differ, another of them was read, none has changed."""
    return {(fact.subject, fact.id, fact.unit): fact for fact in decision.facts if fact.subject != "method"}
