"""The example briefs: in the wheel beside the package, in a working copy in ``examples/``."""

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from groundplan.brief.mistakes import listed
from groundplan.errors import InputError, Problem
from groundplan.spelling import nearest

__all__ = ["example", "examples"]


def examples() -> tuple[str, ...]:
    """Name the examples, in alphabetical order."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _shelf().iterdir() if file.name.endswith(".toml")))


def example(name: str) -> str:
    """Give the text of an example. Raises InputError for a name that there is not."""
    if name not in examples():
        near = nearest(name, examples())
        remedy = f"write {near}" if near else f"there are {listed(examples(), 'and')}"
        raise InputError(str(Problem("groundplan init", repr(name), "is no example", remedy)))
    return (_shelf() / f"{name}.toml").read_text(encoding="utf-8")


def _shelf() -> Traversable:
    shipped = files("groundplan") / "examples"
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "examples"
