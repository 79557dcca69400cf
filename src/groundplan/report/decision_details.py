"""What ``decide --all`` tells below the one screen: every architecture, how each fares, what it takes, every fact."""

from collections.abc import Iterator

from groundplan.catalogue.model import Fact
from groundplan.decision.model import Decision, Robustness
from groundplan.report.blocks import Block, Item
from groundplan.report.telling import Telling
from groundplan.report.wording import between, frameworks, in_words, named, operating_line, percent

__all__ = ["detail_blocks", "fact_value"]


def detail_blocks(telling: Telling) -> list[Block]:
    """Give the blocks that one screen has no room for."""
    decision = telling.decision
    found = [Block("All architectures compared", _ranked(decision))]
    if decision.robustness is not None:
        families = [
            Item("·", f"{frameworks(family.frameworks)}: {percent(family.share, 1)}") for family in decision.robustness.families
        ]
        found.append(Block(f"First in so many of {decision.robustness.draws:,} draws", families))
    found.append(Block("To run each", list(_operating(telling))))
    found.append(Block("The chosen one, criterion by criterion", _contributions(decision)))
    found.append(Block("Facts", [Item("·", _fact(fact)) for fact in decision.facts]))
    return found


def _ranked(decision: Decision) -> list[Item]:
    return [
        Item("·", f"{in_words(rated.architecture)}: {rated.value:.3f}{_fared(decision.robustness, index)}")
        for index, rated in enumerate(decision.ranked)
    ]


def _fared(robust: Robustness | None, index: int) -> str:
    if robust is None or index >= len(robust.accepted):
        return ""
    own = robust.accepted[index]
    first = own.ranks[0] if own.ranks else 0.0
    return f", first in {percent(first, 1)}, gives away {own.regret:.3f} on average and {own.regret_max:.3f} at most"


def _operating(telling: Telling) -> Iterator[Item]:
    chosen = telling.decision.chosen.architecture
    for rated in telling.compared:
        yield Item("$", f"{in_words(rated.architecture)}: {operating_line(telling.operating(rated.architecture))}.")
    if telling.grows:
        yield Item("$", f"The chosen one later: {operating_line(telling.operating(chosen, later=True))}.")
    now = telling.operating(chosen)
    for process in now.processes:
        took = f"{between(process.cores, 'cores busy')}, {between(process.memory_mb, 'MB')}"
        yield Item("·", f"{process.name} on {named(process.server)}: {', '.join(process.parts)}: {took}")
    yield from (Item("!", f"Left out, never measured: {words}.") for words in now.missing)
    yield from (Item("!", words) for words in now.assumptions)


def _contributions(decision: Decision) -> list[Item]:
    return [
        Item("·", f"{found.axis} {found.criterion}: weight {found.weight:.3f}, value {found.value:.3f}: {found.evidence}")
        for found in decision.chosen.contributions
    ]


def _fact(fact: Fact) -> str:
    return f"{fact.subject}: {fact.id} = {fact_value(fact)} ({fact.source}, {fact.date}, grade {fact.grade})"


def fact_value(fact: Fact) -> str:
    """Give the value of a fact with its unit."""
    value = f"{fact.value:,.10g}" if not isinstance(fact.value, str) else fact.value or "none promised, no"
    return f"{value} {fact.unit}".strip()
