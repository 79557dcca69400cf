"""A favourite against the recommendation."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Policy
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, decide
from groundplan.decision.versus import Versus, favourites, versus
from groundplan.errors import InputError, NoArchitectureError

Example = Callable[[str], Brief]
Decided = Callable[[Brief], Decision]
AS_OF = "2026-11-22"


def held(brief: Brief, catalogue: Catalogue, text: str) -> Versus:
    return versus(brief, catalogue, decide(brief, catalogue, AS_OF, draws=0), favourites(text, catalogue))


def frameworks(found: Versus) -> dict[str, str]:
    assert found.favourite is not None
    return {part: stack.framework for part, stack in found.favourite.architecture.stacks.items()}


def test_a_favourite_serves_every_part_that_it_can(example: Example, catalogue: Catalogue) -> None:
    found = held(example("pulse"), catalogue, "flask")
    assert frameworks(found)["office"] == frameworks(found)["public"] == "flask"
    assert frameworks(found)["live"] != "flask"
    assert {row.part for row in found.unable} == {"live"}


def test_the_differences_add_up_to_what_is_gained(example: Example, catalogue: Catalogue) -> None:
    found = held(example("pulse"), catalogue, "flask")
    assert found.gained is not None
    assert found.gained < 0
    assert sum(row.gained for row in found.differences) == pytest.approx(found.gained, abs=1e-9)
    assert [row.gained for row in found.differences] == sorted(row.gained for row in found.differences)


def test_where_the_policy_leaves_only_the_favourite_deciding_gives_the_same(example: Example, catalogue: Catalogue) -> None:
    brief = example("pulse")
    found = held(brief, catalogue, "django")
    alone = decide(replace(brief, policy=Policy(allow=("django",))), catalogue, AS_OF, draws=0)
    assert found.favourite == alone.chosen
    assert found.unable == ()


def test_of_several_each_serves_a_part_and_nothing_else_does(example: Example, catalogue: Catalogue) -> None:
    found = held(example("pulse"), catalogue, "flask+fastapi")
    assert set(frameworks(found).values()) == {"flask", "fastapi"}


def test_no_other_way_to_share_the_parts_is_better(example: Example, catalogue: Catalogue, decided: Decided) -> None:
    brief = example("pulse")
    found = held(brief, catalogue, "django+fastapi")
    assert found.favourite is not None
    assert found.same
    assert found.favourite.value == decided(brief).chosen.value
    assert (found.gained, found.differences) == (0, ())


def only(name: str, example: Example) -> Brief:
    """Give a part of pulse by itself; ``live`` is one that Flask cannot serve."""
    brief = example("pulse")
    return replace(brief, parts=tuple(replace(part, share=1.0) for part in brief.parts if part.name == name), musts=())


def only_public(example: Example) -> Brief:
    return only("public", example)


def test_a_favourite_that_can_serve_nothing_is_told_with_the_facts(example: Example, catalogue: Catalogue) -> None:
    found = held(only("live", example), catalogue, "flask")
    assert (found.favourite, found.gained, found.same, found.differences) == (None, None, False, ())
    assert {row.stack.split(" ")[0] for row in found.unable} == {"flask"}


def test_a_name_that_can_serve_nothing_leaves_the_others(example: Example, catalogue: Catalogue) -> None:
    found = held(only("live", example), catalogue, "django+flask")
    assert set(frameworks(found).values()) == {"django"}
    assert {row.stack.split(" ")[0] for row in found.unable} == {"flask"}


def test_of_more_names_than_parts_the_best_serve(example: Example, catalogue: Catalogue, decided: Decided) -> None:
    brief = only_public(example)
    found = held(brief, catalogue, "django+fastapi")
    assert found.favourite == decided(brief).chosen
    assert found.same


def test_what_the_policy_forbids_is_told_as_that(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("device-api"), policy=Policy(forbid=("fastapi",)))
    assert [row.constraint for row in held(brief, catalogue, "fastapi").unable] == ["policy.forbid"]


def test_names_are_read_in_any_case_and_once(catalogue: Catalogue) -> None:
    assert favourites("Flask + fastapi+flask", catalogue) == ("flask", "fastapi")


@pytest.mark.parametrize(("text", "remedy"), [("flsk", "write 'flask'"), ("cobol", "write one of django, "), ("", "write one of")])
def test_another_name_is_refused_with_the_nearest(catalogue: Catalogue, text: str, remedy: str) -> None:
    with pytest.raises(InputError, match=remedy) as raised:
        favourites(text, catalogue)
    assert str(raised.value).startswith(f"--versus: {text!r} is no framework of the catalogue; ")


def test_deciding_with_frameworks_that_cannot_serve_a_part_is_refused(example: Example, catalogue: Catalogue) -> None:
    with pytest.raises(NoArchitectureError, match="only the frameworks that were asked for"):
        decide(example("pulse"), catalogue, AS_OF, only={"live": ("flask",)})
