"""The catalogue for a terminal."""

import io
from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from groundplan.catalogue.model import Fact, Provision
from groundplan.report.catalogue_telling import GROUPS, Page, Row

__all__ = ["list_text", "page_text"]


def list_text(rows: Iterable[Row], width: int = 80, *, color: bool = False) -> str:
    """Give lists of entries, one below the other."""
    found = list(rows)
    return _printed(_lists(found), width, color=color)


def page_text(page: Page, width: int = 80, *, color: bool = False) -> str:
    """Give everything about one name."""
    return _printed(_sections(page), width, color=color)


def _printed(blocks: Iterable[RenderableType], width: int, *, color: bool) -> str:
    console = Console(
        file=io.StringIO(), width=width, color_system="standard" if color else None, force_terminal=color, highlight=False
    )
    for block in blocks:
        console.print(block)
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _lists(rows: list[Row]) -> Iterator[RenderableType]:
    for group in GROUPS:
        held = [row for row in rows if row.group == group]
        if held:
            yield Text(f"{group} ({len(held)})", style="bold")
            yield Padding(_table(held), (0, 0, 0, 2))


def _table(rows: list[Row]) -> Table:
    table = _grid()
    for row in rows:
        about = row.title if row.group == "capabilities" else row.holds
        table.add_row(Text(row.name, style="green"), row.version, row.since[:4], about)
    return table


def _grid(ratio: int = 1) -> Table:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=ratio)
    return table


def _sections(page: Page) -> Iterator[RenderableType]:
    yield Text.assemble((page.name, "bold"), f"  {page.title}", style="bold green" if page.group != "capabilities" else "")
    for key, words in page.told.items():
        yield _item(f"{key}: {words}")
    for interface, held in page.provisions.items():
        yield Text(_HEADINGS.get(interface, interface), style="bold")
        yield from _capabilities(held)
    if page.by:
        yield Text("who has it", style="bold")
        yield _item("; ".join(f"{name}: {party}" for name, party in page.by.items()))
    if page.group == "capabilities":
        yield Text("wanted by", style="bold")
        yield from (_item(line) for line in page.wanted or ["nothing but a part that requires it"])
    if page.facts:
        yield Text("facts", style="bold")
        yield from (_item(_fact(fact)) for fact in page.facts)


_HEADINGS = {"wsgi": "under WSGI", "asgi": "under ASGI", "own": "on its own server"}


def _item(words: str) -> Padding:
    return Padding(Text(words), (0, 0, 0, 2))


def _capabilities(held: list[Provision]) -> Iterator[RenderableType]:
    """Give each capability with its page on a line of its own, whole, so that it can be followed."""
    for found in held:
        if found.party != "absent":
            yield _item(f"{found.capability}: {_party(found)}{f', since {found.since}' if found.since else ''}")
            yield Padding(Text(found.where, style="dim", overflow="fold"), (0, 0, 0, 4))
    lacking = [found.capability for found in held if found.party == "absent"]
    if lacking:
        yield _item(f"none: {', '.join(lacking)}")


def _party(found: Provision) -> str:
    return found.party.replace("_", "-")


def _fact(fact: Fact) -> str:
    value = fact.value if isinstance(fact.value, str) else f"{fact.value:g}"
    shown = f"{value} {fact.unit}" if value and fact.unit != "date" else value or "none"
    return f"{fact.subject} {fact.id}: {shown} [{fact.grade}] ({fact.source}, {fact.date})"
