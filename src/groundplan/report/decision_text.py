"""The decision for a terminal: one screen of 80 columns and 50 lines, or everything."""

from collections.abc import Iterator, Sequence

from groundplan.report.blocks import Block, Item, fitted, written
from groundplan.report.telling import Telling
from groundplan.report.wording import (
    alternatives,
    check_list,
    confidence,
    frameworks,
    headline,
    in_words,
    named,
    operating_line,
    screened_lines,
    stack_name,
    staying_lines,
    tie,
)

__all__ = ["decision_text"]

_LINES = 50


def decision_text(telling: Telling, width: int = 80, *, color: bool = False, everything: bool = False) -> str:
    """Give the decision as text: how sure, architecture, why, what speaks against it, what would change it, what is out.

    everything: with all that was left out to fit a screen.
    """
    blocks = list(_blocks(telling))
    if everything:
        from groundplan.report.decision_details import detail_blocks  # noqa: PLC0415 -- loaded when it is used

        blocks += detail_blocks(telling)
    else:
        fitted(blocks, width, _LINES)
    return written(blocks, width, color=color)


def _blocks(telling: Telling) -> Iterator[Block]:
    decision = telling.decision
    yield Block(f"{decision.brief_name}: {headline(decision.chosen.architecture)}", style="head")
    yield from _confidence(telling)
    yield Block("", list(_drawing(telling)), least=99)
    yield Block(_against(telling), _reasons(telling), least=4, enough=6, yields=5)
    others = [Item("·", f"{in_words(rated.architecture)}: {rated.value:.3f}") for rated in alternatives(decision, 2)]
    yield from _told("Next best", others, enough=1, yields=2)
    yield from _told("What runs today", [Item("=", line) for line in staying_lines(decision)], enough=2, yields=2)
    for section in telling.sections:
        items = [*_points(section.items)] or ([Item("~", section.empty)] if section.empty else [])
        yield from _told(section.title, items, least=section.least, enough=2, yields=3)
    yield from _told("Screened out", list(_screened(telling)), enough=3, yields=1)
    yield from _checks(telling)
    facts = f"Facts of catalogue {decision.catalogue_version}, as of {decision.as_of}; {decision.candidates:,} candidates."
    yield Block(facts, style="dim")


def _told(heading: str, items: list[Item], *, enough: int, yields: int, least: int = 1) -> Iterator[Block]:
    if items:
        yield Block(heading, items, least=least, enough=enough, yields=yields)


def _points(sentences: Sequence[str]) -> Iterator[Item]:
    for sentence in sentences:
        words, *under = sentence.split("\n")
        yield Item("~", words)
        yield from (Item("", point, lead="    - ", follow="      ") for point in under)


def _confidence(telling: Telling) -> Iterator[Block]:
    decision, robust = telling.decision, telling.decision.robustness
    if robust is None:
        yield Block(f"Value {decision.chosen.value:.3f} of 1; how sure that is was not asked for.", style="")
        return
    yield Block(f"{robust.word}: {confidence(decision, robust)} Value {decision.chosen.value:.3f} of 1.", style="")


def _drawing(telling: Telling) -> Iterator[Item]:
    """Draw processes with their parts below one address, and what they take."""
    architecture = telling.decision.chosen.architecture
    processes = list(architecture.topology.processes.items())
    yield Item("", "one address", lead="  ")
    for index, (process, parts) in enumerate(processes):
        last = index == len(processes) - 1
        first = architecture.stacks[parts[0]]
        yield Item("", f"{process} ({named(first.server)})", lead=f"  {'└' if last else '├'}─ ")
        for part in parts:
            yield _part(telling, part, f"  {' ' if last else '│'}    ")
    yield Item("$", f"To run: {operating_line(telling.operating(architecture))}.")


def _part(telling: Telling, part: str, line: str) -> Item:
    """Draw a part beside the line of its process."""
    stack = telling.decision.chosen.architecture.stacks[part]
    kinds = {one.name: one.kind.value for one in telling.brief.parts}
    lead = f"{line}{part:<{max(12, *map(len, kinds))}} {kinds[part]:<10} "
    return Item("", f"{stack_name(stack)} ({named(stack.interface)})", lead=lead, follow=f"{line}{'':{len(lead) - len(line)}}")


def _reasons(telling: Telling) -> list[Item]:
    marks = {"pro": ("+", "good"), "con": ("-", "bad")}
    reasons = telling.decision.reasons
    return [Item(marks[one.side][0], f"{one.sentence} [{one.weight:+.3f}]", marks[one.side][1]) for one in reasons]


def _against(telling: Telling) -> str:
    """Say what the reasons compare with: for a hybrid the best single framework, with its gap and the point where they tie."""
    decision, rival = telling.decision, telling.decision.rival
    if rival is None:
        return "Why"
    single = decision.single is not None and rival.architecture == decision.single.architecture
    paying = single and decision.chosen.architecture.hybrid
    what = f"the best with {frameworks(rival.architecture.frameworks)} alone, " if paying else ""
    behind = f"{rival.value:.3f}, behind by {decision.chosen.value - rival.value:.3f}"
    even = f"; {tie(decision)}" if paying and tie(decision) else ""
    return f"Why, against {what}{in_words(rival.architecture)}: {behind}{even}"


def _screened(telling: Telling) -> Iterator[Item]:
    for part, names, fact, constraint in screened_lines(telling.decision.screened_out):
        if part != "every part":
            yield Item("x", f"{part}: {names}: {fact} ({constraint.split(':')[0]})")


def _checks(telling: Telling) -> Iterator[Block]:
    found = [Item("?", line) for line in check_list(telling.decision, telling.brief)]
    yield from _told("To check first", found, enough=3, yields=4)
