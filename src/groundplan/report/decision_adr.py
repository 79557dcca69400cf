"""The record of a decision: Markdown in the form of MADR 4, complete enough to decide again from it."""

from collections.abc import Iterator

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Fact
from groundplan.decision.model import Decision, Rated
from groundplan.report.wording import alternatives, check_list, headline, in_words, screened_lines

__all__ = ["decision_adr"]

_OPTIONS = 4


def decision_adr(decision: Decision, brief: Brief) -> str:
    """Give the record as Markdown. Same decision and brief, same bytes."""
    return "\n".join(_lines(decision, brief)).rstrip() + "\n"


def _lines(decision: Decision, brief: Brief) -> Iterator[str]:
    yield from ("---", "status: proposed", f"date: {decision.as_of}", "---", "")
    yield from (f"# {headline(decision.chosen.architecture)}", "")
    yield from _context(decision, brief)
    yield from _drivers(decision)
    yield from _options(decision)
    yield from _outcome(decision, brief)
    yield from _compared(decision)
    yield from _more(decision, brief)


def _context(decision: Decision, brief: Brief) -> Iterator[str]:
    yield from ("## Context and Problem Statement", "")
    yield f"{brief.summary or brief.name}: which framework, or which combination, serves its parts, in which processes?"
    yield from ("", "| part | kind | share | needs |", "| --- | --- | --- | --- |")
    for part in brief.parts:
        needs = ", ".join(f"{need} {'unknown' if level is None else level}" for need, level in part.needs.items())
        yield f"| {part.name} | {part.kind.value} | {part.share:.0%} | {needs} |"
    yield ""
    if brief.musts:
        yield from ("Non-negotiables:", "")
        yield from (
            f"- {must.id} ({must.part or 'product'}, {must.level}): {must.metric} {must.check.text}" for must in brief.musts
        )
        yield ""
    yield f"Decided from {decision.candidates:,} candidates with catalogue {decision.catalogue_version}, as of {decision.as_of}."
    yield ""


def _drivers(decision: Decision) -> Iterator[str]:
    yield from (
        "## Decision Drivers",
        "",
        "| axis | criterion | weight | value of the choice | evidence |",
        "| --- | --- | --- | --- | --- |",
    )
    for found in decision.chosen.contributions:
        yield f"| {found.axis} | {found.criterion} | {found.weight:.3f} | {found.value:.3f} | {_cell(found.evidence)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _considered(decision: Decision) -> list[Rated]:
    options = [decision.chosen, *alternatives(decision, _OPTIONS - 1)]
    known = {in_words(rated.architecture) for rated in options}
    extra = [rated for rated in (decision.single, decision.rival) if rated is not None]
    for rated in extra:
        if in_words(rated.architecture) not in known:
            options.append(rated)
            known.add(in_words(rated.architecture))
    return options


def _options(decision: Decision) -> Iterator[str]:
    yield from ("## Considered Options", "")
    yield from (f"- {in_words(rated.architecture)}" for rated in _considered(decision))
    yield ""


def _outcome(decision: Decision, brief: Brief) -> Iterator[str]:
    chosen = decision.chosen
    yield from ("## Decision Outcome", "")
    yield f'Chosen option: "{in_words(chosen.architecture)}", because it has the highest value, {chosen.value:.3f} of 1.'
    if decision.single is not None and decision.gap is not None and chosen.architecture.hybrid:
        yield f"The best architecture with one framework is {in_words(decision.single.architecture)}, behind by {decision.gap:.3f}."
    yield from ("", "### Consequences", "")
    for reason in decision.reasons:
        yield f"- {'Good' if reason.side == 'pro' else 'Bad'}, because {reason.sentence} ({reason.weight:+.3f})"
    yield from ("", "### Confirmation", "")
    yield "`groundplan prove` measures every must on the running project. To find out or to look at again:"
    yield ""
    yield from (f"- {line}" for line in check_list(decision, brief))
    yield ""


def _compared(decision: Decision) -> Iterator[str]:
    yield from ("## Pros and Cons of the Options", "")
    chosen = {found.criterion: found for found in decision.chosen.contributions}
    for rated in _considered(decision):
        yield from (f"### {in_words(rated.architecture)}", "", f"Value {rated.value:.3f}.", "")
        for found in rated.contributions:
            lead = found.weight * (found.value - chosen[found.criterion].value)
            if rated is not decision.chosen and lead:
                yield f"- {'Good' if lead > 0 else 'Bad'}, {found.criterion} {found.value:.3f} ({lead:+.3f})"
        yield ""
    yield from ("Screened out before any value was given:", "")
    yield from (
        f"- {part}: {names}: {fact} ({constraint})" for part, names, fact, constraint in screened_lines(decision.screened_out)
    )
    yield ""


def _more(decision: Decision, brief: Brief) -> Iterator[str]:
    yield from ("## More Information", "", "Facts used (grade A measured, B official, C survey or counted, D judgement):", "")
    yield from ("| subject | fact | value | source | date | grade |", "| --- | --- | --- | --- | --- | --- |")
    yield from (_fact(fact) for fact in decision.facts)
    yield from ("", "The brief:", "", "```toml", brief.text.rstrip(), "```")


def _fact(fact: Fact) -> str:
    value = f"{fact.value:,.10g}" if not isinstance(fact.value, str) else fact.value or "none promised, no"
    notes = "; ".join(text for text in (fact.source, fact.note, fact.conditions, fact.where) if text)
    return f"| {fact.subject} | {fact.id} | {_cell(f'{value} {fact.unit}'.strip())} | {_cell(notes)} | {fact.date} | {fact.grade} |"
