"""A project on the disk, used with the packages installed here: its commands and its own tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from groundplan.brief.model import Brief
from groundplan.scaffold import Template, find_template, plan, write
from groundplan.scaffold.template import load_template
from scaffold.hybrids import decided, everything, example

pytestmark = pytest.mark.long

HYBRID = tuple(load_template(folder) for folder in ("web/django", "api/fastapi", "realtime/fastapi"))
SECONDS = 300


def clean_environment() -> dict[str, str]:
    theirs = ("GROUNDPLAN_", "DJANGO_", "DATABASE_URL", "EVENTS_URL", "PUBLIC_URL", "SECRET_KEY", "PYTHONPATH", "COV")
    return {name: value for name, value in os.environ.items() if not name.startswith(theirs)}


def run(project: Path, *command: str, **environment: str) -> str:
    """Run a command of the project; fails with what it said when it fails."""
    done = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env=clean_environment() | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def build(brief: Brief, templates: tuple[Template, ...], target: Path) -> Path:
    write(plan(brief, decided(brief, *templates), record="# Record\n", tool_version="0.1.0"), target)
    ensure = "import sys; sys.path.insert(0, 'vendor')\nfrom pathlib import Path\n"
    run(target, "-c", f"{ensure}from groundplan_runtime.settings import ensure_env_file as e; e(Path('.'))")
    return target


@pytest.fixture(scope="module")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(example("pulse"), HYBRID, tmp_path_factory.mktemp("built") / "pulse")


@pytest.fixture(scope="module")
def broad(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project with every type of field, references in every direction, and names of several words."""
    return build(everything("web", "api", "realtime"), HYBRID, tmp_path_factory.mktemp("built") / "broad")


def test_the_runtime_that_answers_is_the_vendored_one(pulse: Path) -> None:
    said = run(pulse, "-c", "import project, groundplan_runtime; print(groundplan_runtime.__file__)")
    assert str(pulse / "vendor") in said


def test_prepare_makes_the_tables_twice_without_harm(pulse: Path) -> None:
    run(pulse, "project.py", "prepare")
    run(pulse, "project.py", "prepare")
    assert "staff" in run(
        pulse, "manage.py", "shell", "-v0", "-c", "from django.contrib.auth.models import Group as G; print(G.objects.get())"
    )


def test_djangos_own_check_for_deployment_has_no_warning(pulse: Path) -> None:
    said = run(pulse, "manage.py", "check", "--deploy", "--fail-level", "WARNING", PUBLIC_URL="https://pulse.example.org")
    assert "no issues (0 silenced)" in said


def test_the_tests_of_the_project_pass(pulse: Path) -> None:
    said = run(pulse, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cov", "-W", "error::DeprecationWarning")
    assert " passed" in said
    assert "skipped" not in said


@pytest.mark.parametrize("name", ["part_1", "part_2", "part_3"])
def test_the_tests_of_a_part_pass_for_every_type_of_field(broad: Path, name: str) -> None:
    if (broad / "parts" / name / "tests").is_dir():
        assert " passed" in run(broad, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cov", f"parts/{name}")


def test_migrations_are_what_django_would_write(broad: Path) -> None:
    assert "No changes detected" in run(broad, "manage.py", "makemigrations", "--check", "--dry-run")


def test_the_tests_across_the_parts_pass_for_every_type_of_field(broad: Path) -> None:
    assert " passed" in run(broad, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cov", "tests")


def test_one_django_part_alone_passes_its_tests(tmp_path: Path) -> None:
    grants = example("grants")
    chosen = decided(grants, HYBRID[0]).chosen.architecture.stacks["desk"]
    project = build(grants, (find_template("web", chosen),), tmp_path / "grants")
    assert " passed" in run(project, "-m", "pytest", "-p", "no:asyncio", "-p", "no:cov")
