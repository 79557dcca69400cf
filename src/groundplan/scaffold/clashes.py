"""Names that cannot stand in one project together: what only shows once parts, frameworks and addresses are known.

What holds for every brief (keywords, reserved words) is refused when the brief is read.
"""

from collections.abc import Iterator

from groundplan.brief.model import Brief
from groundplan.errors import NotBuildableError, Problem
from groundplan.scaffold.context import Context, PartView

__all__ = ["refuse_clashes"]

# Labels of the Django applications that a Django part stands beside.
_TAKEN_LABELS = {"auth", "contenttypes", "sessions", "messages", "staticfiles", "groundplan", "django_htmx"}


def refuse_clashes(brief: Brief, context: Context) -> None:
    """Raise NotBuildableError with one sentence for each name that would not work in a project."""
    pages = {entity.plural: entity.name for entity in context.entities} if context.owner else {}
    found = [problem for part in context.parts for problem in _part(brief, part, pages)]
    found += _second_pages(brief, context)
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


def _second_pages(brief: Brief, context: Context) -> list[Problem]:
    """Find a second set of pages on Django: it would need a second settings module in one process, which Django cannot have."""
    pages = [part for part in context.parts if part.framework == "django" and part.kind == "web"]
    rule = "would be a second web part on Django, which one process cannot hold"
    return [
        Problem(f"{brief.source} part.{part.name}", f"the name {part.name!r}", rule, f"make it one with {pages[0].name!r}")
        for part in pages[1:]
    ]
