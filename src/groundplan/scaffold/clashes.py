"""Names that cannot stand in one project together, found before anything is rendered."""

import keyword

from groundplan.brief.model import Brief
from groundplan.errors import NotBuildableError, Problem
from groundplan.scaffold.context import Context, EntityView, PartView

__all__ = ["refuse_clashes"]

# Addresses every project has besides its parts (docs/reference/project.md, HTTP surface).
_TAKEN_ADDRESSES = {"accounts", "admin", "static", "api", "-"}
# Labels of the Django applications that a Django part stands beside.
_TAKEN_LABELS = {"admin", "auth", "contenttypes", "sessions", "messages", "staticfiles", "groundplan", "django_htmx"}
# Attributes that a Django model or SQLAlchemy mapping has already, and the primary key.
_TAKEN_FIELDS = {"id", "pk", "objects", "save", "delete", "clean", "full_clean", "row", "check", "metadata", "registry", "state"}
# Classes that the files of a part hold besides the models.
_TAKEN_ENTITIES = {"user", "group", "permission", "base", "model", "eventful", "field"}


def refuse_clashes(brief: Brief, context: Context) -> None:
    """Raise NotBuildableError with one sentence for each name that would not work in a project."""
    found = [*_parts(context), *_entities(context), *_fields(context), *_django_parts(context)]
    if found:
        sentences = (Problem(f"{brief.source} {place}", value, rule, remedy) for place, value, rule, remedy in found)
        raise NotBuildableError("\n".join(str(problem) for problem in sentences))


_Found = tuple[str, str, str, str]


def _parts(context: Context) -> list[_Found]:
    pages = {entity.plural for entity in context.entities}
    return [found for part in context.parts for found in _part(part, pages)]


def _part(part: PartView, pages: set[str]) -> list[_Found]:
    place, value = f"part.{part.name}", f"the name {part.name!r}"
    first = part.prefix.split("/")[1]
    found = []
    if not part.name.isidentifier() or keyword.iskeyword(part.name):
        found.append((place, value, "becomes a Python package and must be a plain word", "choose letters, digits and _"))
    if part.framework == "django" and part.name in _TAKEN_LABELS:
        found.append((place, value, "is a Django application already", "choose another name"))
    if first and (first in pages or (first in _TAKEN_ADDRESSES and part.prefix != "/api/v1")):
        found.append((place, value, f"gives the address /{first}, which is taken", "choose another name"))
    return found


def _entities(context: Context) -> list[_Found]:
    return [found for entity in context.entities for found in _entity(entity)]


def _entity(entity: EntityView) -> list[_Found]:
    if entity.name in _TAKEN_ENTITIES or keyword.iskeyword(entity.name):
        return [(f"entity.{entity.name}", f"the name {entity.name!r}", "is taken in every project", "choose another name")]
    if entity.plural in _TAKEN_ADDRESSES - {"accounts"}:
        return [(f"entity.{entity.name}", f"its pages at /{entity.plural}/", "are taken in every project", "choose another name")]
    return []


def _fields(context: Context) -> list[_Found]:
    return [
        (f"entity.{entity.name}.{field.name}", f"the name {field.name!r}", "is taken in every record", "choose another name")
        for entity in context.entities
        for field in entity.fields
        if field.name in _TAKEN_FIELDS or keyword.iskeyword(field.name)
    ]


def _django_parts(context: Context) -> list[_Found]:
    """Find a second set of pages on Django: it would need a second settings module in one process, which Django cannot have."""
    pages = [part for part in context.parts if part.framework == "django" and part.kind == "web"]
    rule, remedy = "would be a second web part on Django, and one Django process has one settings module", "join the two parts"
    return [(f"part.{part.name}", f"the name {part.name!r}", rule, remedy) for part in pages[1:]]
