"""``decide``: forms, dates, files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.conftest import Program
from groundplan.catalogue import load

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


def chosen(groundplan: Program, name: str) -> dict[str, str]:
    ended = groundplan("decide", EXAMPLES / f"{name}.toml", "--format", "json", "--as-of", "2026-11-22")
    assert (ended.returncode, ended.stderr) == (0, "")
    return {part: stack["framework"] for part, stack in json.loads(ended.stdout)["ranked"][0]["architecture"]["stacks"].items()}


def test_the_example_of_a_grown_product_leads_to_a_hybrid_with_django(groundplan: Program) -> None:
    stacks = chosen(groundplan, "pulse")
    assert stacks["office"] == "django"
    assert len(set(stacks.values())) > 1


def test_the_same_product_in_one_hand_leads_to_one_django(groundplan: Program) -> None:
    assert set(chosen(groundplan, "pulse-mvp").values()) == {"django"}


@pytest.mark.parametrize(("name", "framework"), [("device-api", "flask"), ("aggregation", "fastapi"), ("grants", "django")])
def test_other_situations_lead_elsewhere(groundplan: Program, name: str, framework: str) -> None:
    assert set(chosen(groundplan, name).values()) == {framework}


@pytest.mark.parametrize("form", ["json", "adr"])
def test_the_same_day_gives_the_same_bytes_anywhere(groundplan: Program, form: str, tmp_path: Path) -> None:
    line = ("decide", EXAMPLES / "pulse.toml", "--format", form, "--as-of", "2026-11-22")
    first, second = groundplan(*line), groundplan(*line, cwd=tmp_path, PYTHONHASHSEED="7")
    assert first.returncode == 0
    assert first.stdout == second.stdout != ""


def test_the_text_is_as_wide_as_the_terminal_and_without_colours_in_a_file(groundplan: Program) -> None:
    told = groundplan("decide", EXAMPLES / "pulse.toml", COLUMNS="100").stdout
    assert told.startswith("pulse: Django")
    assert max(map(len, told.splitlines())) <= 100
    assert "\x1b" not in told


def test_the_record_is_markdown(groundplan: Program) -> None:
    told = groundplan("decide", EXAMPLES / "pulse.toml", "--format", "adr", "--as-of", "2026-11-22").stdout
    assert told.startswith("---\nstatus: proposed\ndate: 2026-11-22\ndecision-makers:\n---\n\n# ")


def test_the_result_goes_to_a_file_whole(groundplan: Program, tmp_path: Path) -> None:
    output = tmp_path / "record.md"
    ended = groundplan("decide", EXAMPLES / "pulse.toml", "--format", "adr", "--output", output)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", f"written to {output}\n")
    assert output.read_text().startswith("---\n")
    assert [path.name for path in tmp_path.iterdir()] == ["record.md"]


def test_a_file_that_cannot_be_written_is_code_4_and_leaves_nothing(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("decide", EXAMPLES / "pulse.toml", "--output", tmp_path / "none" / "record.md")
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.endswith("No such file or directory.\n")
    assert not list(tmp_path.iterdir())


def test_a_date_of_another_form_is_refused(groundplan: Program) -> None:
    ended = groundplan("decide", EXAMPLES / "pulse.toml", "--as-of", "22.11.2026")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("groundplan decide: Invalid value for '--as-of': '22.11.2026'")


def test_non_negotiables_that_leave_nothing_are_code_2(groundplan: Program, tmp_path: Path) -> None:
    brief = tmp_path / "b.toml"
    every = sorted(framework.name for framework in load().frameworks)
    brief.write_text((EXAMPLES / "grants.toml").read_text() + f"\n[policy]\nforbid = {json.dumps(every)}\n")
    ended = groundplan("decide", brief)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "policy" in ended.stderr


def test_a_year_means_its_last_day(groundplan: Program) -> None:
    line = ("decide", EXAMPLES / "pulse-mvp.toml", "--format", "json", "--as-of")
    assert groundplan(*line, "2025").stdout == groundplan(*line, "2025-12-31").stdout != ""


def test_a_page_with_pictures_is_written_beside_the_result(groundplan: Program, tmp_path: Path) -> None:
    page = tmp_path / "device.html"
    ended = groundplan("decide", EXAMPLES / "device-api.toml", "--html", page)
    assert (ended.returncode, ended.stderr) == (0, f"written to {page}\n")
    assert "To run: " in ended.stdout
    assert page.read_text().startswith("<!DOCTYPE html>")


def test_all_tells_more_than_a_screen(groundplan: Program) -> None:
    short, whole = (groundplan("decide", EXAMPLES / "pulse.toml", *more).stdout for more in ((), ("--all",)))
    assert len(short.splitlines()) <= 50 < len(whole.splitlines())
    assert "Facts\n" in whole


def test_without_the_drawing_library_the_command_to_type_is_said(tmp_path: Path) -> None:
    hidden = "import sys; sys.modules['matplotlib'] = None; from groundplan.cli import main; main(sys.argv[1:])"
    line = [sys.executable, "-c", hidden, "decide", str(EXAMPLES / "pulse.toml"), "--html", str(tmp_path / "page.html")]
    ended = subprocess.run(line, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.endswith("install it with: pip install 'groundplan[report]'.\n")
    assert not list(tmp_path.iterdir())
