"""Every single answer that was given otherwise and what it leads to, for a terminal and as a page."""

from collections.abc import Iterator

from groundplan.decision.flipping import Ledger
from groundplan.report.blocks import Block, Item, written
from groundplan.report.condensing import condensed
from groundplan.report.wording import headline, in_short

__all__ = ["ledger_page", "ledger_text"]


def ledger_text(ledger: Ledger, width: int = 80, *, color: bool = False) -> str:
    """Give every answer that was tried and what it leads to."""
    return written(list(_blocks(ledger)), width, color=color)


def _blocks(ledger: Ledger) -> Iterator[Block]:
    yield Block(f"{ledger.brief_name}: {headline(ledger.architecture)}", style="head")
    yield Block("", [Item("·", f"{in_short(ledger.architecture)}, as of {ledger.as_of}")])
    yield Block(_count(ledger), [Item("~", f"{change}: {then}") for change, then in _flipping(ledger)])
    refused = [Item("x", row.change) for row in ledger.tried if row.architecture is None]
    if refused:
        yield Block("Nothing meets the non-negotiables when", refused)
    yield Block("No difference when", [Item("=", "; ".join(condensed(words))) for _, words in _calm(ledger)])


def _count(ledger: Ledger) -> str:
    return f"{len(ledger.flips)} of {len(ledger.tried)} changes of one answer lead elsewhere"


def _flipping(ledger: Ledger) -> Iterator[tuple[str, str]]:
    yield from ((flip.change, in_short(flip.architecture)) for flip in ledger.flips)


def _calm(ledger: Ledger) -> list[tuple[str, list[str]]]:
    """Give (answer, changes) of what changes nothing, each answer once."""
    found: dict[str, list[str]] = {}
    for row in ledger.tried:
        if row.architecture is not None and not row.flips:
            found.setdefault(row.place, []).append(row.change)
    return list(found.items())


def ledger_page(ledger: Ledger) -> str:
    """Give the section of a Markdown page about one brief: what flips, what leaves nothing, and which answers never matter."""
    lines = [
        f"## {ledger.brief_name}",
        "",
        f"{headline(ledger.architecture)}: {in_short(ledger.architecture)}.",
        "",
        f"{_count(ledger)}.",
    ]
    rows = [
        *_flipping(ledger),
        *((row.change, "nothing meets the non-negotiables") for row in ledger.tried if row.architecture is None),
    ]
    if rows:
        lines += ["", "| when | then |", "| --- | --- |", *(f"| {change} | {then} |" for change, then in rows)]
    matter = {row.place for row in ledger.tried if row.flips or row.architecture is None}
    calm = [place for place, _ in _calm(ledger) if place not in matter]
    lines += ["", f"No change of these was found to matter: {', '.join(calm)}."]
    return "\n".join(lines) + "\n"
