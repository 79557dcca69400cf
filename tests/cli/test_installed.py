"""Groundplan as its users have it: a wheel in an environment of its own, far from any working copy."""

import json
import os
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

ROOT = Path(__file__).parents[2]
ON = ("--as-of", "2026-11-22")
Installed = Callable[..., subprocess.CompletedProcess[str]]

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel, install it with what it depends on, and give a function that runs its command in an empty folder."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True, timeout=120)
    venv.create(folder / "env", with_pip=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([folder / "env/bin/pip", "install", "--quiet", wheel], check=True, capture_output=True, timeout=400)
    (folder / "work").mkdir()
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")} | {"COLUMNS": "80"}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(folder / "env/bin/groundplan"), *arguments]
        return subprocess.run(
            command, cwd=folder / "work", env=surroundings, capture_output=True, text=True, check=False, timeout=60
        )

    return run


def test_an_example_is_written_and_decided(installed: Installed) -> None:
    written = installed("init", "--example", "pulse")
    assert (written.returncode, written.stdout.strip()) == (0, "brief.toml")
    told = installed("decide", "brief.toml", *ON)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith("pulse: Django + FastAPI")


def test_its_json_fits_the_schema_it_publishes(installed: Installed) -> None:
    installed("init", "--example", "device-api", "device.toml")
    value = json.loads(installed("decide", "device.toml", *ON, "--format", "json").stdout)
    jsonschema.validate(value, json.loads(installed("schema", "decision").stdout))


def test_its_decision_is_that_of_the_working_copy(installed: Installed) -> None:
    installed("init", "--example", "grants", "grants.toml")
    here = subprocess.run(
        [Path(sys.executable).parent / "groundplan", "decide", ROOT / "examples/grants.toml", *ON, "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert installed("decide", "grants.toml", *ON, "--format", "json").stdout == here.stdout
