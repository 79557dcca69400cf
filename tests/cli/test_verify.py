"""``verify``: exit codes and what is said."""

import json
from pathlib import Path

import pytest

from cli.conftest import Program

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def record(groundplan: Program, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("record") / "0001.md"
    ended = groundplan("decide", ROOT / "examples/pulse.toml", "--as-of", "2026-11-22", "--format", "adr", "--output", path)
    assert ended.returncode == 0
    return path


def test_a_record_as_it_was_written_is_code_0(groundplan: Program, record: Path) -> None:
    ended = groundplan("verify", record)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("derived again from the stored inputs (as of 2026-11-22): all follow.\n")


def test_a_changed_number_is_code_1_and_named(groundplan: Program, record: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.md"
    changed.write_text(record.read_text().replace("| office | web | 50 % |", "| office | web | 60 % |"))
    ended = groundplan("verify", changed)
    assert ended.returncode == 1
    line = record.read_text().split("| office | web |")[0].count("\n") + 1
    assert ended.stdout.startswith(
        f"{changed}: line {line}, Context and Problem Statement: 60 stands there, 50 follows from the stored inputs.\n"
    )


def test_for_programs_the_differences_are_values(groundplan: Program, record: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed.md"
    changed.write_text(record.read_text().replace("| office | web | 50 % |", "| office | web | 60 % |") + "\nSigned.\n")
    told = json.loads(groundplan("verify", changed, "--format", "json").stdout)
    assert told["same"] is False
    assert [(one["stands"], one["follows"]) for one in told["differences"]] == [("60", "50")]


def test_what_is_no_record_is_code_2(groundplan: Program) -> None:
    ended = groundplan("verify", ROOT / "README.md")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "is not a record of groundplan" in ended.stderr


def test_what_is_no_text_is_code_2(groundplan: Program, tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\xff\xfe")
    ended = groundplan("verify", picture)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "must be text in UTF-8" in ended.stderr


def test_a_missing_file_is_told(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("verify", tmp_path / "none.md")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.endswith("none.md: No such file or directory.\n")


def test_a_built_project_holds_a_record_that_verifies(groundplan: Program, tmp_path: Path) -> None:
    project = tmp_path / "pulse"
    built = groundplan("build", ROOT / "examples/pulse.toml", project, "--as-of", "2026-11-22")
    assert built.returncode == 0
    (record,) = (project / "docs" / "adr").glob("*.md")
    assert groundplan("verify", record).returncode == 0


def test_a_record_with_a_hand_written_line_says_that_it_was_not_checked(groundplan: Program, record: Path, tmp_path: Path) -> None:
    longer = tmp_path / "longer.md"
    longer.write_text(record.read_text().replace("## Considered Options", "We tried 2.\n\n## Considered Options"))
    ended = groundplan("verify", longer)
    assert ended.returncode == 0
    assert "1 line is not Groundplan's and was not checked" in ended.stdout
