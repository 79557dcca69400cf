"""``prove``: the forms of a proof of a small project that really runs, its exit code, and refusals."""

import json
import shutil
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from cli.conftest import Ended, Program
from proof.conftest import write_project

BRIEF = """format = 1
[project]
name = "standin"
[[part]]
name = "office"
kind = "web"
[[part]]
name = "public"
kind = "api"
[[part]]
name = "live"
kind = "realtime"
[[entity]]
name = "sale"
fields = { shop = "text(80)", amount = "decimal(12,2)", sold_at = "datetime" }
"""

TOO_MUCH = """[[must]]
id = "tiny"
part = "public"
metric = "memory"
check = "< 1kB"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the stand-in project with this interpreter as its own."""
    folder = write_project(tmp_path_factory.mktemp("prove") / "standin")
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "groundplan.toml").write_text(BRIEF)
    return folder


@pytest.fixture(scope="module")
def proven(groundplan: Program, project: Path) -> dict[str, Ended]:
    return {form: groundplan("prove", project, "--format", form) for form in ("text", "json")}


def test_all_met_ends_with_0(proven: dict[str, Ended]) -> None:
    assert {form: ended.returncode for form, ended in proven.items()} == {"text": 0, "json": 0}


def test_the_text_is_a_table_on_stdout_and_the_talk_is_on_stderr(proven: dict[str, Ended]) -> None:
    told = proven["text"]
    assert "every must is MET" in told.stdout
    assert "evidence:" not in told.stdout
    assert "evidence:" in told.stderr
    assert "\x1b" not in told.stdout + told.stderr


def test_json_names_every_verdict(proven: dict[str, Ended]) -> None:
    told = json.loads(proven["json"].stdout)
    outcomes = {verdict["id"]: verdict["outcome"] for verdict in told["verdicts"]}
    assert {"csrf", "origin", "permission", "sign-out"} <= outcomes.keys()
    assert set(outcomes.values()) == {"MET"}


@pytest.mark.long
def test_an_impossible_must_ends_with_1_and_is_a_failure_in_junit(groundplan: Program, project: Path, tmp_path: Path) -> None:
    folder = tmp_path / "standin"
    shutil.copytree(project, folder, symlinks=True)
    (folder / "groundplan.toml").write_text(BRIEF + TOO_MUCH)
    ended = groundplan("prove", folder, "--format", "junit")
    suites = ET.fromstring(ended.stdout)  # noqa: S314 -- our own output
    failed = [case.get("name", "").split(":")[0] for case in suites.iter("testcase") if case.find("failure") is not None]
    assert (ended.returncode, failed) == (1, ["tiny"])


def test_a_folder_that_is_no_project_is_code_2(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("prove", tmp_path)
    sentence = f"{tmp_path}: there is no groundplan.toml, so this is no built project; run groundplan build BRIEF {tmp_path}.\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", sentence)


def test_a_layout_that_is_none_is_code_2_with_the_nearest(groundplan: Program, project: Path) -> None:
    ended = groundplan("prove", project, "--layout", "togehter")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "together" in ended.stderr


def test_a_project_that_was_not_set_up_is_code_4(groundplan: Program, tmp_path: Path) -> None:
    folder = write_project(tmp_path / "standin")
    (folder / "groundplan.toml").write_text(BRIEF)
    ended = groundplan("prove", folder)
    assert (ended.returncode, ended.stdout) == (4, "")
    assert "project.py setup" in ended.stderr
