"""What the files of the catalogue must say together: names that exist, points that add up, scales with two ends."""

import datetime as dt
from collections.abc import Iterable, Iterator

from groundplan.catalogue.model import Catalogue, Criterion
from groundplan.errors import CatalogueError, Problem

__all__ = ["check"]

AXES = ("scope", "team", "performance", "horizon")


def check(catalogue: Catalogue, layers: tuple[str, ...]) -> None:
    """Raise CatalogueError with every disagreement, one line each."""
    problems = [
        *_capabilities(catalogue),
        *_subjects(catalogue, layers),
        *_criteria(catalogue.criteria),
        *_dates(catalogue),
        *_prices(catalogue),
        *_lines(catalogue),
        *_answer_lines(catalogue),
    ]
    if problems:
        raise CatalogueError(problems)


def _capabilities(catalogue: Catalogue) -> Iterator[Problem]:
    named: list[tuple[str, str]] = [(f"needs.toml {line.need}", line.capability) for line in catalogue.need_lines]
    named += [("needs.toml in_requests", capability) for capability in catalogue.in_requests]
    named += [(f"needs.toml {line.kind}", line.capability) for line in catalogue.kind_lines]
    named += [(f"needs.toml {line.question}", line.capability) for line in catalogue.answer_lines if line.capability]
    named += [
        (f"frameworks/{framework.name}.toml", capability)
        for framework in catalogue.frameworks
        for provisions in framework.provisions.values()
        for capability in provisions
    ]
    named += [(f"addons.toml {addon.name}", capability) for addon in catalogue.addons for capability in addon.provisions]
    for place, capability in dict.fromkeys(named):
        if capability not in catalogue.capabilities:
            yield Problem(place, repr(capability), "must be a capability of capabilities.toml", "mend the name or add a line there")


def _subjects(catalogue: Catalogue, layers: tuple[str, ...]) -> Iterator[Problem]:
    frameworks = {framework.name for framework in catalogue.frameworks}
    addons = {addon.name for addon in catalogue.addons}
    known = frameworks | addons | set(layers) | {server.name for server in catalogue.servers}
    named = [("facts/", fact.subject) for fact in catalogue.facts]
    named += [("measured.toml", row.subject) for row in catalogue.requests]
    named += [("measured.toml", row.subject) for row in catalogue.sockets]
    named += [("measured.toml", subject) for subject in (*catalogue.extras, *catalogue.installed)]
    named += [(f"frameworks/{framework.name}.toml", layer) for framework in catalogue.frameworks for layer in framework.layers]
    named += [
        (f"addons.toml {addon.name}", name)
        for addon in catalogue.addons
        for name in (*addon.needs, *addon.frameworks, *addon.layers)
    ]
    for place, subject in dict.fromkeys(named):
        if subject not in known:
            yield Problem(place, repr(subject), "must be a framework, add-on, server or layer", "mend the name or add its file")


def _criteria(criteria: Iterable[Criterion]) -> Iterator[Problem]:
    for axis in AXES:
        points = sum(criterion.points for criterion in criteria if criterion.axis == axis and criterion.when is None)
        if points != 100:  # noqa: PLR2004  # points are percent of an axis
            yield Problem(
                f"criteria.toml {axis}", f"{points:g} points", "must be 100 in all where no `when` stands", "share them out again"
            )
    for criterion in criteria:
        if criterion.worst == criterion.best or (criterion.curve == "log" and min(criterion.worst, criterion.best) <= 0):
            place = f"criteria.toml {criterion.id}"
            yield Problem(place, f"{criterion.worst:g} to {criterion.best:g}", "must be a scale with two ends", "choose other ends")


def _dates(catalogue: Catalogue) -> Iterator[Problem]:
    for fact in catalogue.facts:
        texts = [fact.date, *([str(fact.value)] if fact.unit == "date" and fact.value else [])]
        for text in texts:
            if not _is_date(text):
                yield Problem(f"facts/{fact.subject}.toml {fact.id}", repr(text), "must be a date", "write it as 2026-11-22")


def _prices(catalogue: Catalogue) -> Iterator[Problem]:
    for price in catalogue.prices.price:
        place = f"costs.toml {price.provider}"
        if not _is_date(price.date):
            yield Problem(place, repr(price.date), "must be a date", "write it as 2026-11-22")
        if not price.where.startswith("https://"):
            yield Problem(place, repr(price.where), "must be the address of a public list", "write it with https://")


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _lines(catalogue: Catalogue) -> Iterator[Problem]:
    for line in catalogue.need_lines:
        if not 1 <= line.level <= 3 or (line.required_at and not line.level <= line.required_at <= 3):  # noqa: PLR2004  # levels are 0 to 3
            place = f"needs.toml {line.need} -> {line.capability}"
            yield Problem(
                place, f"level {line.level}, required at {line.required_at}", "must lie in 1 to 3, in this order", "mend it"
            )


def _answer_lines(catalogue: Catalogue) -> Iterator[Problem]:
    for line in catalogue.answer_lines:
        place = f"needs.toml {line.question} = {', '.join(map(str, line.given))}"
        if bool(line.need) + bool(line.capability) + line.one_process != 1:
            yield Problem(place, "the line", "must name a need, a capability or one_process", "name one of them")
        if line.need and (line.unwanted or line.required_at):
            yield Problem(place, repr(line.need), "is a level, not a capability that can be required or unwanted", "take that out")
        if not line.given or (line.need and line.level > 3):  # noqa: PLR2004  # levels are 0 to 3
            yield Problem(place, "the line", "must hold for some answer, with a level of at most 3", "mend it")
