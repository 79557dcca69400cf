"""Names of the brief that only the catalogue can judge: a slip of the pen must not allow what was forbidden."""

import difflib
from collections.abc import Iterator

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.errors import BriefError, Problem

__all__ = ["check_names"]


def check_names(brief: Brief, catalogue: Catalogue) -> None:
    """Raise BriefError for policy and incumbent names that are nearly, but not quite, those of the catalogue, and for choices.

    A name that is like none of them is left alone: an organisation may forbid what we do not know. A choice must name criteria,
    and what a part requires must be a capability.
    """
    known = [piece.name for group in (catalogue.frameworks, catalogue.addons, catalogue.servers) for piece in group]
    problems = [
        Problem(f"{brief.source} {place}", repr(name), "is not in the catalogue", f"did you mean {near[0]!r}")
        for place, name in _names(brief)
        if name not in known and (near := difflib.get_close_matches(name, known, 1, 0.75))
    ]
    problems += _unknown_capabilities(brief, list(catalogue.capabilities))
    problems += _unknown_criteria(brief, [criterion.id for criterion in catalogue.criteria])
    if problems:
        raise BriefError(problems)


def _names(brief: Brief) -> Iterator[tuple[str, str]]:
    yield from (("policy.allow", name) for name in brief.policy.allow or ())
    yield from (("policy.forbid", name) for name in brief.policy.forbid)
    yield from ((f"incumbent.{part}", name) for part, name in brief.incumbent.items())


def _unknown_capabilities(brief: Brief, known: list[str]) -> Iterator[Problem]:
    for part in brief.parts:
        for name in sorted(set(part.requires) - set(known)):
            near = difflib.get_close_matches(name, known, 1)
            remedy = f"write {near[0]!r}" if near else "`groundplan catalogue list capabilities` names all"
            yield Problem(f"{brief.source} part.{part.name}.requires", repr(name), "is no capability of the catalogue", remedy)


def _unknown_criteria(brief: Brief, known: list[str]) -> Iterator[Problem]:
    for name in dict.fromkeys(name for pair in brief.choices for name in pair):
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            remedy = f"did you mean {near[0]!r}" if near else f"use two of {', '.join(known)}"
            yield Problem(f"{brief.source} priorities.choices", repr(name), "is no criterion of the catalogue", remedy)
