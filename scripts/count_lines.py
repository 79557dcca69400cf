"""Count the lines of a built project, part by part: ``python scripts/count_lines.py PROJECT [--json]``.

A line counts when it holds code: blank lines, comments and docstrings do not. Per part:

code        what its owner reads and changes, tests left out
tests       the part's own tests
generated   migrations, which a framework writes by itself
runtime     lines of vendor/groundplan_runtime that the part's imports lead to; parts share them, so they do not add up
"""

import argparse
import ast
import io
import json
import sys
import tokenize
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

RUNTIME = "groundplan_runtime"
CODE = {".py", ".html", ".js", ".css"}
_SILENT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}


@dataclass(frozen=True)
class Count:
    """The lines of one part."""

    part: str
    framework: str
    code: int
    tests: int
    generated: int
    runtime: int


def main() -> None:
    """Print a table, or JSON."""
    options = _options()
    counts = list(count(options.project))
    if options.json:
        print(json.dumps([asdict(each) for each in counts], indent=2))
        return
    print(f"{'part':<12}{'framework':<12}{'code':>7}{'tests':>7}{'generated':>11}{'runtime':>9}")
    for each in counts:
        print(f"{each.part:<12}{each.framework:<12}{each.code:>7}{each.tests:>7}{each.generated:>11}{each.runtime:>9}")


def count(project: Path) -> Iterator[Count]:
    """Give the lines of every part of a project, in the order of its manifest."""
    for part in tomllib.loads((project / "project.toml").read_text(encoding="utf-8"))["part"]:
        files = [path for path in sorted((project / "parts" / part["name"]).rglob("*")) if path.suffix in CODE]
        sums = dict.fromkeys(("code", "tests", "generated"), 0)
        for path in files:
            sums[_class(path)] += lines(path)
        runtime = sum(lines(path) for path in reached(project, files))
        yield Count(part["name"], part["framework"], **sums, runtime=runtime)


def lines(path: Path) -> int:
    """Count the lines of a file that hold code."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return sum(1 for line in text.splitlines() if line.strip())
    silent = _docstring_lines(ast.parse(text))
    held: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _SILENT:
            held.update(range(token.start[0], token.end[0] + 1))
    return len(held - silent)


def reached(project: Path, files: list[Path]) -> set[Path]:
    """Give the files of the runtime that these files import, directly or through others."""
    vendor = project / "vendor"
    found, waiting = set[Path](), [path for path in files if path.suffix == ".py" and _class(path) == "code"]
    while waiting:
        for path in _imported(vendor, waiting.pop()) - found:
            found.add(path)
            waiting.append(path)
    return found


def _class(path: Path) -> str:
    if "tests" in path.parts[-3:-1]:
        return "tests"
    return "generated" if path.parent.name == "migrations" else "code"


def _docstring_lines(tree: ast.Module) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    silent: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, holders) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            silent.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return silent


def _imported(vendor: Path, path: Path) -> set[Path]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    return {file for name in names if name.split(".")[0] == RUNTIME for file in _files(vendor, name)}


def _files(vendor: Path, name: str) -> Iterator[Path]:
    """Give the module of a dotted name and the packages around it, as far as they are vendored."""
    steps = name.split(".")
    for depth in range(1, len(steps) + 1):
        place = vendor.joinpath(*steps[:depth])
        for file in (place.with_suffix(".py"), place / "__init__.py"):
            if file.is_file():
                yield file


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("project", type=Path, help="folder of a built project")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if not (options.project / "project.toml").is_file():
        print(f"{options.project}: there is no project.toml; give the folder of a built project.", file=sys.stderr)
        raise SystemExit(2)
    return options


if __name__ == "__main__":
    main()
