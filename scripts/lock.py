"""Make the constraint set of the templates anew: ``python scripts/lock.py`` writes src/groundplan/templates/constraints.json.

Every direct requirement of every template is resolved together, once, for all systems and every Python from 3.11, with uv
(``pip install uv``). The result names versions, environment markers and hashes, and no address of any index. Afterwards run
the tests of the templates: a constraint set is worth what was tested with it.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

TEMPLATES = Path(__file__).parents[1] / "src" / "groundplan" / "templates"
PYTHON = "3.11"

# Why a direct requirement is held below what is newest. Everything else is the newest release that fits with the rest.
BOUNDS = {
    "django": "~=5.2.0",  # the long-term support release, and the newest that runs on Python 3.11
}

Package = dict[str, str | list[str] | None]

_PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)==(?P<version>[^ ;]+)(?: ; (?P<marker>.+?))?(?: \\)?$")
_HASH = re.compile(r"^--hash=(?P<hash>sha256:[0-9a-f]{64})")


def main() -> None:
    """Resolve, and write the file; say how much is in it."""
    direct = sorted(set(_direct_requirements()))
    text = _compile(direct)
    packages, parents = _parse(text)
    closures = {requirement: sorted(_closure(_name(requirement), parents)) for requirement in direct}
    lock = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "python": f">={PYTHON}", "packages": packages, "closures": closures}
    (TEMPLATES / "constraints.json").write_text(json.dumps(lock, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{len(direct)} requirements lead to {len(packages)} packages")


def _direct_requirements() -> Iterator[str]:
    for head in TEMPLATES.rglob("template.toml"):
        template = tomllib.loads(head.read_text(encoding="utf-8"))
        yield from template.get("requirements", ())
        yield from template.get("dev_requirements", ())
        yield from template.get("telemetry_requirements", ())


def _compile(direct: list[str]) -> str:
    """Resolve with uv. ``fewest`` keeps one version of each package for all Pythons; nothing is built on the way."""
    options = ["--universal", "--fork-strategy=fewest", f"--python-version={PYTHON}", "--only-binary=:all:", "--generate-hashes"]
    options += ["--no-header", "--annotation-style=split", "--no-emit-index-url", "--no-emit-find-links", "--no-config", "--quiet"]
    asked = "\n".join(requirement + BOUNDS.get(_name(requirement), "") for requirement in direct)
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, "-"]
    return subprocess.run(command, input=asked, text=True, check=True, stdout=subprocess.PIPE).stdout


def _name(requirement: str) -> str:
    """Give the package of a requirement: ``psycopg[binary]`` -> ``psycopg``."""
    return re.sub(r"[-_.]+", "-", requirement.split("[", maxsplit=1)[0]).lower()


def _parse(text: str) -> tuple[dict[str, Package], dict[str, set[str]]]:
    """Read uv's answer: package -> version, marker and hashes; package -> the packages that ask for it."""
    packages: dict[str, Package] = {}
    hashes: list[str] = []
    parents: dict[str, set[str]] = {}
    name = ""
    for line in text.splitlines():
        stripped = line.strip()
        if pin := _PIN.match(line):
            name = pin["name"]
            if name in packages:
                sys.exit(f"{name} was resolved to two versions; narrow it in BOUNDS, a project's requirements file holds one.")
            hashes, parents[name] = [], set()
            packages[name] = {"version": pin["version"], "marker": pin["marker"], "hashes": hashes}
        elif digest := _HASH.match(stripped):
            hashes.append(digest["hash"])
        elif stripped.startswith("#"):
            parents[name].update(_name(word) for word in stripped.lstrip("# ").removeprefix("via").split())
        elif stripped:
            sys.exit(f"uv wrote a line that is not understood: {line!r}")
    return packages, parents


def _closure(name: str, parents: dict[str, set[str]]) -> set[str]:
    """Name a package and everything it asks for."""
    needed, waiting = set[str](), [name]
    while waiting:
        package = waiting.pop()
        if package not in needed:
            needed.add(package)
            waiting += [child for child, asked_by in parents.items() if package in asked_by]
    return needed


if __name__ == "__main__":
    main()
