"""The templates on the shelf: which (kind, framework, add-ons) can be built, and from what."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from groundplan.decision.model import Stack
from groundplan.errors import NotBuildableError

__all__ = ["SHARED", "Source", "Template", "buildable", "find_template", "load_template", "template_folders"]

SHARED = "shared"
_ROOT = files("groundplan").joinpath("templates")


@dataclass(frozen=True, slots=True)
class Source:
    """One file of a template. path: below ``files/``, posix, still with its ``.jinja`` suffix."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Template:
    """A folder of the shelf, read whole.

    folder: ``web/django``. owns: whether it brings sign-in and tables, as a project on Django needs once. app, prepare: import
    paths with ``{name}`` in place of the part. requirements, dev_requirements, telemetry_requirements: direct dependencies, without
    versions.
    runtime: modules or sub-packages of the runtime, without its name.
    """

    folder: str
    kind: str
    framework: str
    addons: tuple[str, ...]
    interface: str
    owns: bool
    app: str
    prepare: str | None
    requirements: tuple[str, ...]
    dev_requirements: tuple[str, ...]
    telemetry_requirements: tuple[str, ...]
    runtime: tuple[str, ...]
    sources: tuple[Source, ...]


@cache
def template_folders() -> tuple[str, ...]:
    """Name the folders that hold a template, ``shared`` left out, sorted."""
    kinds = [entry for entry in _ROOT.iterdir() if entry.is_dir() and entry.name != SHARED]
    found = [f"{kind.name}/{entry.name}" for kind in kinds for entry in kind.iterdir() if entry.joinpath("template.toml").is_file()]
    return tuple(sorted(found))


@cache
def load_template(folder: str) -> Template:
    """Read one template, e.g. ``web/django`` or ``shared``."""
    root = _ROOT.joinpath(*folder.split("/"))
    head = tomllib.loads(root.joinpath("template.toml").read_text(encoding="utf-8"))
    return Template(
        folder=folder,
        kind=head.get("kind", SHARED),
        framework=head.get("framework", ""),
        addons=tuple(sorted(head.get("addons", ()))),
        interface=head.get("interface", ""),
        owns=head.get("owns", False),
        app=head.get("app", ""),
        prepare=head.get("prepare"),
        requirements=tuple(head.get("requirements", ())),
        dev_requirements=tuple(head.get("dev_requirements", ())),
        telemetry_requirements=tuple(head.get("telemetry_requirements", ())),
        runtime=tuple(head.get("runtime", ())),
        sources=tuple(sorted(_sources(root.joinpath("files"), ""), key=lambda source: source.path)),
    )


def buildable() -> tuple[Template, ...]:
    """Give every template of a part, sorted by folder."""
    return tuple(load_template(folder) for folder in template_folders())


def find_template(kind: str, stack: Stack) -> Template:
    """Give the template for a kind of part on a stack: one that brings all its add-ons, the smallest of these.

    The server does not matter. Raises NotBuildableError, which names what can be built for that kind.
    """
    fitting = [
        template
        for template in buildable()
        if (template.kind, template.framework) == (kind, stack.framework) and set(stack.addons) <= set(template.addons)
    ]
    if fitting:
        return min(fitting, key=lambda template: len(template.addons))
    raise NotBuildableError(_lacking(kind, " + ".join((stack.framework, *stack.addons))))


def _lacking(kind: str, name: str) -> str:
    """Say that there is no template, and what there is: for that kind, or where it has none, for which kinds."""
    stacks = [" + ".join((template.framework, *template.addons)) for template in buildable() if template.kind == kind]
    if stacks:
        return f"There is no template for a part of kind {kind} on {name}; for {kind} there is: {', '.join(stacks)}."
    kinds = sorted({template.kind for template in buildable()})
    return (
        f"A part of kind {kind} cannot be built yet, on {name} or any other; there are templates for the kinds {', '.join(kinds)}."
    )


def _sources(folder: Traversable, path: str) -> list[Source]:
    """Read all files below a folder; caches of Python and editors are no part of a template."""
    found: list[Source] = []
    for entry in folder.iterdir():
        if entry.name == "__pycache__":
            continue
        below = f"{path}/{entry.name}" if path else entry.name
        found += _sources(entry, below) if entry.is_dir() else [Source(below, entry.read_bytes())]
    return found
