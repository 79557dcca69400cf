"""``check`` and ``schema``."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cli.conftest import Program

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))


BRIEF = """
format = 1
project = { name = "pulse", summary = "Live sales" }
entity = [{ name = "sale", fields = { shop = "text(80)", amount = "decimal(12,2)" } }]
[[part]]
name = "office"
kind = "web"
share = 0.75
needs = { relational_data = 3, cpu_or_ml = "unknown", io_fanout = 0 }
[[part]]
name = "live"
kind = "realtime"
[[must]]
id = "pages"
part = "office"
metric = "latency"
check = "p(99) < 100ms"
load = { rate = "200/s", for = "20s" }
[[must]]
id = "nothing-lost"
part = "live"
metric = "events_lost"
check = "= 0"
load = { sockets = 1000, cut = "2s every 10s", for = "60s" }
[[must]]
id = "small"
part = "product"
metric = "memory"
check = "< 80MB"
level = "should"
"""


def test_a_right_brief_is_told_back_in_short(groundplan: Program, tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_text(BRIEF)
    ended = groundplan("check", "b.toml", cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (
        "b.toml is right: pulse, Live sales\n"
        "  part    office        web, 75% of the work, needs relational_data 3, cpu_or_ml unknown\n"
        "  part    live          realtime, 25% of the work, no special needs\n"
        "  entity  sale          shop, amount\n"
        "  must    pages         office: latency p(99) < 100ms at 200/s for 20s\n"
        "  must    nothing-lost  live: events_lost = 0 with 1000 sockets cut 2s every 10s for 1min\n"
        "  should  small         product: memory < 80MB\n"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_told_as_json(groundplan: Program, path: Path) -> None:
    ended = groundplan("check", path, "--format", "json")
    told = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr, told["name"]) == (0, "", path.stem)
    assert told["parts"][0]["kind"] in path.read_text()


def test_every_mistake_is_told_at_once(groundplan: Program, tmp_path: Path) -> None:
    brief = tmp_path / "b.toml"
    brief.write_text("format = 2\n[projct]\n")
    ended = groundplan("check", brief)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert [line.removeprefix(f"{brief}:") for line in ended.stderr.splitlines()] == [
        "1 format: 2 is no format that this version reads; write the number 1.",
        '1: the key "project" is missing; add a table [project] with name = "…".',
        '1: the key "part" is missing; add a [[part]] with name and kind.',
        '2 projct: "projct" is no table of a brief; write "project".',
    ]


def test_the_schema_of_a_brief_is_the_published_one(groundplan: Program) -> None:
    ended = groundplan("schema", "brief")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (ROOT / "docs/reference/brief.schema.json").read_text()


def test_a_decision_is_what_its_schema_says(groundplan: Program) -> None:
    schema = json.loads(groundplan("schema", "decision").stdout)
    decision = json.loads(groundplan("decide", "examples/pulse.toml", "--format", "json", cwd=ROOT).stdout)
    assert not list(Draft202012Validator(schema).iter_errors(decision))


SLIPS = """\
format = 2
project = { name = "shop" }
[[part]]
name = "front"
kind = "api"
requires = ["i18n", "csfr"]
[policy]
forbid = ["zope", "djnago"]
[incumbent]
front = "flsk"
[priorities]
first = "speed"
choices = ["coverage > skil"]
"""


@pytest.mark.parametrize("command", [("check",), ("decide",), ("decide", "--versus", "flask"), ("decide", "--ledger")])
def test_what_the_catalogue_does_not_know_is_told_in_the_same_list(
    groundplan: Program, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "b.toml").write_text(SLIPS)
    ended = groundplan(command[0], "b.toml", *command[1:], cwd=tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.splitlines() == [
        "b.toml:1 format: 2 is no format that this version reads; write the number 1.",
        'b.toml:6 part.front.requires[2]: "csfr" is no capability of the catalogue; write "csrf".',
        'b.toml:8 policy.forbid[2]: "djnago" is not in the catalogue; write "django".',
        'b.toml:10 incumbent.front: "flsk" is not in the catalogue; write "flask".',
        'b.toml:12 priorities.first: "speed" is no axis; write one of scope, team, performance, horizon or unknown.',
        'b.toml:13 priorities.choices[1]: "skil" is no criterion of the catalogue; write "skill".',
    ]
