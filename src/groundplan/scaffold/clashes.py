"""Names that cannot stand in one project together: what only shows once parts, frameworks and addresses are known.

What holds for every brief (keywords, reserved words) is refused when the brief is read.
"""

from collections.abc import Iterator

from groundplan.brief.model import Brief
from groundplan.errors import NotBuildableError, Problem
from groundplan.scaffold.context import Context, PartView

__all__ = ["refuse_clashes"]

# Labels of the Django applications that a Django part stands beside.
_TAKEN_LABELS = {
    *("auth", "contenttypes", "sessions", "messages", "staticfiles"),
    *("groundplan", "django_htmx", "ninja", "channels", "rest_framework"),
}


def refuse_clashes(brief: Brief, context: Context) -> None:
    """Raise NotBuildableError with one sentence for each name that would not work in a project."""
    pages = {entity.plural: entity.name for entity in context.entities} if context.owner else {}
    found = [problem for part in context.parts for problem in _part(brief, part, pages)]
    found += [*_second_owners(brief, context), *_lost_parts(brief, context)]
    if found:
        raise NotBuildableError("\n".join(str(problem) for problem in found))


def _part(brief: Brief, part: PartView, pages: dict[str, str]) -> Iterator[Problem]:
    place, value = f"{brief.source} part.{part.name}", f"the name {part.name!r}"
    if part.framework == "django" and part.name in _TAKEN_LABELS:
        yield Problem(place, value, "is the label of a Django application already", "choose another name")
    first = part.prefix.split("/")[1]
    if first in pages:
        rule = f"gives the address /{first}, where the pages of the entity {pages[first]!r} are"
        yield Problem(place, value, rule, "rename the part")


def _second_owners(brief: Brief, context: Context) -> Iterator[Problem]:
    """Find a second set of pages on Django: it would need a second settings module in one process, which Django cannot have."""
    pages = [part for part in context.parts if part.framework == "django" and part.kind == "web"]
    for part in pages[1:]:
        rule = "would be a second web part on Django, which one process cannot hold"
        yield Problem(f"{brief.source} part.{part.name}", f"the name {part.name!r}", rule, f"make it one with {pages[0].name!r}")


def _lost_parts(brief: Brief, context: Context) -> Iterator[Problem]:
    """Find parts that use the sign-in and tables of a web part on Django when there is none: on Django, or with live sockets."""
    for part in context.parts if context.owner is None else ():
        reasons = {"django": "stands on Django, whose", "realtime": "follows events for signed-in people, and"}
        reason = reasons.get(part.framework) or reasons.get(part.kind)
        if reason:
            rule = f"{reason} sign-in and tables come with a web part on Django, and there is none"
            yield Problem(f"{brief.source} part.{part.name}", f"the part {part.name!r}", rule, "add such a part")
