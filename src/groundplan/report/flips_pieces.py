"""What would change a decision, as pieces of its report: other weights, other answers, growth.

Each is made anew from decision, brief and catalogue, so that a record that holds it can be verified.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.again import alike
from groundplan.decision.model import Architecture, Decision
from groundplan.decision.weight_flips import WeightFlip, WeightFlips, WeightShift, weight_flips
from groundplan.events import Listener, ignore
from groundplan.report.condensing import condensed
from groundplan.report.section import Section
from groundplan.report.wording import in_short, named, percent

if TYPE_CHECKING:
    from groundplan.decision.staging import Move, Stage, Staging

__all__ = ["answer_flips", "every_weight", "figure_flips", "growth", "nearest_weights", "pair_flips", "shapes"]

_ALL = 99
_FEW = 2


def shapes() -> dict[str, tuple[type, bool]]:
    """Give key of a piece -> what its data is, and whether it is a list of that. Without growth in the brief, growth is null."""
    from groundplan.decision.fact_flips import FactFlips  # noqa: PLC0415 -- loaded when it is used
    from groundplan.decision.flipping import Flip  # noqa: PLC0415 -- the same
    from groundplan.decision.staging import Staging  # noqa: PLC0415 -- the same

    return {
        "weights": (WeightFlips, False),
        "every_weight": (WeightFlips, False),
        "facts": (FactFlips, False),
        "answers": (Flip, True),
        "pairs": (Flip, True),
        "growth": (Staging, False),
    }


def nearest_weights(decision: Decision, brief: Brief, catalogue: Catalogue, _listener: Listener = ignore) -> Section:
    """Give the nearest weights that change the decision; cheap enough for every report."""
    found = weight_flips(brief, catalogue, decision)
    items = (*_subject(found.architecture, decision), *_weights(found), _kept(found))
    return Section("weights", "Other weights would change it", items, found)


def every_weight(decision: Decision, brief: Brief, catalogue: Catalogue, _listener: Listener = ignore) -> Section:
    """Give for every criterion the weights that change the decision, and the criteria whose weight never does."""
    found = weight_flips(brief, catalogue, decision, complete=True)
    steady = f"no weight of {', '.join(found.steady)} alone, from 0.1 to 99.9\u00a0%, was found to change it"
    items = (*_subject(found.architecture, decision), *_weights(found), *([steady] if found.steady else []), _kept(found))
    return Section("every_weight", "Other weights would change it", items, found, least=_ALL)


def _subject(looked_at: Architecture, decision: Decision) -> list[str]:
    """Say whose first place is looked at, where it is not the recommendation: in a toss-up a simpler one is recommended."""
    if alike(looked_at, decision.chosen.architecture):
        return []
    return [f"the highest value has {in_short(looked_at)}; the changes are those of its first place"]


def _weights(found: WeightFlips) -> list[str]:
    told = [(flip.architecture, _weighs(flip)) for flip in found.flips]
    return _together([*told, *([(found.shift.architecture, _moved(found.shift))] if found.shift else [])])


def _weighs(flip: WeightFlip) -> str:
    return f"{flip.criterion} weighs {_percent(flip.becomes)}, not {_percent(flip.weight)}"


def _moved(shift: WeightShift) -> str:
    """Say how much weight moves, from where to where."""
    ordered = sorted(shift.changes.items(), key=lambda change: change[1])
    given = " and ".join(name for name, change in ordered if change < 0)
    taken = " and ".join(name for name, change in ordered if change > 0)
    return f"{_percent(shift.distance / 2)} of all weight moves from {given} to {taken}"


def _kept(found: WeightFlips) -> str:
    return f"as long as less than {_percent(found.radius / 2)} of all weight moves, it stays"


def _percent(share: float) -> str:
    """Give a share with its sign, never on two lines."""
    return percent(share, 1).replace(" ", "\u00a0")


def _together(told: Sequence[tuple[Architecture, str]]) -> list[str]:
    """Give a sentence for each architecture with the changes that lead to it, those with most changes first."""
    found: dict[str, list[str]] = {}
    for architecture, change in told:
        found.setdefault(in_short(architecture), []).append(change)
    return [_led_by(words, condensed(changes)) for words, changes in sorted(found.items(), key=lambda pair: -len(pair[1]))]


def _led_by(words: str, changes: list[str]) -> str:
    """Give one sentence for few changes; many are points under it."""
    return f"{words}, when {'; or '.join(changes)}" if len(changes) <= _FEW else "\n".join((f"{words}, when", *changes))


def _elsewhere(count: int, one: str, many: str = "") -> str:
    """Say how many changes change the decision. many: the word for more than one, where it is not ``one`` with an s."""
    if not count:
        return f"no {one} leads elsewhere"
    return f"1 {one} leads elsewhere" if count == 1 else f"{count} {many or f'{one}s'} lead elsewhere"


def figure_flips(decision: Decision, brief: Brief, catalogue: Catalogue, listener: Listener = ignore) -> Section:
    """Give every figure of the catalogue that changes the decision when it is another."""
    from groundplan.decision.fact_flips import fact_flips  # noqa: PLC0415 -- loaded when it is used
    from groundplan.report.figure_words import another, asked  # noqa: PLC0415 -- the same

    found = fact_flips(brief, catalogue, decision, listener)
    told = [(flip.architecture, another(flip)) for flip in found.flips]
    shared = (
        f"the same for the best and its nearest rival, so that it cancels: {', '.join(asked(*one) for one in found.cancelling)}"
    )
    count = f"{_elsewhere(len(found.flips), 'other value')}; {found.tried} figures were followed, each decided anew"
    items = (*_subject(found.architecture, decision), *_together(told), *([shared] if found.cancelling else []), count)
    return Section("facts", "Another figure would change it", items, found, least=_ALL)


def answer_flips(decision: Decision, brief: Brief, catalogue: Catalogue, listener: Listener = ignore) -> Section:
    """Give every change of one answer that changes the decision."""
    from groundplan.decision.flipping import ledger  # noqa: PLC0415 -- loaded when it is used

    found = ledger(brief, catalogue, decision.as_of, listener)
    items = [*_subject(found.architecture, decision), *_together([(flip.architecture, flip.change) for flip in found.flips])]
    count = f"{len(found.flips)} of {len(found.tried)} single answers lead elsewhere, each decided anew"
    return Section("answers", "Another answer would change it", (*items, count), found.flips, least=_ALL)


def pair_flips(decision: Decision, brief: Brief, catalogue: Catalogue, listener: Listener = ignore) -> Section:
    """Give every pair of changes that change the decision together and neither alone."""
    from groundplan.decision.flipping import pairs  # noqa: PLC0415 -- loaded when it is used

    found = pairs(brief, catalogue, decision.as_of, listener)
    items = _together([(flip.architecture, flip.change) for flip in found])
    count = f"{_elsewhere(len(found), 'pair of answers', 'pairs of answers')} where neither does alone, each decided anew"
    return Section("pairs", "Two other answers together would change it", (*items, count), found, least=_ALL)


def growth(decision: Decision, brief: Brief, catalogue: Catalogue, listener: Listener = ignore) -> Section:
    """Give the stages of growth, where the brief states any: what from which load on, and what it takes to move."""
    from groundplan.decision.staging import staging  # noqa: PLC0415 -- loaded when it is used

    found = staging(brief, catalogue, decision.as_of, decision.chosen.architecture, listener)
    if found is None:
        return Section("growth", "Growth", (), None)
    shares = {part.name: part.share for part in brief.parts}
    stages = [f"stage {place}, {_stage(stage, shares, first=place == 1)}" for place, stage in enumerate(found.stages, 1)]
    return Section("growth", "Growth, each stage decided for its own load", (*stages, _advice(found)), found, least=_ALL)


def _stage(stage: "Stage", shares: Mapping[str, float], *, first: bool) -> str:
    """Say from which load on, what, and what moves. shares: of the product's work, by part."""
    about = "" if first else "about "
    load = f"from {about}{_rounded(stage.requests_per_second)} requests/s and {_rounded(stage.open_connections)} connections"
    moved = f". To move: {'; '.join(map(_moving, stage.moves))}" if stage.moves else ""
    anew = sum(shares[move.part] for move in stage.moves if move.stack)
    written = f". That is {percent(anew)} of the work on another stack" if anew else ""
    return f"{load}: {in_short(stage.best.architecture)}{moved}{written}"


def _rounded(figure: float) -> str:
    """Give a figure with three digits that count."""
    return f"{float(f'{figure:.3g}'):,.10g}"


def _moving(move: "Move") -> str:
    said = [f"{_stack(move.stack[0])} gives way to {_stack(move.stack[1])}"] if move.stack else []
    if move.server:
        said.append(f"from {_server(move.server[0])} to {_server(move.server[1])}")
    if move.process:
        said.append(f"in a process with {' and '.join(move.process[1])}" if move.process[1] else "in a process of its own")
    return f"{move.part}: {', '.join(said)}"


def _stack(text: str) -> str:
    return " + ".join(named(name) for name in text.split(" + "))


def _server(text: str) -> str:
    server, interface = text.rstrip(")").split(" (")
    return f"{named(server)} ({named(interface)})"


def _advice(found: "Staging") -> str:
    if found.recommended is None:
        return "the recommendation weighs both loads at once, and is no stage by itself"
    if len(found.stages) == 1:
        return "the recommendation carries today's load and the expected one"
    if found.recommended == 0:
        return "stage 1 is the recommendation; the rest can wait for its load"
    return f"stage {found.recommended + 1} is the recommendation: built at once, it saves the move"
