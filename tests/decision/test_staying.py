"""What runs today is always among the candidates that are shown."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Policy
from groundplan.catalogue import Catalogue, load
from groundplan.decision import decide
from groundplan.decision.model import Decision

Example = Callable[[str], Brief]
Decided = Callable[[Brief], Decision]
AS_OF = "2026-11-22"
POOR = {"office": "flask", "public": "flask"}


def moves(decision: Decision, incumbent: dict[str, str]) -> list[int]:
    """Count for every architecture shown how many parts leave their framework of today."""
    stacks = [rated.architecture.stacks for rated in decision.ranked]
    return [sum(own[part].framework != name for part, name in incumbent.items()) for own in stacks]


def test_without_the_brief_naming_them_they_are_not_among_the_best(example: Example, decided: Decided) -> None:
    assert 0 not in moves(decided(example("pulse-mvp")), POOR)


def test_keeping_everything_and_moving_one_part_are_shown_however_poor(example: Example, decided: Decided) -> None:
    found = moves(decided(replace(example("pulse-mvp"), incumbent=POOR)), POOR)
    assert 0 in found
    assert 1 in found


def test_they_come_after_what_is_better_and_have_ranks_and_regret(example: Example, catalogue: Catalogue) -> None:
    decision = decide(replace(example("pulse-mvp"), incumbent=POOR), catalogue, AS_OF, draws=500)
    values = [rated.value for rated in decision.ranked]
    assert values == sorted(values, reverse=True)
    assert decision.robustness is not None
    kept = decision.robustness.accepted[moves(decision, POOR).index(0)]
    assert kept.regret > 0
    assert sum(kept.ranks) > 0.999


def test_what_screening_has_taken_out_is_not_brought_back(example: Example, decided: Decided) -> None:
    out = {"live": "flask"}
    assert 0 not in moves(decided(replace(example("pulse"), incumbent=out)), out)


def test_a_kept_architecture_that_wins_is_shown_once(example: Example, decided: Decided) -> None:
    decision = decided(replace(example("grants"), incumbent={part.name: "django" for part in example("grants").parts}))
    assert decision.chosen.architecture.frameworks == ("django",)
    looks = [(rated.architecture.topology.name, *map(str, rated.architecture.stacks.values())) for rated in decision.ranked]
    assert len(looks) == len(set(looks))


def test_each_is_named_with_the_part_that_moves_and_its_place_in_the_ranking(example: Example, decided: Decided) -> None:
    decision = decided(replace(example("pulse-mvp"), incumbent=POOR))
    keep, move = decision.staying
    assert (keep.kind, keep.part, move.kind) == ("keep and tune", "", "move one part")
    assert keep.place is not None
    assert move.place is not None
    assert [moves(decision, POOR)[place] for place in (keep.place, move.place)] == [0, 1]
    moved = decision.ranked[move.place].architecture.stacks[move.part]
    assert moved.framework != POOR[move.part]
    assert keep.behind == decision.chosen.value - decision.ranked[keep.place].value


def test_nothing_is_said_where_the_brief_names_nothing_that_runs_today(example: Example, decided: Decided) -> None:
    assert decided(example("pulse")).staying == ()


def test_those_shown_for_what_they_keep_do_not_pass_for_the_next_best(example: Example, decided: Decided) -> None:
    decision = decided(replace(example("pulse-mvp"), incumbent=POOR))
    keep, _ = decision.staying
    assert keep.beside
    shown = decision.ranked[keep.place or 0]
    assert shown not in decision.leading
    assert shown.value <= min(rated.value for rated in decision.leading)


def test_the_best_of_all_that_keep_and_of_all_that_move_one_are_found(example: Example, decided: Decided) -> None:
    brief = replace(example("pulse-mvp"), incumbent=POOR)
    decision = decided(brief)
    only = {part: [name] for part, name in POOR.items()}
    others = [framework.name for framework in load().frameworks if framework.name != "flask"]
    keep, move = (decision.ranked[stay.place or 0].value for stay in decision.staying)
    assert keep == decide(brief, load(), AS_OF, draws=0, only=only).chosen.value
    assert move == max(decide(brief, load(), AS_OF, draws=0, only=only | {part: others}).chosen.value for part in POOR)


@pytest.mark.parametrize(
    ("incumbent", "keep", "move"),
    [
        (
            {"live": "flask"},
            "live cannot stay on Flask: no async_handlers (websockets_or_streaming = 3",
            "",
        ),
        (
            {"live": "rails", "office": "rails"},
            "office runs on rails, of which the catalogue knows nothing on that day; live runs on rails,",
            "more than one has to move: office runs on rails",
        ),
    ],
)
def test_it_is_told_why_nothing_can_stay(
    example: Example, decided: Decided, incumbent: dict[str, str], keep: str, move: str
) -> None:
    kept, moved = decided(replace(example("pulse"), incumbent=incumbent)).staying
    assert (kept.place, kept.behind) == (None, None)
    assert keep in kept.why
    assert moved.why.startswith(move)
    assert (moved.place is None) == bool(move)


def test_a_framework_that_the_organisation_forbids_cannot_stay(example: Example, decided: Decided) -> None:
    brief = replace(example("pulse-mvp"), incumbent=POOR, policy=Policy(forbid=("flask",)))
    assert "office cannot stay on Flask" in decided(brief).staying[0].why
    assert "policy" in decided(brief).staying[0].why


def test_what_is_left_out_of_the_question_is_said_to_be(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("pulse-mvp"), incumbent=POOR)
    found = decide(brief, catalogue, AS_OF, draws=0, only={part: ["django"] for part in POOR})
    assert "office cannot stay on Flask: it was not among those asked for" in found.staying[0].why


def test_a_part_without_another_stack_cannot_move(example: Example, catalogue: Catalogue) -> None:
    brief = replace(example("pulse-mvp"), incumbent={"office": "django"})
    found = decide(brief, catalogue, AS_OF, draws=0, only={"office": ["django"]})
    assert found.staying[1].why == "nothing else serves a part beside what stays"
