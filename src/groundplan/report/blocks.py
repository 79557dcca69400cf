"""Blocks of text for a terminal: headings with items, wrapped to a width and cut to a height."""

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

__all__ = ["Block", "Item", "fitted", "written"]

_STYLES = {"bold": "1", "dim": "2", "good": "32", "bad": "33", "head": "1;32"}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of thought. mark: a sign before it; without one the words stand as they are, not wrapped."""

    mark: str
    words: str
    style: str = ""


@dataclass(slots=True)
class Block:
    """A heading with items. least: items that stay on a short screen. yields: the lower, the sooner it gives up items."""

    heading: str
    items: list[Item] = field(default_factory=list)
    style: str = "bold"
    least: int = 0
    yields: int = 9
    hidden: int = 0

    def lines(self, width: int) -> Iterator[tuple[str, str, str]]:
        """Give (style, start in that style, rest) of every line."""
        more = f" ({self.hidden} more with --all)" if self.hidden else ""
        for line in textwrap.wrap(self.heading + more, width):
            yield self.style, line, ""
        for item in self.items:
            yield from _item(item, width)


def _item(item: Item, width: int) -> Iterator[tuple[str, str, str]]:
    if not item.mark:
        yield item.style, item.words, ""
        return
    first, *rest = textwrap.wrap(item.words, width - 4) or [""]
    yield item.style, f"  {item.mark}", f" {first}"
    yield from (("", "", f"    {line}") for line in rest)


def fitted(blocks: Sequence[Block], width: int, height: int) -> None:
    """Take items away, from the blocks that yield first, until the text fits a height or nothing may go any more."""
    lines = sum(1 for block in blocks for _ in block.lines(width))
    for block in sorted(blocks, key=lambda one: one.yields):
        while lines > height and len(block.items) > block.least:
            before = sum(1 for _ in block.lines(width))
            block.items.pop()
            block.hidden += 1
            lines += sum(1 for _ in block.lines(width)) - before


def written(blocks: Sequence[Block], width: int, *, color: bool) -> str:
    """Give the text. color: with ANSI sequences, of which nothing is left without them."""
    found = []
    for block in blocks:
        for style, start, rest in block.lines(width):
            code = _STYLES.get(style) if color else None
            found.append((f"\x1b[{code}m{start}\x1b[0m{rest}" if code else f"{start}{rest}").rstrip())
    return "\n".join(found) + "\n"
