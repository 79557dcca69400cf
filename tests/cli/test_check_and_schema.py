"""``check`` and ``schema``."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cli.conftest import Program

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))


def test_a_right_brief_is_told_back_in_short(groundplan: Program) -> None:
    ended = groundplan("check", "examples/pulse.toml", cwd=ROOT)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == (
        "examples/pulse.toml is right: pulse, Live sales analytics for shops\n"
        "  part    office        web, 50% of the work, needs relational_data 3, admin_backoffice 3, content_permissions 3, "
        "server_rendered_html 2\n"
        "  part    public        api, 25% of the work, needs relational_data 2, public_api_docs 3, request_validation 3\n"
        "  part    live          realtime, 25% of the work, needs websockets_or_streaming 3\n"
        "  entity  sale          shop, amount, sold_at\n"
        "  must    api-p99       public: latency p(99) < 100ms at 200/s for 10s\n"
        "  must    nothing-lost  live: events_lost = 0 with 1000 sockets cut 2s every 10s for 30s\n"
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_told_as_json(groundplan: Program, path: Path) -> None:
    ended = groundplan("check", path, "--format", "json")
    told = json.loads(ended.stdout)
    assert (ended.returncode, ended.stderr, told["name"]) == (0, "", path.stem)
    assert told["parts"][0]["kind"] in path.read_text()


def test_what_is_unknown_or_not_needed_is_said_so(groundplan: Program, tmp_path: Path) -> None:
    brief = tmp_path / "b.toml"
    brief.write_text(
        'format = 1\n[project]\nname = "b"\n'
        '[[part]]\nname = "one"\nkind = "api"\nneeds = { cpu_or_ml = "unknown", io_fanout = 0 }\n'
        '[[part]]\nname = "two"\nkind = "worker"\n'
        '[[must]]\nid = "small"\npart = "product"\nmetric = "memory"\ncheck = "< 80MB"\nlevel = "should"\n'
    )
    assert groundplan("check", brief).stdout == (
        f"{brief} is right: b\n"
        "  part    one    api, 50% of the work, needs cpu_or_ml unknown\n"
        "  part    two    worker, 50% of the work, no special needs\n"
        "  should  small  product: memory < 80MB\n"
    )


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
