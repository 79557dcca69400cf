"""The decision for a terminal: one screen of 80 columns."""

import io
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from groundplan.brief.model import Brief
from groundplan.decision.flipping import Flip
from groundplan.decision.model import Architecture, Decision
from groundplan.report.wording import alternatives, check_list, headline, in_short, in_words, named, screened_lines, stack_name

__all__ = ["decision_text"]

_MOST_CHECKS = 3
_MOST_SCREENED = 5


def decision_text(decision: Decision, brief: Brief, width: int = 80, *, color: bool = False, flips: Sequence[Flip] = ()) -> str:
    """Give the decision as text: architecture, why, what speaks against it, what is out, the best single framework.

    flips: changes of an answer that change the recommendation, told where given.
    """
    console = Console(
        file=io.StringIO(),
        width=width,
        color_system="standard" if color else None,
        force_terminal=color,
        highlight=False,
        legacy_windows=False,
    )
    for block in _blocks(decision, brief, flips):
        console.print(block, soft_wrap=False)
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _blocks(decision: Decision, brief: Brief, flips: Sequence[Flip]) -> Iterator[Text | Padding]:
    chosen = decision.chosen
    yield Text.assemble(
        (f"{decision.brief_name}: ", "bold"), (headline(chosen.architecture), "bold green"), f"  value {chosen.value:.3f}"
    )
    for line in _drawing(chosen.architecture, brief):
        yield Text(line)
    yield from _reasons(decision)
    yield from _others(decision)
    yield from _flips(flips)
    yield from _screened(decision)
    yield from _checks(decision, brief)
    yield Text(
        f"Facts of catalogue {decision.catalogue_version}, as of {decision.as_of}; {decision.candidates:,} candidates.", style="dim"
    )


def _drawing(architecture: Architecture, brief: Brief) -> Iterator[str]:
    """Draw processes with their parts below one address."""
    kinds = {part.name: part.kind.value for part in brief.parts}
    processes = list(architecture.topology.processes.items())
    yield "  one address"
    for index, (process, parts) in enumerate(processes):
        last = index == len(processes) - 1
        first = architecture.stacks[parts[0]]
        yield f"  {'└' if last else '├'}─ {process} ({named(first.server)})"
        for part in parts:
            stack = architecture.stacks[part]
            yield f"  {' ' if last else '│'}    {part:<12} {kinds.get(part, ''):<10} {stack_name(stack)} ({named(stack.interface)})"


def _reasons(decision: Decision) -> Iterator[Text | Padding]:
    yield _heading(_against(decision))
    marks = {"pro": ("+", "green"), "con": ("-", "yellow")}
    for reason in decision.reasons:
        mark, style = marks[reason.side]
        yield _item(mark, f"{reason.sentence} [{reason.weight:+.3f}]", style)


def _against(decision: Decision) -> str:
    """Say what the reasons compare with: for a hybrid the best single framework, with its gap."""
    rival = decision.rival
    if rival is None:
        return "Why"
    single = decision.single is not None and rival.architecture == decision.single.architecture
    what = "the best with one framework, " if single and decision.chosen.architecture.hybrid else ""
    return (
        f"Why, against {what}{in_words(rival.architecture)}: {rival.value:.3f}, behind by {decision.chosen.value - rival.value:.3f}"
    )


def _others(decision: Decision) -> Iterator[Text | Padding]:
    others = alternatives(decision, 2)
    if others:
        yield _heading("Next best")
    for rated in others:
        yield _item("·", f"{in_words(rated.architecture)}: {rated.value:.3f}")


def _flips(flips: Sequence[Flip]) -> Iterator[Text | Padding]:
    if flips:
        yield _heading("Would change")
    for flip in flips:
        yield _item("~", f"{flip.change}: {in_short(flip.architecture)}")


def _screened(decision: Decision) -> Iterator[Text | Padding]:
    lines = [line for line in screened_lines(decision.screened_out) if line[0] != "every part"]
    if not lines:
        return
    yield _heading("Screened out")
    for part, names, fact, constraint in lines[:_MOST_SCREENED]:
        yield _item("x", f"{part}: {names}: {fact} ({constraint.split(':')[0]})")
    if len(lines) > _MOST_SCREENED:
        yield _item(" ", f"and {len(lines) - _MOST_SCREENED} more, all of them in the record")


def _checks(decision: Decision, brief: Brief) -> Iterator[Text | Padding]:
    found = check_list(decision, brief)
    if not found:
        return
    yield _heading("To check first")
    for line in (*found[: _MOST_CHECKS - 1], *found[-1:]) if len(found) > _MOST_CHECKS else found:
        yield _item("?", line)


def _heading(words: str) -> Text:
    return Text(words, style="bold")


def _item(mark: str, words: str, style: str = "") -> Padding:
    text = Text.assemble((mark, style), " ", words)
    return Padding(text, (0, 0, 0, 2))
