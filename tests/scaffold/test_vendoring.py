"""The runtime inside a project: only what is used, unedited, with hashes."""

import hashlib
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from groundplan.errors import NotBuildableError
from groundplan.scaffold.vendoring import MANIFEST, vendored


def paths(*wanted: str) -> set[str]:
    return {file.path.removeprefix("vendor/groundplan_runtime/") for file in vendored(wanted, "0.1.0")}


def test_a_module_brings_what_it_imports_and_the_packages_around_it() -> None:
    found = paths("settings")
    assert {"__init__.py", "py.typed", "settings.py", "manifest.py", "errors.py"} <= found
    assert "protect.py" not in found


def test_a_sub_package_comes_whole() -> None:
    found = paths("adapters.django")
    assert "adapters/django/migrations/0001_events.py" in found
    assert "adapters/django/management/commands/ensure_owner.py" in found
    assert "adapters/fastapi.py" not in found


def test_what_only_a_type_checker_reads_brings_nothing() -> None:
    assert not [path for path in paths("current") if path.startswith("gateway/")]


def test_files_are_unedited_and_their_hashes_kept() -> None:
    made = vendored(["settings"], "0.1.0")
    manifest = json.loads(next(file.content for file in made if file.path == MANIFEST))
    assert manifest["version"] == "0.1.0"
    for file in made:
        assert file.owner == "vendored"
        if file.path != MANIFEST:
            below = file.path.removeprefix("vendor/groundplan_runtime/")
            assert file.content == files("groundplan_runtime").joinpath(*below.split("/")).read_bytes()
            assert manifest["files"][file.path.removeprefix("vendor/")] == hashlib.sha256(file.content).hexdigest()


def test_a_module_that_the_runtime_lacks_is_refused() -> None:
    with pytest.raises(NotBuildableError, match=r"asks for groundplan_runtime\.adapters\.bottle"):
        vendored(["adapters.bottle"], "0.1.0")


def test_the_commands_of_a_project_need_nothing_but_the_vendored_files(tmp_path: Path) -> None:
    for file in vendored(["cli", "serve", "runner"], "0.1.0"):
        path = tmp_path / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    code = "import groundplan_runtime.cli as cli; print(cli.__file__)"
    command = [sys.executable, "-S", "-c", code]  # -S: no installed package is seen, groundplan_runtime neither
    done = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": "vendor"}, capture_output=True, text=True, check=True)
    assert str(tmp_path) in done.stdout
