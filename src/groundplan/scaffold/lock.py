"""The tested constraint set: which versions a project gets, with hashes, so that tomorrow's releases cannot break it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from groundplan.errors import NotBuildableError

__all__ = ["Lock", "Pin", "load_lock", "requirements_text"]


@dataclass(frozen=True, slots=True)
class Pin:
    """One package of the lock. marker: environment it is for, None for all. hashes: ``sha256:…`` of every file of it."""

    name: str
    version: str
    marker: str | None
    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lock:
    """All packages any template may ask for. closures: direct requirement -> names of all packages it needs, itself too."""

    date: str
    python: str
    packages: dict[str, Pin]
    closures: dict[str, tuple[str, ...]]


@cache
def load_lock() -> Lock:
    """Read the lock that travels with the templates; ``scripts/lock.py`` makes it."""
    raw = json.loads(files("groundplan").joinpath("templates", "constraints.json").read_text(encoding="utf-8"))
    pins = {name: Pin(name, pin["version"], pin["marker"], tuple(pin["hashes"])) for name, pin in raw["packages"].items()}
    return Lock(raw["date"], raw["python"], pins, {name: tuple(needs) for name, needs in raw["closures"].items()})


def requirements_text(lock: Lock, direct: Iterable[str], head: str) -> str:
    """Write a requirements file: the closure of the direct requirements, pinned with hashes, below comment lines.

    Raises NotBuildableError when the lock does not know a requirement, because an unpinned one would not be tested.
    """
    wanted = sorted({name for requirement in direct for name in _closure(lock, requirement)})
    comments = "".join(f"# {line}\n" for line in head.splitlines())
    return comments + "".join(_line(lock.packages[name]) for name in wanted)


def _closure(lock: Lock, requirement: str) -> tuple[str, ...]:
    if requirement not in lock.closures:
        raise NotBuildableError(
            f"The constraint set of {lock.date} does not hold {requirement}; make it anew with scripts/lock.py."
        )
    return lock.closures[requirement]


def _line(pin: Pin) -> str:
    marker = f" ; {pin.marker}" if pin.marker else ""
    hashes = "".join(f" \\\n    --hash={digest}" for digest in pin.hashes)
    return f"{pin.name}=={pin.version}{marker}{hashes}\n"
