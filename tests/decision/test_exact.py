"""The best of every draw, against looking at everything."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from decision.strategies import briefs, setting
from groundplan.brief import load as load_brief
from groundplan.brief.model import Brief
from groundplan.catalogue import Catalogue, load
from groundplan.decision.exact import MANY, boards, champions
from groundplan.decision.options import Option
from groundplan.decision.sampling import UNIT
from groundplan.decision.scoring import Scale
from groundplan.decision.screening import Sieve
from groundplan.decision.searching import best, count, stands
from groundplan.decision.table import FINE
from groundplan.decision.whole import Layout

CATALOGUE = load()
DRAWS = 200
SIX_PARTS = Path(__file__).parent / "data" / "six-parts.toml"
MOST_BEGINNINGS = 40_000
EXACT = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def certain(catalogue: Catalogue) -> Catalogue:
    """Take every doubt away: what is left are the weights."""
    sure = dict.fromkeys(catalogue.method.sampling.spread, 0.0)
    sampling = replace(catalogue.method.sampling, spread=sure, ageing=0.0)
    return replace(catalogue, method=replace(catalogue.method, sampling=sampling))


def all_of(sieve: Sieve, layout: Layout) -> list[tuple[Option, ...]]:
    fitting = [[one for one in own if one.interface in layout.interfaces] for own in sieve.options]
    return [options for options in product(*fitting) if stands(options, layout)]


@EXACT
@given(briefs(), st.integers(0, 2**32), st.sampled_from([0, MANY]))
def test_the_best_of_every_draw_is_what_looking_at_everything_finds(brief: Brief, seed: int, many: int) -> None:
    view, sieve, places = setting(brief, CATALOGUE)
    assume(all(sieve.options))
    assume(count(sieve.options, places) < 3000)
    laid = boards(Scale(view), sieve.options, places, DRAWS, seed)
    found = champions(laid[0].table, laid, [], many)
    highest = np.full(DRAWS, -FINE, np.int32)
    for board in laid:
        for options in all_of(sieve, board.layout):
            rows = [board.table.row(part, one, board.layout) for part, one in enumerate(options)]
            highest = np.maximum(highest, board.totals(rows))
    assert (found.best == highest).all()
    own = [board.totals(rows) for board, rows in found.winners]
    assert all(own[who][draw] == found.best[draw] for draw, who in enumerate(found.who))


@EXACT
@given(briefs())
def test_what_the_arrays_hold_is_the_value_with_the_drawn_weights(brief: Brief) -> None:
    view, sieve, places = setting(brief, certain(CATALOGUE))
    assume(all(sieve.options))
    scale = Scale(view)
    laid = boards(scale, sieve.options, places, 8, 1)
    for one in best(scale, sieve.options, places, 5):
        board = next(board for board in laid if board.layout == one.layout)
        rows = [board.table.row(part, option, one.layout) for part, option in enumerate(one.options)]
        reached = board.totals(rows) / FINE
        weights = board.table.weights
        judged = list(scale.judged(one.options, one.layout))
        expected = [sum(weights[own.criterion.id][draw] / UNIT * own.value for own in judged) for draw in range(8)]
        assert reached == pytest.approx(expected, abs=1e-4)


def test_parts_that_begin_alike_are_put_together_without_losing_a_winner(
    example: Callable[[str], Brief], catalogue: Catalogue
) -> None:
    view, sieve, places = setting(example("pulse"), catalogue)
    apart = boards(Scale(view), sieve.options, places, DRAWS, 3)
    together = boards(Scale(view), sieve.options, places, DRAWS, 3)
    expected = champions(apart[0].table, apart, [])
    found = champions(together[0].table, together, [], many=0)
    assert (found.best == expected.best).all()
    own = [board.totals(rows) for board, rows in found.winners]
    assert all(own[who][draw] == found.best[draw] for draw, who in enumerate(found.who))


def test_six_parts_are_decided_by_looking_at_a_few_thousand_beginnings(catalogue: Catalogue) -> None:
    brief = load_brief(SIX_PARTS)
    view, sieve, places = setting(brief, catalogue)
    assert count(sieve.options, places) > 10**8
    laid = boards(Scale(view), sieve.options, places, DRAWS, 1)
    found = champions(laid[0].table, laid, [])
    assert (found.best > 0).all()
    assert sum(len(board.prefixes) for board in laid) < MOST_BEGINNINGS


def test_what_holds_for_sets_holds_for_six_parts(example: Callable[[str], Brief], catalogue: Catalogue) -> None:
    brief = example("pulse")
    parts = tuple(replace(part, name=f"{part.name}{copy}", share=part.share / 2) for part in brief.parts for copy in (1, 2))
    view, sieve, places = setting(replace(brief, parts=parts, musts=()), catalogue)
    scale = Scale(view)
    laid = boards(scale, sieve.options, places, DRAWS, 3)
    found = champions(laid[0].table, laid, [])
    for one in best(scale, sieve.options, places, 24):
        board = next(board for board in laid if board.layout == one.layout)
        rows = [board.table.row(part, option, one.layout) for part, option in enumerate(one.options)]
        assert (board.totals(rows) <= found.best).all()


def test_a_doubt_is_the_same_wherever_a_framework_is_used(example: Callable[[str], Brief], catalogue: Catalogue) -> None:
    view, sieve, places = setting(example("grants"), catalogue)
    table = boards(Scale(view), sieve.options, places, DRAWS, 1)[0].table
    found = [entry.noise for entry in table.entries if entry.option.framework.name == "django"]
    key = ("people", "django: top_author_share")
    assert len(found) > 1
    assert len({noise[key] for noise in found}) == 1
    assert table.noise(key[1]) is table.noise(key[1])
