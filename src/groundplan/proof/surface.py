"""What a project shows to the outside: its parts, where they answer, and what they keep records of."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundplan.brief.model import Brief, Entity, FieldType
from groundplan.errors import InputError, Problem

__all__ = ["PartAt", "Surface", "read_surface"]


@dataclass(frozen=True, slots=True)
class PartAt:
    """A part and its prefix, without a slash at its end (empty for the root)."""

    name: str
    kind: str
    framework: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Surface:
    """A project from outside. entities: those that others refer to come first. layouts: names that ``--layout`` takes."""

    name: str
    root: Path
    layout: str
    layouts: tuple[str, ...]
    parts: tuple[PartAt, ...]
    entities: tuple[Entity, ...]

    def part(self, name: str) -> PartAt | None:
        """Give the part of that name."""
        return next((part for part in self.parts if part.name == name), None)

    def first(self, *kinds: str) -> PartAt | None:
        """Give the first part of one of these kinds."""
        return next((part for part in self.parts if part.kind in kinds), None)

    @property
    def owner(self) -> PartAt | None:
        """Give the Django part that owns sign-in and tables: the first web part on Django, else the first on Django."""
        django = [part for part in self.parts if part.framework == "django"]
        return next((part for part in django if part.kind == "web"), django[0] if django else None)

    @property
    def probe_entity(self) -> Entity | None:
        """Give the entity that requests are about: the first with a text that tells one row from another, else the first."""
        with_text = (entity for entity in self.entities if any(field.type is FieldType.TEXT for field in entity.fields))
        return next(with_text, self.entities[0] if self.entities else None)

    def permissions(self) -> list[str]:
        """Name every permission on every entity, as Django does."""
        if self.owner is None:
            return []
        verbs = ("view", "add", "change", "delete")
        return [f"{self.owner.name}.{verb}_{entity.name}" for entity in self.entities for verb in verbs]


def read_surface(root: Path, brief: Brief) -> Surface:
    """Read ``project.toml``. Raises InputError with one sentence when the folder holds no project."""
    path = root / "project.toml"
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = tuple(_part(entry) for entry in told["part"])
        layout = str(told["run"]["layout"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        remedy = "give the folder that groundplan build wrote"
        raise InputError(str(Problem(str(path), _named(error), "is no readable project", remedy))) from error
    layouts = ("together", "split", "apart", *told.get("layouts", {}))
    return Surface(str(told.get("name", root.name)), root, layout, layouts, parts, _targets_first(brief.entities))


def _named(error: Exception) -> str:
    return "the file is missing" if isinstance(error, FileNotFoundError) else f"it ({error})"


def _part(entry: dict[str, Any]) -> PartAt:
    return PartAt(str(entry["name"]), str(entry["kind"]), str(entry["framework"]), str(entry["prefix"]).rstrip("/"))


def _targets_first(entities: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Order the entities so that a row can be made for each in turn; a circle keeps the order of the brief."""
    ordered: list[Entity] = []
    waiting = list(entities)
    while waiting:
        known = {entity.name for entity in ordered}
        ready = (entity for entity in waiting if _targets(entity) - {entity.name} <= known)
        chosen = next(ready, waiting[0])
        waiting.remove(chosen)
        ordered.append(chosen)
    return tuple(ordered)


def _targets(entity: Entity) -> set[str]:
    return {field.target for field in entity.fields if field.target and not field.null}
