"""What the templates are told: the brief and the decision in the words of source code."""

import re
from dataclasses import dataclass, fields

from groundplan.brief.model import Brief, Entity, Field, FieldType, Kind, Part
from groundplan.decision.model import Architecture, Stack, Topology
from groundplan.scaffold.fields import FieldView, field_view
from groundplan.scaffold.names import class_name, plural, title
from groundplan.scaffold.template import Template

__all__ = ["Context", "EntityView", "PartView", "ProjectView", "context"]

_HALVES = {"sync": "wsgi", "async": "asgi"}
_COLUMNS = 6
_FIRST_PREFIX = {Kind.WEB: "/", Kind.API: "/api/v1"}


@dataclass(frozen=True, slots=True)
class ProjectView:
    """The project as a whole. slug: name in files and databases. layout: name of the topology; layouts: those beyond the three."""

    name: str
    summary: str
    slug: str
    title: str
    python: str
    layout: str
    layouts: dict[str, dict[str, tuple[str, ...]]]
    port: int = 8000


@dataclass(frozen=True, slots=True)
class PartView:
    """One part. label: of a Django application, equal to the name. app, prepare: import paths, ready to use."""

    name: str
    kind: str
    title: str
    label: str
    class_name: str
    prefix: str
    framework: str
    addons: tuple[str, ...]
    server: str
    interface: str
    app: str
    prepare: str | None
    folder: str

    @property
    def address(self) -> str:
        """The prefix without its last slash, to put before a path: an empty text for ``/``."""
        return self.prefix.rstrip("/")


@dataclass(frozen=True, slots=True)
class EntityView:
    """One entity. table: in the database. view, add, change, delete: permissions, ``office.view_sale``.

    codename: what stands behind the verb in a permission. spelled: whether the name in snake_case can be read off the class
    name. columns: the fields that a list has room for, long texts left out. targets: entities it refers to, itself left out.
    """

    name: str
    plural: str
    class_name: str
    title: str
    title_plural: str
    table: str
    channel: str
    codename: str
    view: str
    add: str
    change: str
    delete: str
    fields: tuple[FieldView, ...]
    columns: tuple[FieldView, ...]
    targets: tuple[str, ...]
    spelled: bool


@dataclass(frozen=True, slots=True)
class Context:
    """All that a template sees; a template of a part sees ``part`` besides.

    owner: the Django part that owns identity and tables. entities: in the order of the brief. tables: the same in an order in
    which they can be made, references last. processes: of the chosen layout, name -> parts.
    """

    project: ProjectView
    parts: tuple[PartView, ...]
    owner: PartView | None
    api: PartView | None
    live: PartView | None
    entities: tuple[EntityView, ...]
    tables: tuple[EntityView, ...]
    processes: dict[str, tuple[PartView, ...]]

    def names(self) -> dict[str, object]:
        """Give the names a template may use."""
        return {given.name: getattr(self, given.name) for given in fields(self)}


def context(brief: Brief, chosen: Architecture, templates: dict[str, Template]) -> Context:
    """Put brief and architecture into the words of the templates. templates: part name -> its template."""
    parts = _parts(brief, chosen, templates)
    owner = next((part for part in parts if templates[part.name].owns), None)
    label = owner.label if owner else None
    return Context(
        project=_project(brief, chosen),
        parts=parts,
        owner=owner,
        api=next((part for part in parts if part.kind == Kind.API), None),
        live=next((part for part in parts if part.kind == Kind.REALTIME), None),
        entities=tuple(_entity(entity, label) for entity in brief.entities),
        tables=tuple(_entity(entity, label) for entity in targets_first(brief.entities)),
        processes=_processes(parts, chosen.topology),
    )


def targets_first(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Order the entities so that a reference points at an earlier one where that is possible; else as in the brief."""
    ordered: list[Entity] = []
    waiting = list(entities)
    while waiting:
        known = {entity.name for entity in ordered}
        ready = next((entity for entity in waiting if _targets(entity) <= known), waiting[0])
        waiting.remove(ready)
        ordered.append(ready)
    return tuple(ordered)


def _targets(entity: Entity) -> set[str]:
    return {given.target for given in entity.fields if given.target and given.target != entity.name}


def _project(brief: Brief, chosen: Architecture) -> ProjectView:
    topology = chosen.topology
    named = topology.name in ("together", "split", "apart")
    return ProjectView(
        name=brief.name,
        summary=brief.summary,
        slug=brief.name.lower().replace("-", "_").replace(" ", "_"),
        title=title(brief.name),
        python=brief.target.python,
        layout=topology.name,
        layouts={} if named else {topology.name: topology.processes},
    )


def _parts(brief: Brief, chosen: Architecture, templates: dict[str, Template]) -> tuple[PartView, ...]:
    taken: set[str] = set()
    views = []
    for part in brief.parts:
        first = _FIRST_PREFIX.get(part.kind)
        prefix = first if first and first not in taken else f"/{part.name}"
        taken.add(prefix)
        views.append(_part(part, prefix, chosen.stacks[part.name], templates[part.name]))
    return tuple(views)


def _part(part: Part, prefix: str, stack: Stack, template: Template) -> PartView:
    return PartView(
        name=part.name,
        kind=part.kind.value,
        title=title(part.name),
        label=part.name,
        class_name=class_name(part.name),
        prefix=prefix,
        framework=stack.framework,
        addons=template.addons,
        server=stack.server,
        interface=template.interface,
        app=template.app.format(name=part.name),
        prepare=template.prepare.format(name=part.name) if template.prepare else None,
        folder=f"parts/{part.name}",
    )


def _processes(parts: tuple[PartView, ...], topology: Topology) -> dict[str, tuple[PartView, ...]]:
    """Lay the parts out as the runner does (docs/reference/project.md, project.toml); processes without parts are left out."""
    if topology.name == "together":
        return {"all": parts}
    if topology.name == "apart":
        return {part.name: (part,) for part in parts}
    if topology.name == "split":
        halves = {name: tuple(part for part in parts if part.interface == speaks) for name, speaks in _HALVES.items()}
        return {name: half for name, half in halves.items() if half}
    by_name = {part.name: part for part in parts}
    return {process: tuple(by_name[name] for name in names) for process, names in topology.processes.items()}


def _entity(entity: Entity, label: str | None) -> EntityView:
    codename = entity.name.replace("_", "")  # Django takes it from the class, which has no underscores

    views = tuple(field_view(entity, given, label) for given in entity.fields)

    def permission(verb: str) -> str:
        return f"{label}.{verb}_{codename}" if label else f"{verb}_{codename}"

    return EntityView(
        name=entity.name,
        plural=plural(entity.name),
        class_name=class_name(entity.name),
        title=title(entity.name),
        title_plural=title(plural(entity.name)),
        table=f"{label}_{entity.name}" if label else entity.name,
        channel=entity.name,
        codename=codename,
        view=permission("view"),
        add=permission("add"),
        change=permission("change"),
        delete=permission("delete"),
        fields=views,
        columns=tuple(view for view, given in zip(views, entity.fields, strict=True) if not _is_long(given))[:_COLUMNS],
        targets=tuple(sorted(_targets(entity))),
        spelled=re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name(entity.name)).lower() == entity.name,
    )


def _is_long(given: Field) -> bool:
    return given.type is FieldType.TEXT and given.length is None
