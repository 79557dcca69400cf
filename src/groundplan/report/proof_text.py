"""The proof for a terminal: a table of 80 columns, and a sentence for everything that is not MET."""

import io
from collections import Counter
from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from groundplan.proof.model import Outcome, Proof, Verdict

__all__ = ["proof_text"]

_STYLES = {Outcome.MET: "green", Outcome.NOT_MET: "bold red", Outcome.NOT_PROVEN: "yellow"}
_WORDS = {0: "every must is MET", 1: "a must is NOT_MET", 3: "something is NOT_PROVEN"}
_ORIGINS = {"brief": "Musts of the brief", "built-in": "Held against every project"}


def proof_text(proof: Proof, width: int = 80, *, color: bool = False) -> str:
    """Give the proof as text: what it ran on, one table per origin, the reason of each verdict that is not MET, the sum."""
    console = Console(
        file=io.StringIO(),
        width=width,
        color_system="standard" if color else None,
        force_terminal=color,
        highlight=False,
        legacy_windows=False,
    )
    for block in _blocks(proof):
        console.print(block)
    text = console.file.getvalue() if isinstance(console.file, io.StringIO) else ""
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _blocks(proof: Proof) -> Iterator[RenderableType]:
    events = "" if proof.events in ("", "none", "database") else f" + {proof.events}"
    yield Text.assemble((f"{proof.project}", "bold"), f": layout {proof.layout}, {proof.database}{events}, {proof.taken_at}")
    told = (proof.machine.get(name) for name in ("processor", "system", "python"))
    cores = f"{proof.machine['cores']} cores" if "cores" in proof.machine else None
    yield Text(", ".join(fact for fact in (cores, *told) if fact), style="dim")
    for origin, title in _ORIGINS.items():
        verdicts = [verdict for verdict in proof.verdicts if verdict.origin == origin]
        if verdicts:
            yield _table(title, verdicts)
    for verdict in proof.verdicts:
        if verdict.outcome is not Outcome.MET:
            yield Text.assemble((f"{verdict.outcome} ", _STYLES[verdict.outcome]), (verdict.id, "bold"), f": {verdict.why}")
    yield _sum(proof)


def _table(title: str, verdicts: Sequence[Verdict]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, title_style="bold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("must", overflow="fold")
    table.add_column("measured (95 % bound)", overflow="fold")
    table.add_column("limit", overflow="fold")
    table.add_column("n", justify="right", no_wrap=True)
    for verdict in verdicts:
        should = " (should)" if verdict.level == "should" else ""
        outcome = Text(str(verdict.outcome), _STYLES[verdict.outcome])
        table.add_row(outcome, f"{verdict.id}{should}", Text(verdict.measured), Text(verdict.check), f"{verdict.n}")
    return table


def _sum(proof: Proof) -> Text:
    counts = Counter(verdict.outcome for verdict in proof.verdicts)
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome if counts[outcome])
    style = "bold green" if proof.exit_code == 0 else "bold red" if proof.exit_code == 1 else "bold yellow"
    return Text.assemble(
        (_WORDS[proof.exit_code], style), f": {told or 'no verdict'}; {proof.seconds:.0f} s, exit code {proof.exit_code}"
    )
