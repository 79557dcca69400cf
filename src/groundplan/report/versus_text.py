"""The team's favourite against the recommendation, for a terminal."""

import re
from collections.abc import Iterator, Sequence

from groundplan.decision.model import Rated, ScreenedOut
from groundplan.decision.versus import Difference, Versus
from groundplan.report.blocks import Block, Item, written
from groundplan.report.wording import headline, in_words, named

__all__ = ["versus_text"]

_LITTLE = 0.0005
"""A difference that would be printed as 0.000."""

_SHOWN = 5


def versus_text(versus: Versus, brief_name: str, width: int = 80, *, color: bool = False) -> str:
    """Give what the team would lose and gain with its favourite."""
    return written(list(_blocks(versus, brief_name)), width, color=color)


def _blocks(versus: Versus, brief_name: str) -> Iterator[Block]:
    names = " + ".join(named(name) for name in versus.names)
    yield _headed(f"{brief_name}: ", versus.recommended, "head")
    if versus.favourite is None or versus.gained is None:
        yield Block(f"No architecture has {names} where it was asked for")
    elif versus.same:
        yield Block(f"With {names}: that is the recommendation")
    else:
        yield _headed(f"With {names}: ", versus.favourite, "bold", f" [{versus.gained:+.3f}]")
        yield from _differences(versus)
    unable = [_unable(row) for row in versus.unable]
    if unable:
        yield Block("Where it cannot serve", unable)


def _headed(words: str, rated: Rated, style: str, more: str = "") -> Block:
    heading = f"{words}{headline(rated.architecture)}, value {rated.value:.3f}{more}"
    return Block(heading, [Item("·", in_words(rated.architecture))], style=style)


def _unable(row: ScreenedOut) -> Item:
    return Item(
        "x", f"{row.part}: {_stack(row.stack)}: {row.fact} ({row.constraint.split(':')[0]}; {row.source}, {row.date})", "bad"
    )


def _stack(text: str) -> str:
    """Name the pieces of ``flask + flask-sock (wsgi)`` as people write them."""
    pieces, _, interface = text.removesuffix(")").partition(" (")
    return " + ".join(map(named, pieces.split(" + "))) + (f" ({named(interface)})" if interface else "")


def _differences(versus: Versus) -> Iterator[Block]:
    lost = [row for row in versus.differences if row.gained < -_LITTLE]
    won = [row for row in reversed(versus.differences) if row.gained > _LITTLE]
    parts = tuple(versus.recommended.architecture.stacks)
    for words, rows, mark, style in (("lose", lost, "-", "bad"), ("gain", won, "+", "good")):
        items = [Item(mark, f"{row.title}: {_told(row, parts)}. [{row.gained:+.3f}]", style) for row in rows[:_SHOWN]]
        rest = rows[_SHOWN:]
        if rest:
            names = ", ".join(row.title.lower() for row in rest)
            items.append(Item(mark, f"and less by each of these: {names}. [{sum(row.gained for row in rest):+.3f}]", style))
        if items:
            yield Block(f"It would {words}", items)


def _told(row: Difference, parts: Sequence[str]) -> str:
    """Give both readings, of a criterion that is read part by part only where they differ."""
    (favourite, source), (recommended, _) = (_apart(text) for text in (row.favourite, row.recommended))
    theirs, ours = _by_part(favourite, parts), _by_part(recommended, parts)
    pairs = [(part, said, ours.get(part, "")) for part, said in theirs.items() if said != ours.get(part)]
    return "; ".join(f"{f'{part}: ' if part else ''}{said}, against {_unlike(said, other)}" for part, said, other in pairs) + source


def _unlike(said: str, other: str) -> str:
    """Leave away the words that a second reading begins with like the first, where what is left begins with a figure."""
    ours, theirs = said.split(" "), other.split(" ")
    same = next((index for index, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), 0)
    return " ".join(theirs[same:]) if theirs[same][0].isdecimal() else other


def _apart(evidence: str) -> tuple[str, str]:
    """Give what was read and, in brackets, who says so."""
    found = re.search(r" \([^()]*\d{4}-\d\d-\d\d\)$", evidence)
    return (evidence[: found.start()], found[0]) if found else (evidence, "")


def _by_part(evidence: str, parts: Sequence[str]) -> dict[str, str]:
    """Give part -> what was read on it; the whole under an empty name."""
    marks = list(re.finditer(rf"(?:^|; )({'|'.join(map(re.escape, parts))}): ", evidence))
    if not marks:
        return {"": evidence}
    ends = [mark.start() for mark in marks[1:]] + [len(evidence)]
    return {mark[1]: evidence[mark.end() : end] for mark, end in zip(marks, ends, strict=True)}
