"""From brief and catalogue to a decision: screen, search, compare, explain. Pure: no file, clock or environment."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue, Fact
from groundplan.decision.explaining import beyond, contribution, facts, missing, reasons
from groundplan.decision.model import Architecture, Decision, Rated, Stack, Topology
from groundplan.decision.names import check_names
from groundplan.decision.options import Option
from groundplan.decision.prepared import Only, prepared
from groundplan.decision.relaxing import refusal, smallest_sets
from groundplan.decision.scoring import Judged, Scale
from groundplan.decision.screening import Sieve
from groundplan.decision.searching import Found, best, count
from groundplan.decision.situation import Situation
from groundplan.decision.staying import Stay, beside, look, placed, staying
from groundplan.decision.tying import tie_weight
from groundplan.decision.whole import Layout, processes, server_of
from groundplan.errors import NoArchitectureError
from groundplan.records import dataclass

__all__ = ["decide", "rated"]

_RANKED = 12
_LOOKED_AT = 24
_BY_LOAD = frozenset({"live", "live_growth", "waiting", "headroom"})


def decide(
    brief: Brief,
    catalogue: Catalogue,
    as_of: str,
    *,
    only: Only | None = None,
    draws: int | None = None,
    seed: int | None = None,
) -> Decision:
    """Give the ranked architectures for a brief on a date (ISO), with reasons. Same input, same answer.

    only: part -> frameworks it may have; parts that are not named may have any. draws: of weights and evidence, which tell how
    sure it is; 0 for the point answer alone, None for as many as the method says. seed: of the draws; None for the method's.

    What came later is not known. Raises BriefError for a policy name that is nearly one of the catalogue's, InputError for a day
    before the first framework, NoArchitectureError when the non-negotiables leave none, naming the smallest sets of them to give
    up.
    """
    check_names(brief, catalogue)
    base = prepared(brief, catalogue, as_of, only)
    scale, sieve, places = base.scale, base.sieve, base.layouts
    ranked = _distinct(best(scale, sieve.options, places, _LOOKED_AT)) if all(sieve.options) else []
    if not ranked and only:
        raise NoArchitectureError(f"{brief.source}: no architecture of {brief.name} has only the frameworks that were asked for.")
    if not ranked:
        raise refusal(brief, sieve, smallest_sets(brief, lambda looser: _feasible(looser, catalogue, as_of)))
    stays = staying(scale, sieve, places)
    field = _Field(scale, sieve, places, stays, tuple(beside(ranked, stays)))
    sampling = scale.situation.catalogue.method.sampling
    count = sampling.draws if draws is None else draws
    if not count:
        return _told(field, [*ranked, *field.apart])
    return _drawn(field, [*ranked, *field.apart], (count, sampling.seed if seed is None else seed))


@dataclass(frozen=True, slots=True)
class _Field:
    """What is left after screening. stays: what becomes of what runs today. apart: ranked for nothing but that."""

    scale: Scale
    sieve: Sieve
    places: list[Layout]
    stays: tuple[Stay, ...]
    apart: tuple[Found, ...]


def _drawn(field: _Field, ranked: list[Found], how: tuple[int, int]) -> Decision:
    """Decide with draws. how: their number and seed."""
    from groundplan.decision.exact import boards  # noqa: PLC0415  # NumPy is loaded only for those who draw
    from groundplan.decision.robustness import study  # noqa: PLC0415  # as above
    from groundplan.decision.telling import told  # noqa: PLC0415  # as above

    seen = study(boards(field.scale, field.sieve.options, field.places, *how), ranked)
    first = seen.pick()
    order = [first, *(index for index in range(len(ranked)) if index != first)]
    decision = _told(field, [ranked[index] for index in order])
    architectures = [_architecture(found) for found in ranked]
    return replace(decision, robustness=told(seen, order, architectures, _tie_weight(decision)))


def _tie_weight(decision: Decision) -> float | None:
    """Give the weight of simplicity at which a hybrid and the best single framework tie, all others keeping their ratios."""
    names = [one.criterion for one in decision.chosen.contributions]
    if decision.single is None or not decision.chosen.architecture.hybrid or "simplicity" not in names:
        return None
    pairs = zip(decision.chosen.contributions, decision.single.contributions, strict=True)
    lead = [theirs.value - ours.value for ours, theirs in pairs]
    tie = tie_weight([one.weight for one in decision.chosen.contributions], lead, names.index("simplicity"))
    return None if tie is None else round(tie, 6)


def _feasible(brief: Brief, catalogue: Catalogue, as_of: str) -> bool:
    """Tell whether anything survives."""
    base = prepared(brief, catalogue, as_of)
    return all(base.sieve.options) and bool(best(base.scale, base.sieve.options, base.layouts, 1))


def _distinct(found: Sequence[Found]) -> list[Found]:
    """Give the best of those that differ only in the interface between server and framework, at most twelve."""
    first: dict[tuple[object, ...], Found] = {}
    for one in found:
        first.setdefault(look(one), one)
    return list(first.values())[:_RANKED]


def _told(field: _Field, ranked: list[Found]) -> Decision:
    chosen, scale, sieve = ranked[0], field.scale, field.sieve
    single = _single(field)
    rival = _rival(field, ranked, single)
    ours = list(scale.judged(chosen.options, chosen.layout))
    theirs = list(scale.judged(rival.options, rival.layout)) if rival else ours
    view = scale.situation
    return Decision(
        brief_name=view.brief.name,
        as_of=view.as_of.isoformat(),
        catalogue_version=view.catalogue.version,
        ranked=tuple(rated(scale, found) for found in ranked),
        reasons=reasons(ours, theirs),
        screened_out=sieve.screened_out,
        single=rated(scale, single) if single else None,
        unknown=tuple(dict.fromkeys(_open_questions(scale, sieve, chosen, ours, theirs))),
        candidates=count(sieve.options, field.places),
        rival=rated(scale, rival) if rival else None,
        facts=facts(ours),
        staying=tuple(placed(field.stays, ranked, field.apart)),
    )


def _open_questions(scale: Scale, sieve: Sieve, chosen: Found, ours: Sequence[Judged], theirs: Sequence[Judged]) -> Iterator[str]:
    """Give what has no template, what was assumed, past the end of a scale, doubted or not known, in this order."""
    yield from _unbuilt(scale.situation, chosen)
    yield from scale.situation.told
    yield from beyond([one for one in ours if one.criterion.id in _BY_LOAD])
    yield from _doubts(sieve, chosen)
    yield from missing([*ours, *theirs])
    yield from _stale(facts(ours), scale.situation)


def _unbuilt(view: Situation, chosen: Found) -> Iterator[str]:
    """Tell which parts have to be written by hand: they are decided like any other."""
    if view.as_of.isoformat() < view.catalogue.method.runtime_since:
        return
    for part, option in zip(view.parts, chosen.options, strict=True):
        if part.kind not in option.framework.templates:
            yield f"No template yet for part {part.name} ({part.kind} on {option.framework.title}): build cannot write it."


def _first(found: Sequence[Found]) -> Found | None:
    return found[0] if found else None


def _frameworks(options: Sequence[Option]) -> frozenset[str]:
    return frozenset(option.framework.name for option in options)


def _single(field: _Field) -> Found | None:
    """Give the best architecture with one framework, of equal ones the earlier in the catalogue."""
    found: list[Found] = []
    options = field.sieve.options
    for framework in field.scale.situation.catalogue.frameworks:
        alone = tuple(tuple(option for option in choices if option.framework.name == framework.name) for choices in options)
        found += best(field.scale, alone, field.places, 1) if all(alone) else []
    return max(found, key=lambda one: one.value, default=None)


def _rival(field: _Field, ranked: list[Found], single: Found | None) -> Found | None:
    """Give what to compare with: the best single framework for a hybrid, else the best architecture on other frameworks."""
    used = _frameworks(ranked[0].options)
    if len(used) > 1 and single is not None:
        return single
    near = _first([found for found in ranked if found not in field.apart and _frameworks(found.options) != used])
    return near or _first(best(field.scale, field.sieve.options, field.places, 1, lambda options: _frameworks(options) != used))


def rated(scale: Scale, found: Found) -> Rated:
    """Give an architecture with its value and what each criterion adds to it."""
    judged: list[Judged] = list(scale.judged(found.options, found.layout))
    return Rated(_architecture(found), found.value, tuple(contribution(one) for one in judged))


def _architecture(found: Found) -> Architecture:
    stacks = {
        option.part: Stack(
            option.framework.name,
            tuple(addon.name for addon in option.addons),
            server_of(option, found.layout),
            option.interface,
        )
        for option in found.options
    }
    return Architecture(stacks, Topology(found.layout.topology, processes(found.options, found.layout)))


def _doubts(sieve: Sieve, chosen: Found) -> Iterator[str]:
    titles = {option.framework.title for option in chosen.options}
    yield from (doubt for doubt in sieve.doubts if any(title in doubt for title in titles))


def _stale(found: Sequence[Fact], view: Situation) -> Iterator[str]:
    """Tell which facts are old or a mere judgement."""
    for fact in found:
        age = (view.as_of - dt.date.fromisoformat(fact.date)).days
        if age > view.catalogue.method.stale_days:
            yield f"{fact.subject}: {fact.id} is {age} days old ({fact.source}, {fact.date}); look again."
        elif fact.grade == "D" and fact.subject != "method":
            yield f"{fact.subject}: {fact.id} = {fact.value} {fact.unit} is a judgement ({fact.note}); count it."
