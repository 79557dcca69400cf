"""What a probe finds: attacks that must fail, and controls that must succeed so that a dead server never passes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from groundplan.proof.rows import marker_field
from groundplan.proof.scene import Scene
from groundplan.proof.surface import Surface

__all__ = ["Check", "Findings", "Probe", "has_rows", "has_sockets", "has_texts"]

TEXT_LENGTH = 24
"""Characters of the longest text that a probe writes."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing tried. held: whether it went as it must. seen: what was answered, in a few words."""

    name: str
    held: bool
    seen: str


@dataclass(slots=True)
class Findings:
    """controls: what must work for the checks to mean anything. checks: what must be refused or must hold. figures: measured."""

    controls: list[Check] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def control(self, name: str, held: bool, seen: object) -> None:  # noqa: FBT001  (the finding itself)
        """Note a positive control."""
        self.controls.append(Check(name, held, str(seen)))

    def check(self, name: str, held: bool, seen: object) -> None:  # noqa: FBT001  (the finding itself)
        """Note something that must hold."""
        self.checks.append(Check(name, held, str(seen)))


@dataclass(frozen=True, slots=True)
class Probe:
    """A built-in must.

    check: the rule in a few words. how: how it was tried. run: may raise UnprovableError. applies: whether a project has what
    the probe is about; one that has not is neither safe nor unsafe in that respect.
    """

    id: str
    metric: str
    check: str
    how: str
    run: Callable[[Scene], Findings]
    applies: Callable[[Surface], bool]


def has_rows(surface: Surface) -> bool:
    """Tell whether people who sign in write rows."""
    return surface.owner is not None and surface.probe_entity is not None


def has_sockets(surface: Surface) -> bool:
    """Tell whether people who sign in open live sockets."""
    return surface.owner is not None and surface.first("realtime") is not None


def has_texts(surface: Surface) -> bool:
    """Tell whether people who sign in write texts that are long enough to hold markup or SQL."""
    entity = surface.probe_entity
    return surface.owner is not None and entity is not None and marker_field(entity, TEXT_LENGTH) is not None
