"""The best set of stacks in every draw, against looking at every set in every draw."""

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue
from groundplan.decision.exact import boards
from groundplan.decision.prepared import prepared
from groundplan.decision.sets import NEVER, Chosen, Race, best_sets
from groundplan.decision.structure import Structure

Values = NDArray[np.int32]
Price = Callable[[Chosen], Values]


def random_problem(seed: int, parts: int, stacks: int, draws: int) -> tuple[Values, Price]:
    """Draw what stacks add and a price that rises with every stack and with some of them more."""
    source = np.random.default_rng(seed)
    added = source.integers(0, 1000, (parts, stacks, draws), np.int32)
    weight = source.integers(0, 400, draws).astype(np.int32)
    dear = source.integers(0, 3, stacks)
    return added, lambda chosen: (-weight * (len(chosen) - 1 + int(dear[list(chosen)].sum()))).astype(np.int32)


def by_looking_at_all(added: Values, price: Price, most: int) -> Values:
    best = np.full(added.shape[2], NEVER, np.int32)
    for size in range(1, most + 1):
        for chosen in combinations(range(added.shape[1]), size):
            best = np.maximum(best, added[:, chosen].max(axis=1).sum(axis=0, dtype=np.int32) + price(chosen))
    return best


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(1, 8), st.integers(1, 60), st.integers(1, 4))
def test_the_best_sets_are_those_that_looking_at_all_finds(seed: int, parts: int, stacks: int, draws: int, most: int) -> None:
    added, price = random_problem(seed, parts, stacks, draws)
    best, sets, who = best_sets(added, price, min(most, stacks))
    assert (best == by_looking_at_all(added, price, min(most, stacks))).all()
    for draw, index in enumerate(who):
        chosen = sets[index]
        assert best[draw] == added[:, chosen, draw].max(axis=1).sum() + price(chosen)[draw]


def test_a_member_that_a_part_cannot_have_never_serves_it() -> None:
    added = np.array([[[5], [NEVER]], [[NEVER], [7]]], np.int32)
    best, sets, who = best_sets(added, lambda chosen: np.full(1, -len(chosen), np.int32), 2)
    assert (best[0], sets[who[0]]) == (5 + 7 - 2, (0, 1))


@pytest.mark.parametrize("bar", [0, 3000])
def test_nothing_is_visited_that_cannot_beat_what_is_already_there(bar: int) -> None:
    added, price = random_problem(1, 3, 6, 30)
    visited: list[Chosen] = []
    race = Race(price, 3, np.full(30, bar, np.int32), lambda chosen, _reached, _draws: visited.append(chosen))
    race.run(range(6), np.ascontiguousarray(added.transpose(1, 0, 2)))
    assert len(visited) == (6 if bar == 3000 else 6 + 15 + 20)


@pytest.mark.parametrize("name", ["pulse", "pulse-mvp", "notifications"])
def test_sets_that_look_alike_to_simplicity_have_one_price(
    name: str, example: Callable[[str], Brief], catalogue: Catalogue
) -> None:
    base = prepared(example(name), catalogue, "2026-11-22")
    (board, *_) = boards(base.scale, base.sieve.options, base.layouts, 8, 1)
    for size in (1, 2, 3):
        for chosen in combinations(range(len(catalogue.frameworks)), size):
            alone = Structure(board.table, board.layout)
            assert board.structure.simplest(chosen) == alone.simplest(chosen)
