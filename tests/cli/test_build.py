"""``build``: whole or not at all, the same bytes for the same day, and a listing that writes nothing."""

import hashlib
import json
from pathlib import Path

import pytest

from cli.conftest import Program

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = ("--as-of", "2026-11-22")


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_project_is_written_and_the_next_commands_are_told(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("build", EXAMPLES / "pulse.toml", tmp_path / "pulse", *DAY)
    written = digests(tmp_path / "pulse")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (
        f"pulse is written to {tmp_path}/pulse, {len(written)} files. Next:\n"
        f"  cd {tmp_path}/pulse\n  python3 project.py setup\n  .venv/bin/python project.py run\n"
    )
    assert (tmp_path / "pulse/groundplan.toml").read_text() == (EXAMPLES / "pulse.toml").read_text()
    assert (tmp_path / "pulse/docs/adr/0001-architecture.md").read_text().startswith("---\nstatus: proposed\ndate: 2026-11-22\n")


def test_the_json_form_names_every_file_with_its_hash(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("build", EXAMPLES / "grants.toml", tmp_path / "grants", "--format", "json", *DAY)
    told = json.loads(ended.stdout)
    assert (told["project"], told["target"], told["written"]) == ("grants", str(tmp_path / "grants"), True)
    assert {file["path"]: file["sha256"] for file in told["files"]} == digests(tmp_path / "grants")


def test_pretending_writes_nothing_and_tells_the_same_bytes(groundplan: Program, tmp_path: Path) -> None:
    line = ("build", EXAMPLES / "pulse.toml", tmp_path / "pulse", "--format", "json", *DAY)
    pretended = json.loads(groundplan(*line, "--pretend", PYTHONHASHSEED="3").stdout)
    assert not list(tmp_path.iterdir())
    written = json.loads(groundplan(*line).stdout)
    assert pretended == written | {"written": False}


def test_pretending_lists_the_files(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("build", EXAMPLES / "pulse.toml", tmp_path / "pulse", "--pretend")
    lines = ended.stdout.splitlines()
    assert ended.stderr == f"{len(lines)} files would be written, and none was\n"
    assert any(line.split()[1:] == ["yours", "project.py"] for line in lines)
    assert not list(tmp_path.iterdir())


def test_a_target_that_is_not_empty_is_left_as_it_was(groundplan: Program, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ended = groundplan("build", EXAMPLES / "pulse.toml", tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"{tmp_path} is not empty; name a folder that is missing or empty.\n"
    assert digests(tmp_path).keys() == {"mine.txt"}


@pytest.mark.parametrize("missing", ["brief", "folder"])
def test_a_refusal_leaves_no_folder_behind(groundplan: Program, tmp_path: Path, missing: str) -> None:
    brief = tmp_path / "b.toml"
    if missing == "folder":
        brief.write_text((EXAMPLES / "pulse.toml").read_text().replace('"sale"', '"sale_"'))
    ended = groundplan("build", brief, tmp_path / "a" / "b")
    assert ended.returncode == 2
    assert str(brief) in ended.stderr
    assert not (tmp_path / "a").exists()


def test_pretending_refuses_what_building_would_refuse(groundplan: Program, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ended = groundplan("build", EXAMPLES / "pulse.toml", tmp_path, "--pretend")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"{tmp_path} is not empty; name a folder that is missing or empty.\n"


def test_what_has_no_template_is_refused_with_the_nearest_that_has(groundplan: Program, tmp_path: Path) -> None:
    text = (EXAMPLES / "aggregation.toml").read_text()
    brief = tmp_path / "typed.toml"
    brief.write_text(text.replace("shipped = { fastapi = 4, flask = 2 }", "shipped = { litestar = 5 }"))
    ended = groundplan("build", brief, tmp_path / "typed", *DAY)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("There is no template for a part of kind api on litestar + sqlalchemy; for api there is: ")
    assert "The nearest that can be built is quotes: FastAPI + SQLAlchemy (together), value 0." in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["typed.toml"]
