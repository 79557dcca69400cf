"""Blocks of text for a terminal: headings with items, wrapped to a width and cut to a height."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import field

from groundplan.records import dataclass

__all__ = ["Block", "Item", "fitted", "written"]

_STYLES = {"bold": "1", "dim": "2", "good": "32", "bad": "33", "head": "1;32"}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of thought. mark: a sign before it. lead: what the first line begins with instead of a mark, follow: the others."""

    mark: str
    words: str
    style: str = ""
    lead: str = ""
    follow: str = ""


@dataclass(slots=True)
class Block:
    """A heading with items, some of which a short screen has no room for.

    Blocks with a low ``yields`` give up items first: each down to ``enough``, and when that does not do, each down to ``least``.
    """

    heading: str
    items: list[Item] = field(default_factory=list)
    style: str = "bold"
    least: int = 0
    enough: int = 0
    yields: int = 9
    hidden: int = 0

    def lines(self, width: int) -> Iterator[tuple[str, str, str]]:
        """Give (style, start in that style, rest) of every line."""
        more = f" ({self.hidden} more with --all)" if self.hidden else ""
        for line in textwrap.wrap(self.heading + more, width, break_on_hyphens=False):
            yield self.style, line, ""
        for item in self.items:
            yield from _item(item, width)


def _item(item: Item, width: int) -> Iterator[tuple[str, str, str]]:
    lead, follow = (f"  {item.mark}", "    ") if item.mark else (item.lead, item.follow)
    first, *rest = textwrap.wrap(item.words, width - len(follow), break_on_hyphens=False) or [""]
    yield item.style, lead, f" {first}" if item.mark else first
    yield from (("", "", f"{follow}{line}") for line in rest)


def fitted(blocks: Sequence[Block], width: int, height: int) -> None:
    """Take items away, from the blocks that yield first, until the text fits a height or nothing may go any more."""
    lines = sum(_count(block, width) for block in blocks)
    ordered = sorted(blocks, key=lambda one: one.yields)
    for block, kept in [(block, max(block.enough, block.least)) for block in ordered] + [(block, block.least) for block in ordered]:
        while lines > height and len(block.items) > kept:
            before = _count(block, width)
            block.items.pop()
            block.hidden += 1
            lines += _count(block, width) - before


def _count(block: Block, width: int) -> int:
    return sum(1 for _ in block.lines(width))


def written(blocks: Sequence[Block], width: int, *, color: bool) -> str:
    """Give the text. color: with ANSI sequences, of which nothing is left without them."""
    found = []
    for block in blocks:
        for style, start, rest in block.lines(width):
            code = _STYLES.get(style) if color else None
            found.append((f"\x1b[{code}m{start}\x1b[0m{rest}" if code else f"{start}{rest}").rstrip())
    return "\n".join(found) + "\n"
