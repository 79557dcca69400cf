"""``decide`` asked what would change it: weights, answers, growth, favourites, other briefs and days."""

import json
from pathlib import Path

import jsonschema
import pytest

from cli.conftest import Program
from groundplan.cli.progress import Timed
from groundplan.events import Event, Progress, Told
from groundplan.report.condensing import condensed
from groundplan.report.decision_json import decision_schema
from groundplan.report.what_if_json import comparison_schema, ledger_schema, versus_schema

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PULSE = EXAMPLES / "pulse.toml"
ON = ("--as-of", "2026-11-22")


def widest(text: str) -> int:
    return max(map(len, text.splitlines()))


def test_the_plain_text_tells_the_nearest_weights_and_says_nothing_beside(groundplan: Program) -> None:
    ended = groundplan("decide", PULSE, *ON)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "\nOther weights would change it" in ended.stdout
    assert "Another answer" not in ended.stdout
    assert widest(ended.stdout) <= 80


@pytest.mark.long
def test_flips_tell_answers_and_growth(groundplan: Program) -> None:
    ended = groundplan("decide", EXAMPLES / "aggregation.toml", *ON, "--flips")
    assert ended.returncode == 0
    assert "Another figure would change it\n" in ended.stdout
    assert "figures were followed, each decided anew" in " ".join(ended.stdout.split())
    assert "Another answer would change it\n" in ended.stdout
    assert "single answers lead elsewhere, each decided anew" in " ".join(ended.stdout.split())
    assert "Growth, each stage decided for its own load\n  ~ stage 1, from 400 requests/s" in ended.stdout
    assert widest(ended.stdout) <= 80


def test_the_json_with_flips_fits_the_published_schema(groundplan: Program) -> None:
    ended = groundplan("decide", EXAMPLES / "device-api.toml", *ON, "--flips", "--format", "json")
    value = json.loads(ended.stdout)
    jsonschema.validate(value, decision_schema())
    assert list(value["sections"]) == ["every_weight", "facts", "answers", "growth"]
    assert value["sections"]["every_weight"]["complete"] is True
    assert value["sections"]["growth"] is None


def test_the_plain_json_leaves_out_what_was_not_asked_for(groundplan: Program) -> None:
    value = json.loads(groundplan("decide", PULSE, *ON, "--format", "json").stdout)
    jsonschema.validate(value, decision_schema())
    assert list(value["sections"]) == ["weights"]
    assert value["sections"]["weights"]["flips"]


@pytest.mark.long
def test_growth_tells_the_load_that_triggers_it_and_what_moving_takes(groundplan: Program, tmp_path: Path) -> None:
    brief, small = tmp_path / "small.toml", (EXAMPLES / "pulse-mvp.toml").read_text()
    today = "requests_per_second = 5\nopen_connections = 50\n"
    assert today in small
    later = "later = { requests_per_second = 3000, open_connections = 50000 }\n"
    brief.write_text(small.replace(today, "requests_per_second = 3\nopen_connections = 50\n" + later))
    flat = " ".join(groundplan("decide", brief, *ON, "--flips").stdout.split())
    stages = flat.partition("Growth, each stage decided for its own load")[2]
    assert "stage 1, from 3 requests/s and 50 connections" in stages
    assert "stage 2, from about " in stages
    assert " of the work on another stack" in stages


@pytest.mark.long
def test_deep_tells_pairs_of_answers(groundplan: Program, tmp_path: Path) -> None:
    brief = tmp_path / "b.toml"
    brief.write_text('format = 1\n[project]\nname = "b"\n[[part]]\nname = "a"\nkind = "api"\nneeds = { io_fanout = 2 }\n')
    ended = groundplan("decide", brief, *ON, "--deep")
    assert ended.returncode == 0
    assert "Two other answers together would change it\n" in ended.stdout


def test_the_ledger_lists_every_answer_by_what_it_leads_to(groundplan: Program) -> None:
    told = groundplan("decide", EXAMPLES / "device-api.toml", *ON, "--ledger").stdout
    value = json.loads(groundplan("decide", EXAMPLES / "device-api.toml", *ON, "--ledger", "--format", "json").stdout)
    flat = " ".join(told.split())
    assert value["tried"]
    for place in {row["place"] for row in value["tried"]}:
        calm = [row["change"] for row in value["tried"] if row["place"] == place and not row["flips"]]
        assert all(words in flat for words in condensed(calm))
    assert all(row["change"] in flat for row in value["tried"] if row["flips"])
    assert f"{sum(row['flips'] for row in value['tried'])} of {len(value['tried'])} changes of one answer lead elsewhere" in told
    assert widest(told) <= 80


def test_a_favourite_is_told_with_what_it_loses_and_where_it_cannot_serve(groundplan: Program) -> None:
    told = groundplan("decide", PULSE, *ON, "--versus", "flask").stdout
    assert "With Flask: Flask + " in told
    assert "It would lose\n" in told
    assert "Where it cannot serve\n  x live: " in told
    assert widest(told) <= 80


def test_a_favourite_that_is_the_recommendation_is_told_as_that(groundplan: Program) -> None:
    assert (
        "With Django: that is the recommendation"
        in groundplan("decide", EXAMPLES / "grants.toml", *ON, "--versus", "django").stdout
    )


def test_a_favourite_that_the_policy_forbids_serves_nothing(groundplan: Program, tmp_path: Path) -> None:
    brief = tmp_path / "b.toml"
    brief.write_text((EXAMPLES / "device-api.toml").read_text() + '\n[policy]\nforbid = ["fastapi"]\n')
    ended = groundplan("decide", brief, *ON, "--versus", "fastapi")
    assert ended.returncode == 0
    assert "No architecture has FastAPI" in ended.stdout
    assert "policy.forbid" in ended.stdout


