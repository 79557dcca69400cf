"""The record of a decision: Markdown in the form of MADR 4, complete enough to decide again from it."""

import datetime as dt
import re
from collections.abc import Iterator

from groundplan.catalogue.model import Fact
from groundplan.decision.model import Decision, Rated
from groundplan.report.decision_details import fact_value
from groundplan.report.decision_record import block
from groundplan.report.telling import Telling
from groundplan.report.wording import (
    check_list,
    confidence,
    frameworks,
    headline,
    in_words,
    operating_line,
    percent,
    screened_lines,
    staying_lines,
    tie,
)

__all__ = ["decision_adr"]

_REVIEW_DAYS = 365
_CONFIRMED = "`groundplan prove` measures every must on the running project. To find out or to look at again:"
_STORED = "`groundplan verify` on this file derives every number above again from this block alone."


def decision_adr(telling: Telling) -> str:
    """Give the record as Markdown. Same telling, same bytes."""
    return "\n".join(_lines(telling)).rstrip() + "\n"


def _lines(telling: Telling) -> Iterator[str]:
    decision = telling.decision
    yield from ("---", "status: proposed", f"date: {decision.as_of}", "decision-makers:", "---", "")
    yield from (f"# {headline(decision.chosen.architecture)}", "")
    yield from _context(telling)
    yield from _drivers(decision)
    yield from ("## Considered Options", "")
    yield from (f"- {in_words(rated.architecture)}" for rated in telling.compared)
    yield ""
    yield from _outcome(telling)
    yield from _compared(telling)
    yield from _more(telling)


def _context(telling: Telling) -> Iterator[str]:
    brief, decision = telling.brief, telling.decision
    yield from ("## Context and Problem Statement", "")
    yield f"{brief.summary or brief.name}: which framework, or which combination, serves its parts, in which processes?"
    yield from ("", "| part | kind | share | needs |", "| --- | --- | --- | --- |")
    for part in brief.parts:
        needs = ", ".join(f"{need} {'unknown' if level is None else level}" for need, level in part.needs.items())
        yield f"| {part.name} | {part.kind.value} | {percent(part.share)} | {needs} |"
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


def _outcome(telling: Telling) -> Iterator[str]:
    decision, chosen = telling.decision, telling.decision.chosen
    yield from ("## Decision Outcome", "")
    yield f'Chosen option: "{in_words(chosen.architecture)}", because it has the highest value, {chosen.value:.3f} of 1.'
    if decision.robustness is not None:
        yield from ("", f"How sure: **{decision.robustness.word}**. {confidence(decision, decision.robustness)}")
    if decision.single is not None and decision.gap is not None and chosen.architecture.hybrid:
        even = f"; {tie(decision)}" if tie(decision) else ""
        alone = in_words(decision.single.architecture)
        yield from ("", f"The best architecture with one framework is {alone}, behind by {decision.gap:.3f}{even}.")
    told = [f"- {line[:1].upper()}{line[1:]}" for line in staying_lines(decision)]
    yield from ("", "What runs today:", "", *told) if told else ()
    yield from ("", "### Consequences", "")
    for reason in decision.reasons:
        yield f"- {'Good' if reason.side == 'pro' else 'Bad'}, because {reason.sentence} ({reason.weight:+.3f})"
    yield from _running(telling)
    yield from _sections(telling)
    yield from (
        "### Confirmation",
        "",
        _CONFIRMED,
        "",
    )
    yield from (f"- {line}" for line in check_list(decision, telling.brief))
    yield ""


def _running(telling: Telling) -> Iterator[str]:
    chosen = telling.decision.chosen.architecture
    now = telling.operating(chosen)
    yield from ("", "### What it takes to run", "", f"- Now: {operating_line(now)}.")
    if telling.grows:
        yield f"- Later: {operating_line(telling.operating(chosen, later=True))}."
    yield from (f"- Left out, never measured: {words}." for words in now.missing)
    yield from (f"- Assumed: {words}" for words in now.assumptions)
    yield ""


def _sections(telling: Telling) -> Iterator[str]:
    for section in telling.sections:
        told = section.items or ((section.empty,) if section.empty else ())
        if told:
            yield from (f"### {section.title}", "", *(_point(words) for words in told), "")


def _point(words: str) -> str:
    """Give a point of a list, with the points under it."""
    return "- " + words.replace("\n", "\n  - ")


