"""The examples are briefs, and the values are those of the text."""

import json
from pathlib import Path

import pytest

from groundplan.brief import Brief, load, parse
from groundplan.brief.model import (
    ANSWERS,
    Check,
    Comparison,
    Entity,
    Field,
    FieldType,
    Horizon,
    Kind,
    Load,
    LoadPlan,
    Must,
    Part,
    Policy,
    Target,
    Team,
)

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_brief_that_starts_with_its_situation(path: Path) -> None:
    brief = load(path)
    assert brief.text.startswith("# Situation: ")
    assert brief.name == path.stem
    assert sum(part.share for part in brief.parts) == pytest.approx(1, abs=1e-12)


WHOLE = """
format = 1
[project]
name = "pulse"
summary = "Live sales analytics for shops"
[[part]]
name = "office"            # main application for staff
kind = "web"
share = 0.5
needs = { relational_data = 3, admin_backoffice = 3, content_permissions = 3, server_rendered_html = 2 }
[[part]]
name = "public"
kind = "api"
needs = { relational_data = 2, public_api_docs = 3, request_validation = 3 }
[[part]]
name = "live"
kind = "realtime"
needs = { websockets_or_streaming = 3 }
[[entity]]
name = "sale"
fields = { shop = "text(80)", amount = "decimal(12,2)", sold_at = "datetime" }
[team]
engineers = 4
teams = 1
shipped = { django = 3, fastapi = 1, javascript = 2 }
operations = 1
first_release_weeks = 10
[horizon]
years = 5
turnover = 1
[load]
requests_per_second = 300
open_connections = 5000
later = { requests_per_second = 3000, open_connections = 50000 }
[[must]]
id = "api-p99"
part = "public"
metric = "latency"
check = "p(99) < 100ms"
load = { rate = "200/s", for = "20s" }
[[must]]
id = "nothing-lost"
part = "live"
metric = "events_lost"
check = "= 0"
load = { sockets = 1000, cut = "2s every 10s", for = "60s" }
"""


def test_a_whole_brief_is_read_as_written() -> None:
    brief = parse(WHOLE, "pulse.toml")
    office_needs: dict[str, int | None] = {
        "relational_data": 3,
        "admin_backoffice": 3,
        "content_permissions": 3,
        "server_rendered_html": 2,
    }
    sale = Entity(
        "sale",
        (
            Field("shop", FieldType.TEXT, length=80),
            Field("amount", FieldType.DECIMAL, digits=12, places=2),
            Field("sold_at", FieldType.DATETIME),
        ),
    )
    assert brief == Brief(
        name="pulse",
        summary="Live sales analytics for shops",
        parts=(
            Part("office", Kind.WEB, 0.5, office_needs),
            Part("public", Kind.API, 0.25, {"relational_data": 2, "public_api_docs": 3, "request_validation": 3}),
            Part("live", Kind.REALTIME, 0.25, {"websockets_or_streaming": 3}),
        ),
        entities=(sale,),
        team=Team(4, 1, {"django": 3, "fastapi": 1, "javascript": 2}, 1, 10),
        horizon=Horizon(5, 1),
        load=Load(300, 5000, Load(3000, 50000)),
        musts=(
            Must(
                "api-p99",
                "public",
                "latency",
                Check(Comparison.BELOW, 0.1, "s", 99.0, "p(99) < 100ms"),
                LoadPlan(rate=200.0, duration=20.0),
            ),
            Must(
                "nothing-lost",
                "live",
                "events_lost",
                Check(Comparison.EQUAL, 0.0, "1", None, "= 0"),
                LoadPlan(duration=60.0, sockets=1000, cut_seconds=2.0, cut_every=10.0),
            ),
        ),
        source="pulse.toml",
        text=WHOLE,
    )


SMALLEST = 'format = 1\n[project]\nname = "tiny"\n[[part]]\nname = "shop"\nkind = "web"\n'


def test_the_smallest_brief_knows_nothing_else() -> None:
    brief = parse(SMALLEST, "tiny.toml")
    assert brief == Brief("tiny", "", (Part("shop", Kind.WEB, 1.0),), source="tiny.toml", text=SMALLEST)


def test_unknown_is_an_answer_for_every_need_level_and_number() -> None:
    text = """
        needs = { cpu_or_ml = "unknown" }
        share = "unknown"
        [team]
        engineers = "unknown"
        teams = "unknown"
        shipped = { django = "unknown", flask = 0 }
        operations = "unknown"
        first_release_weeks = "unknown"
        [horizon]
        years = "unknown"
        turnover = "unknown"
        [load]
        requests_per_second = "unknown"
        open_connections = "unknown"
        later = { open_connections = "unknown" }
    """
    brief = parse(SMALLEST + text)
    assert brief.parts[0].needs == {"cpu_or_ml": None}
    assert (brief.team, brief.horizon, brief.load) == (Team(shipped={"django": None, "flask": 0}), Horizon(), Load(later=Load()))


def test_policy_target_incumbent_and_priorities_are_kept() -> None:
    text = """
        [policy]
        allow = ["django", "flask"]
        forbid = ["quart"]
        [target]
        python = "3.13"
        host = "containers"
        [incumbent]
        shop = "flask"
        [priorities]
        first = "team"
        second = "scope"
        third = "unknown"
        gap_1 = "much"
        choices = ["skill > coverage", "coverage > dependence"]
    """
    brief = parse(SMALLEST + text)
    assert brief.policy == Policy(("django", "flask"), ("quart",))
    assert brief.target == Target("3.13", "containers")
    assert brief.incumbent == {"shop": "flask"}
    assert brief.priorities == {"first": "team", "second": "scope", "gap_1": "much"}
    assert brief.choices == (("skill", "coverage"), ("coverage", "dependence"))


def test_every_answer_can_be_given_and_can_be_unknown() -> None:
    for place in range(4):
        given: dict[str, int | str] = {question: options[min(place, len(options) - 1)] for question, options in ANSWERS.items()}
        given["existing_code"] = ANSWERS["existing_code"][max(place, 1)]
        assert answers_of(given) == given
    assert answers_of(dict.fromkeys(ANSWERS, "unknown")) == dict.fromkeys(ANSWERS, None)


def answers_of(given: dict[str, int | str]) -> dict[str, int | str | None]:
    lines = "\n".join(f"{question} = {json.dumps(answer)}" for question, answer in given.items())
    return parse(f"{SMALLEST}[answers]\n{lines}\n").answers


def test_shares_that_are_written_rounded_are_made_to_sum_to_one() -> None:
    parts = "".join(f'[[part]]\nname = "{name}"\nkind = "api"\nshare = 0.33\n' for name in ("a", "b", "c"))
    brief = parse(f'format = 1\n[project]\nname = "thirds"\n{parts}')
    assert [part.share for part in brief.parts] == pytest.approx([1 / 3] * 3)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "brief.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALLEST.replace("\n", "\r\n").encode())
    assert load(path).name == "tiny"
