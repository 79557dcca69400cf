"""Twelve situations, each with a twin: one fact differs, and another architecture is right. Nothing is bent for any of them."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from groundplan.brief import load
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, decide

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.toml"))
AS_OF = "2026-11-22"

LIVE = {"fastapi", "quart", "starlette"}
EXPECTED: dict[str, dict[str, set[str]]] = {
    "pulse": {"office": {"django"}, "public": {"fastapi"}, "live": LIVE},
    "pulse-mvp": {"office": {"django"}, "public": {"django"}, "live": {"django"}},
    "grants": {"desk": {"django"}},
    "publishing": {"magazine": {"django"}, "newsroom": {"django"}},
    "elearning": {"classroom": {"django"}, "school_office": {"django"}},
    "device-api": {"readings": {"flask"}},
    "desktop-panel": {"controls": {"flask"}},
    "auth-service": {"tokens": {"flask"}},
    "aggregation": {"quotes": {"fastapi"}},
    "gateway": {"front": {"fastapi"}},
    "notifications": {"inbox": {"flask"}, "push": {"fastapi", "quart"}},
    "prototype": {"sketch": {"flask"}},
}
"""Example -> part -> frameworks that people who have built such things would expect (docs/reference/examples.md says why)."""

TWINS: dict[str, dict[str, set[str]]] = {
    "pulse": {"office": {"django"}, "public": {"django"}, "live": LIVE},
    "pulse-mvp": {"office": {"django", "fastapi"}, "public": {"fastapi"}, "live": LIVE},
    "grants": {"desk": {"flask", "starlette", "fastapi"}},
    "publishing": {"magazine": {"flask"}, "newsroom": {"flask"}},
    "elearning": {"classroom": {"django"}, "school_office": {"fastapi"}},
    "device-api": {"readings": LIVE},
    "desktop-panel": {"controls": {"quart", "starlette"}},
    "auth-service": {"tokens": {"fastapi"}},
    "aggregation": {"quotes": {"litestar"}},
    "gateway": {"front": {"flask"}},
    "notifications": {"inbox": {"fastapi", "quart"}, "push": {"fastapi", "quart"}},
    "prototype": {"sketch": {"fastapi"}},
}


def facts(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Give every fact of a brief with its place; what the team has shipped is one, and so is a must."""
    if isinstance(value, dict) and path[-1:] != ("shipped",) and "metric" not in value:
        for key, inner in value.items():
            yield from facts(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for item in value:
            yield from facts(item, (*path, item.get("name") or item["id"]))
    else:
        yield path, value


def of(path: Path) -> dict[tuple[str | int, ...], Any]:
    return dict(facts(tomllib.loads(path.read_text())))


def decided(name: str, catalogue: Catalogue) -> Decision:
    return decide(load(EXAMPLES / f"{name}.toml"), catalogue, AS_OF)


def frameworks(decision: Decision) -> dict[str, str]:
    return {part: stack.framework for part, stack in decision.chosen.architecture.stacks.items()}


def is_among(found: dict[str, str], expected: dict[str, set[str]]) -> bool:
    return found.keys() == expected.keys() and all(framework in expected[part] for part, framework in found.items())


def test_there_are_twelve_situations_and_each_has_a_twin() -> None:
    assert len(NAMES) == 12
    assert sorted(path.stem for path in (EXAMPLES / "twins").glob("*.toml")) == NAMES == sorted(EXPECTED) == sorted(TWINS)


@pytest.mark.parametrize("name", NAMES)
def test_a_twin_differs_in_exactly_one_fact_and_says_so(name: str) -> None:
    one, other = of(EXAMPLES / f"{name}.toml"), of(EXAMPLES / "twins" / f"{name}.toml")
    changed = {path[:2] if path[0] == "load" else path for path in one.keys() | other.keys() if one.get(path) != other.get(path)}
    assert len(changed) == 1
    first = (EXAMPLES / "twins" / f"{name}.toml").read_text().splitlines()[0]
    assert first.startswith(f"# Twin of ../{name}.toml. One fact differs: ")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_leads_where_people_who_have_built_such_things_would_go(name: str, catalogue: Catalogue) -> None:
    assert is_among(frameworks(decided(name, catalogue)), EXPECTED[name])


@pytest.mark.parametrize("name", NAMES)
def test_one_fact_flips_the_architecture(name: str, catalogue: Catalogue) -> None:
    found = frameworks(decided(f"twins/{name}", catalogue))
    assert is_among(found, TWINS[name])
    assert found != frameworks(decided(name, catalogue))
