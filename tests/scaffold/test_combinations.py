"""Every combination that templates exist for, rendered in memory."""

import ast
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from groundplan.scaffold import Plan, Template, plan, write
from scaffold.hybrids import EXAMPLES, combinations, decided, everything, example

COMBINATIONS = list(combinations())
RUFF = str(Path(sys.executable).parent / "ruff")
LEFT_OVER = re.compile(rb"\{\{|\{%|\{#")
LEFT_OVER_IN_PAGES = re.compile(rb"\[\[|\[%|\[#")


def name_of(templates: tuple[Template, ...]) -> str:
    return " + ".join(template.folder for template in templates)


def built(templates: tuple[Template, ...], topology: str = "split") -> Plan:
    brief = everything(*(template.kind for template in templates))
    return plan(brief, decided(brief, *templates, topology=topology), record="# Record\n", tool_version="0.1.0")


@pytest.fixture(scope="module", params=COMBINATIONS, ids=name_of)
def project(request: pytest.FixtureRequest) -> Plan:
    return built(request.param)


def ours(project: Plan, suffix: str) -> dict[str, bytes]:
    return {file.path: file.content for file in project.files if file.owner == "yours" and file.path.endswith(suffix)}


def test_no_mark_of_a_template_is_left_over(project: Plan) -> None:
    pages = ours(project, ".html")
    others = {
        path: content for path, content in ours(project, "").items() if path not in pages and not path.endswith((".js", ".css"))
    }
    assert not [path for path, content in pages.items() if LEFT_OVER_IN_PAGES.search(content)]
    assert not [path for path, content in others.items() if LEFT_OVER.search(_without_f_strings(content))]


def _without_f_strings(content: bytes) -> bytes:
    """Leave out doubled braces that are Python's own way to write one inside an f-string."""
    return re.sub(rb"f\"[^\"\n]*\"", b"", content)


def test_every_python_file_compiles(project: Plan) -> None:
    for path, content in ours(project, ".py").items():
        ast.parse(content, path)


def test_every_toml_and_json_file_is_one(project: Plan) -> None:
    for content in ours(project, ".toml").values():
        tomllib.loads(content.decode())
    for file in project.files:
        if file.path.endswith(".json"):
            json.loads(file.content)


def test_files_are_sorted_and_stand_once(project: Plan) -> None:
    paths = [file.path for file in project.files]
    assert paths == sorted(set(paths))


def test_the_hash_of_every_other_file_is_kept(project: Plan) -> None:
    content = {file.path: file.content for file in project.files}
    kept = json.loads(content.pop(".groundplan/plan.json"))["files"]
    assert {path: entry["sha256"] for path, entry in kept.items()} == {
        path: hashlib.sha256(data).hexdigest() for path, data in content.items()
    }


def test_the_linter_finds_nothing(project: Plan, tmp_path: Path) -> None:
    write(project, tmp_path / "project")
    command = [RUFF, "check", "--no-cache", "."]
    done = subprocess.run(command, cwd=tmp_path / "project", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("templates", COMBINATIONS[:1], ids=name_of)
def test_the_same_input_gives_the_same_bytes(templates: tuple[Template, ...]) -> None:
    assert built(templates) == built(templates)


@pytest.mark.parametrize("name", ["pulse", "grants"])
def test_an_example_is_formatted_and_passes_its_own_rules(name: str, tmp_path: Path) -> None:
    brief = example(name)
    first = {kind: next(choice for choice in COMBINATIONS[0] if choice.kind == kind) for kind in ("web", "api", "realtime")}
    write(
        plan(brief, decided(brief, *(first[part.kind] for part in brief.parts)), record="", tool_version="0.1.0"), tmp_path / name
    )
    for command in (["check", "--no-cache"], ["format", "--no-cache", "--check"]):
        done = subprocess.run([RUFF, *command, "."], cwd=tmp_path / name, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_the_brief_travels_as_its_team_wrote_it() -> None:
    brief = example("pulse")
    made = plan(brief, decided(brief, *COMBINATIONS[0]), record="# Why\n", tool_version="0.1.0")
    content = {file.path: file.content for file in made.files}
    assert content["groundplan.toml"] == (EXAMPLES / "pulse.toml").read_bytes()
    assert content["docs/adr/0001-architecture.md"] == b"# Why\n"


@pytest.mark.parametrize(
    ("topology", "processes"),
    [("together", {"all"}), ("split", {"sync", "async"}), ("apart", {"part_1", "part_2", "part_3"})],
)
def test_containers_hold_the_processes_of_the_layout(topology: str, processes: set[str]) -> None:
    files = {file.path: file.content.decode() for file in built(COMBINATIONS[0], topology).files}
    services = set(
        re.findall(r"^  (\w+):$", files["deploy/compose.yaml"].split("services:")[1].split("\nvolumes:")[0], re.MULTILINE)
    )
    assert services - {"front", "database", "events", "prepare"} == processes
    assert set(re.findall(r"reverse_proxy (\w+):8000", files["deploy/Caddyfile"])) <= processes
    assert f'layout = "{topology}"' in files["project.toml"]


def test_the_front_door_of_the_containers_is_one_that_caddy_accepts(tmp_path: Path) -> None:
    files = {file.path: file.content for file in built(COMBINATIONS[0], "apart").files}
    (tmp_path / "Caddyfile").write_bytes(files["deploy/Caddyfile"])
    command = [str(Path(sys.executable).parent / "caddy"), "adapt", "--adapter", "caddyfile", "--config", "Caddyfile", "--validate"]
    environment = {"HOST": "example.org", "HOME": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
