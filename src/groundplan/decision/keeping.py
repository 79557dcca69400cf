"""How much of the code that exists can stay with a stack, and how much of a stack is what the team wants to leave."""

from collections.abc import Iterator
from dataclasses import replace

from groundplan.catalogue.method import Kept
from groundplan.catalogue.model import Fact
from groundplan.decision.doubts import on_fact
from groundplan.decision.options import Option
from groundplan.decision.readings import Doubt, Place, Reading
from groundplan.records import dataclass

__all__ = ["departure", "kept"]

_MOST = 3


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the code: what it is, the share of it that can stay, and the judgement behind that, if it is one."""

    what: str
    share: float
    fact: Fact | None = None
    doubt: Doubt | None = None


def kept(place: Place) -> Reading:
    """Read the share of the existing code that can stay: the mean over its pages, style and tables, where each is stated."""
    pieces = [*_routes(place), *_style(place), *_tables(place)]
    figure = 100 * sum(piece.share for piece in pieces) / len(pieces)
    words = ", ".join(f"{100 * piece.share:.0f} % of {piece.what}" for piece in pieces)
    facts = tuple(piece.fact for piece in pieces if piece.fact)
    doubts = tuple(replace(piece.doubt, share=1 / len(pieces)) for piece in pieces if piece.doubt)
    return Reading(figure, f"with {place.option.framework.title} {words} can stay", facts, doubts=doubts)


def _routes(place: Place) -> Iterator[_Piece]:
    framework, old = place.option.framework, place.part.existing.framework
    if old and framework.name == old:
        yield _Piece(f"the code on {old}", 1.0)
    elif old:
        share = framework.keeps_code_of.get(old, 0.0)
        told = f"a judgement: {100 * share:.0f} % of the code on {old} can stay with {framework.title}"
        doubt = Doubt(framework.name, "kept", 1.0, "D", framework.checked, told)
        yield _Piece(f"the code on {old}", share, doubt=doubt)


def _style(place: Place) -> Iterator[_Piece]:
    style, method = place.part.existing.style, place.catalogue.method.kept
    if style:
        share = _of_style(place.option, style, method)
        fact = Fact("method", "kept", 100 * share, "% of the code", method.source, "method.toml", method.date, method.grade)
        certain = share == 1
        doubt = None if certain else on_fact(fact, "kept", subject=f"{style} code below {place.option.style}")
        yield _Piece(f"the {style} code behind it", share, fact, doubt)


def _of_style(option: Option, style: str, method: Kept) -> float:
    if style == "mixed":
        return (_of_style(option, "sync", method) + _of_style(option, "async", method)) / 2
    if option.style == "threads":
        return 1.0 if style == "sync" else method.async_on_threads
    return 1.0 if style == "async" else method.sync_on_loop_with_threads if _has_threads(option) else method.sync_on_loop


def _has_threads(option: Option) -> bool:
    provision = option.provisions.get("thread_offload")
    return provision is not None and provision.party != "absent"


def _tables(place: Place) -> Iterator[_Piece]:
    old = place.part.existing.data_layer
    if old:
        yield _Piece(f"the tables in {old}", float(place.option.data_layer in {"", old}))


def departure(place: Place) -> Reading:
    """Read how far a part stays on the framework that the team wants to leave, in percent of the strongest wish there is."""
    title = place.option.framework.title
    if place.option.framework.name != place.part.incumbent:
        return Reading(0.0, f"{title} is not what the team wants to leave")
    figure = 100 * place.part.leaving / _MOST
    return Reading(figure, f"{title} is what the team wants to leave (answers.leave_incumbent = {place.part.leaving})")