def _compared(telling: Telling) -> Iterator[str]:
    decision = telling.decision
    yield from ("## Pros and Cons of the Options", "")
    yield from _families(decision)
    for rated in telling.compared:
        yield from (f"### {in_words(rated.architecture)}", "", f"Value {rated.value:.3f}.{_fared(decision, rated)}")
        yield f"To run: {operating_line(telling.operating(rated.architecture))}."
        yield from ("", *_against_chosen(decision, rated), "")
    yield from ("Screened out before any value was given:", "")
    yield from (
        f"- {part}: {names}: {fact} ({constraint})" for part, names, fact, constraint in screened_lines(decision.screened_out)
    )
    yield ""


def _families(decision: Decision) -> Iterator[str]:
    if decision.robustness is not None:
        yield from ("| frameworks | first in so many draws |", "| --- | --- |")
        yield from (f"| {frameworks(family.frameworks)} | {percent(family.share, 1)} |" for family in decision.robustness.families)
        yield ""


def _fared(decision: Decision, rated: Rated) -> str:
    """Say how an option fares over all draws, where that is known."""
    accepted = decision.robustness.accepted if decision.robustness else ()
    own = next((one for one in accepted if one.architecture == rated.architecture), None)
    if own is None:
        return ""
    first = f" First in {percent(own.ranks[0], 1)} of the draws" if own.ranks else " Never first"
    most = f"{own.regret_95:.3f} at most in 95 of 100, {own.regret_max:.3f} at most"
    return f"{first}; gives away {own.regret:.3f} on average, {most}."


def _against_chosen(decision: Decision, rated: Rated) -> Iterator[str]:
    chosen = {found.criterion: found for found in decision.chosen.contributions}
    for found in rated.contributions:
        lead = found.weight * (found.value - chosen[found.criterion].value)
        if rated.architecture != decision.chosen.architecture and lead:
            yield f"- {'Good' if lead > 0 else 'Bad'}, {found.criterion} {found.value:.3f} ({lead:+.3f})"


def _more(telling: Telling) -> Iterator[str]:
    facts = telling.decision.facts
    yield from ("## More Information", "", "### Definition of done", "", *_done(telling), "", "### Facts used", "")
    yield from ("Grade A measured, B official, C survey or counted, D judgement.", "")
    yield from ("| subject | fact | value | source | date | grade |", "| --- | --- | --- | --- | --- | --- |")
    yield from (_fact(fact) for fact in facts)
    fence = _fence(telling.brief.text)
    yield from ("", "### The brief", "", f"{fence}toml", telling.brief.text.rstrip(), fence, "")
    yield from (
        "### Stored inputs",
        "",
        _STORED,
        "",
    )
    yield from ("<details><summary>brief, facts and method, compressed</summary>", "", *block(telling), "", "</details>")


def _fence(text: str) -> str:
    """Give a fence that is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    return "`" * max(3, longest + 1)


def _done(telling: Telling) -> Iterator[str]:
    decision = telling.decision
    measured = sum(fact.grade == "A" for fact in decision.facts)
    unknown = len(decision.unknown)
    options, criteria = len(telling.compared), len(decision.chosen.contributions)
    facts = f"{len(decision.facts)} facts with source and date, {measured} of them measured"
    yield f"- [x] Evidence: {facts}; {unknown} questions are open."
    box = "x" if options > 1 else " "
    yield f"- [{box}] Options: {options} compared on {criteria} criteria, {decision.candidates:,} looked at."
    yield "- [ ] Agreed: name those who decide in `decision-makers`, set `status: accepted`, and tick this."
    yield "- [x] Documented: this record holds its inputs; `groundplan verify` derives every number again."
    yield f"- [x] Review: on {_review(decision)}, or when something under Confirmation is found out."


def _review(decision: Decision) -> str:
    """Give the day to look again: in a year, or when the first promise of support that it rests on ends."""
    today = dt.date.fromisoformat(decision.as_of)
    ends = [str(fact.value) for fact in decision.facts if fact.unit == "date" and fact.value]
    return min([(today + dt.timedelta(days=_REVIEW_DAYS)).isoformat(), *(end for end in ends if end > decision.as_of)])


def _fact(fact: Fact) -> str:
    notes = "; ".join(text for text in (fact.source, fact.note, fact.conditions, fact.where) if text)
    return f"| {fact.subject} | {fact.id} | {_cell(fact_value(fact))} | {_cell(notes)} | {fact.date} | {fact.grade} |"
