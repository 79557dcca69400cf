"""``project.toml`` as typed values: the parts, their applications, and which process holds which part."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from groundplan_runtime.errors import ManifestError

__all__ = ["FILE", "PartEntry", "Project", "find_root", "load_project"]

FILE = "project.toml"
BUILT_IN_LAYOUTS = ("together", "split", "apart")
INTERFACES = ("wsgi", "asgi")
RESERVED = frozenset({"front", "postgresql", "valkey", "prepare"})  # names of other processes and their logs
_PART_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")  # a part is the Python package parts.<name>
_PROCESS_NAME = re.compile(r"[a-z][a-z0-9_-]*\Z")
_PREFIX = re.compile(r"/(?:[A-Za-z0-9_~.-]+(?:/[A-Za-z0-9_~.-]+)*)?\Z")
_OBJECT = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*:[A-Za-z_]\w*\Z")
_PART_KEYS = ("name", "kind", "framework", "interface", "app", "prefix", "prepare", "workers")
_MAX_PORT = 65535
_MAX_WORKERS = 64


@dataclass(frozen=True, slots=True)
class PartEntry:
    """One part. app and prepare: ``module:object``; prefix: ``/`` or ``/segment``; workers: operating system processes for it."""

    name: str
    kind: str
    framework: str
    interface: str
    app: str
    prefix: str
    prepare: str | None = None
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Project:
    """What ``project.toml`` says. layouts: the owner's own ones, process -> names of its parts."""

    name: str
    root: Path
    layout: str
    port: int
    parts: tuple[PartEntry, ...]
    layouts: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)

    def part(self, name: str) -> PartEntry:
        """Give the part of that name."""
        return next(part for part in self.parts if part.name == name)

    def processes(self, layout: str | None = None) -> dict[str, tuple[PartEntry, ...]]:
        """Give process -> its parts, in the order they start. No name: the layout of ``project.toml``."""
        layout = layout or self.layout
        if layout == "together":
            return {"all": self.parts}
        if layout == "apart":
            return {part.name: (part,) for part in self.parts}
        if layout == "split":
            halves = {"sync": self._speaking("wsgi"), "async": self._speaking("asgi")}
            return {name: parts for name, parts in halves.items() if parts}
        if layout not in self.layouts:
            raise _unknown(f"layout {layout!r}", layout, (*BUILT_IN_LAYOUTS, *self.layouts), "layout")
        return {process: tuple(self.part(name) for name in names) for process, names in self.layouts[layout].items()}

    def _speaking(self, interface: str) -> tuple[PartEntry, ...]:
        return tuple(part for part in self.parts if part.interface == interface)


