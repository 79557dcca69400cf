"""The runtime as a project carries it: only the modules it uses, unedited, with version and hashes."""

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from groundplan.errors import NotBuildableError
from groundplan.scaffold.model import PlannedFile

__all__ = ["MANIFEST", "vendored"]

_PACKAGE = "groundplan_runtime"
_FOLDER = f"vendor/{_PACKAGE}"
MANIFEST = f"vendor/{_PACKAGE}.json"

# Files by path below the package, e.g. ``adapters/django/apps.py``.
_Files = dict[str, bytes]


def vendored(wanted: Iterable[str], version: str) -> list[PlannedFile]:
    """Give the runtime's files for the wanted modules or sub-packages, and the manifest with version and hashes.

    wanted: dotted names below the package; a sub-package comes whole. What they import comes along.
    """
    everything = _runtime()
    chosen = _closure(everything, tuple(wanted))
    made = [PlannedFile(f"{_FOLDER}/{path}", everything[path], owner="vendored") for path in sorted(chosen)]
    return [*made, _manifest(made, version)]


def _manifest(made: list[PlannedFile], version: str) -> PlannedFile:
    """List what was vendored, so that an edit or a known bad version can be noticed."""
    hashes = {file.path.removeprefix("vendor/"): hashlib.sha256(file.content).hexdigest() for file in made}
    text = json.dumps({"package": _PACKAGE, "version": version, "files": hashes}, indent=2) + "\n"
    return PlannedFile(MANIFEST, text.encode(), owner="vendored")


@cache
def _runtime() -> _Files:
    return _read(files(_PACKAGE), "")


def _read(folder: Traversable, path: str) -> _Files:
    found: _Files = {}
    for entry in folder.iterdir():
        if entry.name == "__pycache__":
            continue
        below = f"{path}/{entry.name}" if path else entry.name
        found.update(_read(entry, below) if entry.is_dir() else {below: entry.read_bytes()})
    return found


def _closure(everything: _Files, wanted: tuple[str, ...]) -> set[str]:
    """Follow imports from the wanted modules until nothing new comes."""
    chosen: set[str] = set()
    waiting = [path for name in wanted for path in _of(everything, name, whole=True)]
    while waiting:
        path = waiting.pop()
        if path not in chosen:
            chosen.add(path)
            waiting += _packages(everything, path)
            waiting += [found for name in _imports(everything, path) for found in _of(everything, name, whole=False)]
    return chosen


def _of(everything: _Files, name: str, *, whole: bool) -> list[str]:
    """Find the files of a dotted name. whole: all of a sub-package; otherwise its ``__init__.py`` and data files.

    Raises NotBuildableError when a template asks for a module that the runtime does not have.
    """
    path = name.replace(".", "/")
    if f"{path}.py" in everything:
        return [f"{path}.py"]
    inside = [found for found in everything if found.startswith(f"{path}/")]
    if whole and not inside:
        raise NotBuildableError(f"A template asks for {_PACKAGE}.{name}, which this version of the runtime does not have.")
    return inside if whole else [found for found in inside if found == f"{path}/__init__.py"]


def _packages(everything: _Files, path: str) -> list[str]:
    """Name the ``__init__.py`` of every package around a file, and the typing marker."""
    folders = path.split("/")[:-1]
    around = ["/".join((*folders[:depth], "__init__.py")) for depth in range(len(folders) + 1)]
    return [found for found in (*around, "py.typed") if found in everything]


def _imports(everything: _Files, path: str) -> list[str]:
    """Name what a module imports from its own package, at its top or inside functions; what only a type checker reads is not."""
    if not path.endswith(".py"):
        return []
    names: list[str] = []
    for node in _run_time_nodes(ast.parse(everything[path])):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name.removeprefix(f"{_PACKAGE}.") for name in names if name.startswith(f"{_PACKAGE}.")]


def _run_time_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a tree without the bodies of ``if TYPE_CHECKING:``."""
    yield node
    skipped = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
    for child in node.orelse if isinstance(node, ast.If) and skipped else ast.iter_child_nodes(node):
        yield from _run_time_nodes(child)
