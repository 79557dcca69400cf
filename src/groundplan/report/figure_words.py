"""A figure of the catalogue, with what it would have to be, as a sentence."""

from groundplan.decision.fact_flips import FactFlip
from groundplan.report.wording import named

__all__ = ["another", "asked"]

_SAID = {
    "survey_share": "{} % of those surveyed use it",
    "guides": "it has {} of 5 guides",
    "breaking_per_year": "{} upgrades a year break something",
    "top_author_share": "{} % of a year's commits are one person's",
    "fix_delay_days": "a security fix below it waits {} days",
    "deliveries_per_second": "it delivers {} messages a second",
    "rss_mb": "a process takes {} MB",
    "cpu_us": "a request takes {} times the measured processor time",
}
_YES_NO = {
    "ships_types": ("ships types", "ships no types"),
    "owned_together": ("is owned by more than one person", "is one person's"),
    "rules_written": ("has rules for who decides", "has no rules for who decides"),
    "work_paid": ("has paid maintenance", "has no paid maintenance"),
    "releases_shared": ("is released by several", "is released by one person"),
}
"""Fact that is either so or not -> both in words."""

_ASKED = {
    "survey_share": "how many use {}",
    "guides": "which guides {} has",
    "ships_types": "whether {} ships types",
    "breaking_per_year": "how often an upgrade of {} breaks something",
    "top_author_share": "how much of {} is one person's work",
    "owned_together": "who owns {}",
    "rules_written": "who decides on {}",
    "work_paid": "whether anybody is paid for {}",
    "releases_shared": "who releases {}",
    "fix_delay_days": "how long a security fix below {} waits",
    "deliveries_per_second": "how fast {} delivers",
    "rss_mb": "the memory of {}",
    "cpu_us": "the processor time of {}",
}


def another(flip: FactFlip) -> str:
    """Say what a figure would have to be, what it is, and who says so."""
    if flip.fact in _YES_NO:
        yes, no = _YES_NO[flip.fact]
        said = yes if flip.becomes else no
    else:
        said = _SAID[flip.fact].format(f"{flip.becomes:,.10g}")
        said += "" if flip.fact == "cpu_us" else f", not {flip.value:,.10g}"
    return f"{_subject(flip.subject)}: {said} ({flip.source}, {flip.date})"


def asked(subject: str, fact: str) -> str:
    """Name a figure by the question that it answers."""
    return _ASKED[fact].format(_subject(subject))


def _subject(subject: str) -> str:
    name, _, server = subject.removesuffix(")").partition(" on ")
    server, _, interface = server.partition(" (")
    return named(name) + (f" on {named(server)}" if server else "") + (f" ({named(interface)})" if interface else "")
