"""Every flip that is printed, for every example: brief or catalogue are changed by other means and decided from the start."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from groundplan.brief.model import Brief, Load
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, decide
from groundplan.decision.again import alike
from groundplan.decision.changes import changes
from groundplan.decision.fact_flips import FactFlip, fact_flips
from groundplan.decision.flipping import ledger
from groundplan.decision.model import Architecture
from groundplan.decision.staging import staging
from groundplan.decision.tying import one_weight
from groundplan.decision.weight_flips import weight_flips

Example = Callable[[str], Brief]
AS_OF = "2026-11-22"
EXAMPLES = sorted(path.stem for path in (Path(__file__).parents[2] / "examples").glob("*.toml"))

pytestmark = pytest.mark.long
every_example = pytest.mark.parametrize("name", EXAMPLES)


def decided(brief: Brief, catalogue: Catalogue) -> Decision:
    return decide(brief, catalogue, AS_OF, draws=0)


def leads_elsewhere(brief: Brief, catalogue: Catalogue, told: Architecture, now: Architecture) -> None:
    """What is printed of an architecture is its frameworks and its topology; of equal sets of add-ons either may come first."""
    assert alike(decided(brief, catalogue).chosen.architecture, told)
    assert not alike(told, now)


def weighed(catalogue: Catalogue, decision: Decision, weights: Mapping[str, float]) -> Catalogue:
    """Give the catalogue whose points lead to these weights."""
    today = {found.criterion: found.weight for found in decision.chosen.contributions}
    points = {name: weights[name] / weight for name, weight in today.items()}
    criteria = (replace(one, points=one.points * points.get(one.id, 1.0)) for one in catalogue.criteria)
    return replace(catalogue, criteria=tuple(criteria))


def figured(catalogue: Catalogue, flip: FactFlip) -> Catalogue:
    """Give the catalogue with the figure that is told."""
    subject, _, server = flip.subject.partition(" on ")
    server, _, interface = server.removesuffix(")").partition(" (")
    if flip.fact == "deliveries_per_second":
        rows = (
            replace(row, deliveries_per_second=flip.becomes) if (row.subject, row.server) == (subject, server) else row
            for row in catalogue.sockets
        )
        return replace(catalogue, sockets=tuple(rows))
    if flip.fact in {"rss_mb", "cpu_us"}:
        runs = [run for run in catalogue.requests if (run.subject, run.server, run.interface) == (subject, server, interface)]
        assert len(runs) == 1
        times = {workload: cost * flip.becomes for workload, cost in runs[0].cpu_us.items()}
        run = replace(runs[0], rss_mb=flip.becomes) if flip.fact == "rss_mb" else replace(runs[0], cpu_us=times)
        return replace(catalogue, requests=tuple(run if one is runs[0] else one for one in catalogue.requests))
    facts = (
        replace(fact, value=flip.becomes) if (fact.subject, fact.id, fact.date) == (subject, flip.fact, flip.date) else fact
        for fact in catalogue.facts
    )
    return replace(catalogue, facts=tuple(facts))


@every_example
def test_weights_that_are_told_flip(example: Example, catalogue: Catalogue, name: str) -> None:
    brief, decision = example(name), decided(example(name), catalogue)
    names = [found.criterion for found in decision.chosen.contributions]
    weights = [found.weight for found in decision.chosen.contributions]
    found = weight_flips(brief, catalogue, decision, complete=True)
    for flip in found.flips:
        to = dict(zip(names, one_weight(weights, names.index(flip.criterion), flip.becomes), strict=True))
        leads_elsewhere(brief, weighed(catalogue, decision, to), flip.architecture, found.architecture)
    if found.shift:
        to = {name: max(now + found.shift.changes.get(name, 0), 1e-6) for name, now in zip(names, weights, strict=True)}
        leads_elsewhere(brief, weighed(catalogue, decision, to), found.shift.architecture, found.architecture)


@every_example
def test_figures_that_are_told_flip(example: Example, catalogue: Catalogue, name: str) -> None:
    brief = example(name)
    found = fact_flips(brief, catalogue, decided(brief, catalogue))
    for flip in found.flips:
        leads_elsewhere(brief, figured(catalogue, flip), flip.architecture, found.architecture)
        assert flip.becomes.is_integer() or flip.fact not in {"guides", "ships_types"}


@every_example
def test_answers_that_are_told_flip(example: Example, catalogue: Catalogue, name: str) -> None:
    brief = example(name)
    found = ledger(brief, catalogue, AS_OF)
    apply = {change.words: change.apply for change in changes(brief, catalogue)}
    for flip in found.flips:
        leads_elsewhere(apply[flip.change](brief), catalogue, flip.architecture, found.architecture)


@every_example
def test_loads_that_are_told_are_where_a_stage_begins(example: Example, catalogue: Catalogue, name: str) -> None:
    brief = example(name)
    found = staging(brief, catalogue, AS_OF, decided(brief, catalogue).chosen.architecture)
    for stage in found.stages if found else ():
        load = Load(stage.requests_per_second, int(stage.open_connections))
        there = decided(replace(brief, load=replace(load, later=load)), catalogue)
        assert there.chosen.architecture == stage.best.architecture
