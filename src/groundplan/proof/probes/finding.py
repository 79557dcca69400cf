"""What a probe finds: attacks that must fail, and controls that must succeed so that a dead server never passes."""

from collections.abc import Callable
from dataclasses import dataclass, field

from groundplan.proof.scene import Scene

__all__ = ["Check", "Findings", "Probe"]


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
    """A built-in must. check: the rule in a few words. how: how it was tried. run: may raise UnprovableError."""

    id: str
    metric: str
    check: str
    how: str
    run: Callable[[Scene], Findings]