def test_a_favourite_as_json_holds_the_differences(groundplan: Program) -> None:
    value = json.loads(groundplan("decide", PULSE, *ON, "--versus", "django+flask", "--format", "json").stdout)
    assert value["names"] == ["django", "flask"]
    assert sum(row["gained"] for row in value["differences"]) == pytest.approx(value["gained"], abs=1e-4)


def test_a_favourite_with_a_slip_is_refused_with_the_nearest_name(groundplan: Program) -> None:
    ended = groundplan("decide", PULSE, "--versus", "fastpi")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "--versus: 'fastpi' is no framework of the catalogue; write 'fastapi'.\n"


def test_two_briefs_stand_side_by_side(groundplan: Program) -> None:
    told = groundplan("decide", PULSE, *ON, "--compare", EXAMPLES / "pulse-mvp.toml").stdout
    assert told.splitlines()[0].split() == ["pulse", "pulse-mvp"]
    assert "team.engineers" in told
    assert widest(told) <= 80


def test_two_briefs_of_one_name_are_told_apart_by_their_files(groundplan: Program) -> None:
    ended = groundplan("decide", PULSE, *ON, "--compare", EXAMPLES / "twins" / "pulse.toml")
    assert ended.stdout.splitlines()[0].split() == ["pulse.toml", "twins/pulse.toml"]
    assert "method:" not in ended.stdout


def test_two_days_stand_side_by_side(groundplan: Program) -> None:
    told = groundplan("decide", PULSE, *ON, "--compare-as-of", "2028-06-01").stdout
    assert "pulse, 2026-11-22" in told
    assert "pulse, 2028-06-01" in told
    assert "Criteria, weight x value\n  Promised security " in told


def test_the_same_beside_itself_differs_in_nothing(groundplan: Program) -> None:
    assert "Nothing differs." in groundplan("decide", PULSE, *ON, "--compare", PULSE).stdout


def test_a_comparison_as_json_holds_both_decisions(groundplan: Program) -> None:
    value = json.loads(groundplan("decide", PULSE, *ON, "--compare", EXAMPLES / "grants.toml", "--format", "json").stdout)
    assert (value["left"]["brief_name"], value["right"]["brief_name"]) == ("pulse", "grants")
    assert {pair["part"] for pair in value["parts"]} >= {"office", "public", "live"}


def test_another_brief_that_is_none_is_refused(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("decide", PULSE, "--compare", tmp_path / "none.toml")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "none.toml" in ended.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--ledger", "--versus", "flask"), "--ledger and --versus are questions of their own, ask one at a time"),
        (("--compare", PULSE, "--format", "adr"), "--format adr goes with the decision itself, not with --compare"),
        (("--ledger", "--flips"), "--flips goes with the decision itself, not with --ledger"),
    ],
)
def test_questions_that_do_not_go_together_are_refused(groundplan: Program, options: tuple[str, ...], said: str) -> None:
    ended = groundplan("decide", PULSE, *options)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert said in ended.stderr


@pytest.mark.long
def test_the_same_day_gives_the_same_ledger_anywhere(groundplan: Program, tmp_path: Path) -> None:
    line = ("decide", EXAMPLES / "device-api.toml", *ON, "--ledger", "--format", "json")
    assert groundplan(*line).stdout == groundplan(*line, cwd=tmp_path, PYTHONHASHSEED="5").stdout != ""


def test_progress_is_handed_on_with_the_time_that_remains() -> None:
    heard: list[Event] = []
    listener = Timed(heard.append)
    for event in (Progress("a", 1, 3), Told("b"), Progress("a", 3, 3)):
        listener(event)
    first, second, third = heard
    assert second == Told("b")
    assert isinstance(first, Progress)
    assert isinstance(third, Progress)
    assert first.remaining_seconds is not None
    assert third.remaining_seconds == 0


@pytest.mark.long
def test_a_record_with_flips_verifies(groundplan: Program, tmp_path: Path) -> None:
    record = tmp_path / "record.md"
    made = groundplan("decide", EXAMPLES / "device-api.toml", *ON, "--flips", "--format", "adr", "--output", record)
    assert made.returncode == 0
    assert "### Another answer would change it" in record.read_text()
    assert groundplan("verify", record).returncode == 0


SCHEMAS = {"ledger": ledger_schema, "versus": versus_schema, "comparison": comparison_schema}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("ledger", ("--ledger",)),
        ("versus", ("--versus", "fastapi")),
        ("versus", ("--versus", "flask+django")),
        ("comparison", ("--compare", EXAMPLES / "pulse-mvp.toml")),
        ("comparison", ("--compare-as-of", "2016")),
    ],
    ids=["ledger", "favourite", "favourites", "another brief", "another day"],
)
def test_what_is_told_instead_fits_its_published_schema(groundplan: Program, name: str, options: tuple[str | Path, ...]) -> None:
    value = json.loads(groundplan("decide", EXAMPLES / "device-api.toml", *ON, *options, "--format", "json").stdout)
    schema = json.loads((ROOT / "docs/reference" / f"{name}.schema.json").read_text())
    jsonschema.validate(value, schema)
    with pytest.raises(jsonschema.ValidationError, match="mood"):
        jsonschema.validate(value | {"mood": "good"}, schema)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schemas_of_what_is_told_instead_are_current(groundplan: Program, name: str) -> None:
    published = (ROOT / "docs/reference" / f"{name}.schema.json").read_text()
    assert groundplan("schema", name).stdout == published
    assert json.loads(published) == SCHEMAS[name]()
