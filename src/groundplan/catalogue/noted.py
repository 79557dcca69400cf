"""What the user's package index told, kept as facts in a file of the user's, beside those that ship."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from groundplan.catalogue.model import Catalogue, Fact
from groundplan.catalogue.reading import build, read

__all__ = ["keep", "noted", "noted_file", "packages", "with_noted"]


@dataclass(frozen=True, slots=True)
class _Notes:
    fact: tuple[Fact, ...] = ()


def noted_file() -> Path:
    """Name the file (XDG base directories): it need not exist."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(home) / "groundplan" / "index.toml"


def noted(file: Path) -> tuple[Fact, ...]:
    """Give the facts of the file, none when there is no such file. Raises CatalogueError when it breaks its schema."""
    return build(_Notes, read(file), str(file)).fact if file.is_file() else ()


def with_noted(catalogue: Catalogue, facts: Iterable[Fact]) -> Catalogue:
    """Give the catalogue with the facts about what it knows; what it no longer knows is left out."""
    known = {*packages(catalogue), *(fact.subject for fact in catalogue.facts)}
    added = tuple(fact for fact in facts if fact.subject in known)
    return replace(catalogue, facts=(*catalogue.facts, *added)) if added else catalogue


def packages(catalogue: Catalogue) -> tuple[str, ...]:
    """Name everything of the catalogue that is a package of its own, in its order, layers last."""
    servers = (server.name for server in catalogue.servers if server.packaged)
    layers = (layer for framework in catalogue.frameworks for layer in framework.layers)
    names = [*(one.name for one in catalogue.frameworks), *(one.name for one in catalogue.addons), *servers, *layers]
    return tuple(dict.fromkeys(names))


def keep(facts: Iterable[Fact], file: Path) -> None:
    """Write facts to the file, whole or not at all; what it held about other subjects stays."""
    new = list(facts)
    asked = {fact.subject for fact in new}
    held = sorted([*(fact for fact in noted(file) if fact.subject not in asked), *new], key=lambda fact: (fact.subject, fact.id))
    file.parent.mkdir(parents=True, exist_ok=True)
    staging = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        staging.write_text(_HEAD + "".join(_table(fact) for fact in held), encoding="utf-8")
        staging.replace(file)
    finally:
        staging.unlink(missing_ok=True)


_HEAD = "# What the package index told. Written by `groundplan catalogue refresh`; delete it and only what ships is known.\n"
_KEYS = ("subject", "id", "value", "unit", "source", "where", "date", "grade")


def _table(fact: Fact) -> str:
    lines = (f"{key} = {json.dumps(getattr(fact, key), ensure_ascii=False)}\n" for key in _KEYS)
    return "\n[[fact]]\n" + "".join(lines)