def find_root(start: Path) -> Path:
    """Give the nearest folder at or above ``start`` that holds ``project.toml``."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / FILE).is_file():
            return folder
    raise ManifestError(f"{start}: no {FILE} here or in a folder above; change into the project's folder or set GROUNDPLAN_ROOT.")


def load_project(root: Path) -> Project:
    """Read ``project.toml``. Raises ManifestError with one sentence: place, value, rule, remedy."""
    table = _read(root / FILE)
    _known_keys("the top level", table, ("format", "name", "run", "layouts", "part"))
    if table.get("format") != 1:
        raise _wrong("format", table.get("format"), "must be 1, the only format this runtime reads", "write format = 1")
    run = _table(table, "run")
    _known_keys("[run]", run, ("layout", "port"))
    parts = _parts(table.get("part"))
    project = Project(
        name=_text(table, "name", "name", _PROCESS_NAME, "a lower-case name such as pulse"),
        root=root.resolve(),
        layout=_text(run, "layout", "[run] layout", _PROCESS_NAME, "together, split, apart or a name below [layouts]"),
        port=_number(run, "port", "[run] port", 8000, _MAX_PORT),
        parts=parts,
        layouts=_layouts(_table(table, "layouts"), parts),
    )
    project.processes()  # an unknown layout is refused here, not when something starts
    return project


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ManifestError(f"{path}: this file is missing, and it names the parts; restore it from version control.") from error
    except UnicodeDecodeError as error:
        raise ManifestError(f"{path}: byte {error.start} is not UTF-8 text; save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{path}: this is not TOML ({error}); correct that line.") from error


def _parts(entries: object) -> tuple[PartEntry, ...]:
    if not isinstance(entries, list) or not entries:
        raise _wrong("[[part]]", entries, "must stand there at least once", "add a part")
    parts = tuple(_part(entry, f"[[part]] number {number}") for number, entry in enumerate(entries, start=1))
    _unique("name", [part.name for part in parts])
    _unique("prefix", [part.prefix for part in parts])
    return parts


def _part(entry: object, place: str) -> PartEntry:
    if not isinstance(entry, dict):
        raise _wrong(place, entry, "must be a table", "write [[part]] with its keys below")
    _known_keys(place, entry, _PART_KEYS)
    name = _text(entry, "name", f"{place} name", _PART_NAME, "a lower-case Python name such as office")
    if name in RESERVED:
        raise _wrong(f"{place} name", name, "is kept for the runner", "choose another name")
    where = f"part {name}"
    return PartEntry(
        name=name,
        kind=_text(entry, "kind", f"{where} kind", _PROCESS_NAME, "a kind such as web or api"),
        framework=_text(entry, "framework", f"{where} framework", _PROCESS_NAME, "a framework such as django"),
        interface=_choice(entry, "interface", f"{where} interface", INTERFACES),
        app=_text(entry, "app", f"{where} app", _OBJECT, "module:object such as parts.office.wsgi:application"),
        prefix=_text(entry, "prefix", f"{where} prefix", _PREFIX, '"/" or "/segment" without a slash at the end'),
        prepare=_text(entry, "prepare", f"{where} prepare", _OBJECT, "module:function") if "prepare" in entry else None,
        workers=_number(entry, "workers", f"{where} workers", 1, _MAX_WORKERS),
    )


def _layouts(tables: dict[str, Any], parts: Sequence[PartEntry]) -> dict[str, dict[str, tuple[str, ...]]]:
    for name in tables:
        if name in BUILT_IN_LAYOUTS:
            raise _wrong(f"[layouts.{name}]", name, "is a built-in layout", "choose another name")
    return {name: _layout(name, _table(tables, name), [part.name for part in parts]) for name in tables}


def _layout(name: str, table: dict[str, Any], known: Sequence[str]) -> dict[str, tuple[str, ...]]:
    place = f"[layouts.{name}]"
    layout: dict[str, tuple[str, ...]] = {}
    for process, names in table.items():
        if not _PROCESS_NAME.match(process) or process in RESERVED:
            raise _wrong(
                place, process, "cannot be the name of a process", "use lower-case letters and none of the runner's own names"
            )
        if not isinstance(names, list) or not names or not all(isinstance(part, str) for part in names):
            raise _wrong(f"{place} {process}", names, "must be a list of part names", 'write for example ["office"]')
        layout[process] = tuple(names)
    listed = [part for names in layout.values() for part in names]
    for part in listed:
        if part not in known:
            raise _unknown(f"{place} names part {part!r}", part, known, "part")
    _unique(f"part in {place}", listed)
    if missing := [part for part in known if part not in listed]:
        raise _wrong(place, ", ".join(missing), "stands in no process", "add it to one of them")
    return layout


def _known_keys(place: str, table: Mapping[str, object], known: Sequence[str]) -> None:
    for key in table:
        if key not in known:
            raise _unknown(f"{place} has the key {key!r}", key, known, "key")


def _table(table: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise _wrong(key, value, "must be a table", f"write [{key}] with its keys below")
    return value


def _text(table: Mapping[str, Any], key: str, place: str, pattern: re.Pattern[str], rule: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not pattern.match(value):
        raise _wrong(place, value, f"must be {rule}", "correct or add it")
    return value


def _choice(table: Mapping[str, Any], key: str, place: str, choices: Sequence[str]) -> str:
    value = table.get(key)
    if not isinstance(value, str) or value not in choices:
        raise _wrong(place, value, f"must be {' or '.join(choices)}", "correct or add it")
    return value


def _number(table: Mapping[str, Any], key: str, place: str, default: int, highest: int) -> int:
    value = table.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= highest:
        raise _wrong(place, value, f"must be a whole number from 1 to {highest}", f"write for example {key} = {default}")
    return value


def _unique(what: str, values: Sequence[str]) -> None:
    for value in values:
        if values.count(value) > 1:
            raise _wrong(what, value, f"is used {values.count(value)} times", "give each its own")


def _wrong(place: str, value: object, rule: str, remedy: str) -> ManifestError:
    shown = "nothing" if value is None else repr(value)
    return ManifestError(f"{FILE}: {place}: {shown} {rule}; {remedy}.")


def _unknown(sentence: str, value: str, known: Sequence[str], what: str) -> ManifestError:
    near = get_close_matches(value, known, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"the {what}s are {', '.join(known)}."
    return ManifestError(f"{FILE}: {sentence}, which does not exist; {remedy}")
