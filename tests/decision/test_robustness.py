"""How sure a decision is: shares, regrets, words, and what to check first."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from groundplan.brief.model import Brief, Policy
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision, decide
from groundplan.decision.model import Robustness

Example = Callable[[str], Brief]
Surely = Callable[[str], Decision]
AS_OF = "2026-11-22"
DRAWS = 2000
NAMES = ["pulse", "pulse-mvp", "grants", "notifications", "device-api", "aggregation", "gateway"]


@pytest.fixture(scope="session")
def surely(example: Example, catalogue: Catalogue) -> Surely:
    return cache(lambda name: decide(example(name), catalogue, AS_OF, draws=DRAWS))


def robust(decision: Decision) -> Robustness:
    assert decision.robustness is not None
    return decision.robustness


def with_sampling(catalogue: Catalogue, **changes: object) -> Catalogue:
    sampling = replace(catalogue.method.sampling, **changes)  # type: ignore[arg-type]  # fields of the method
    return replace(catalogue, method=replace(catalogue.method, sampling=sampling))


def test_the_point_answer_comes_without_draws(example: Example, catalogue: Catalogue) -> None:
    assert decide(example("pulse"), catalogue, AS_OF, draws=0).robustness is None


def test_without_a_word_the_method_says_how_many_draws_and_which(example: Example, catalogue: Catalogue) -> None:
    found = robust(decide(example("grants"), catalogue, AS_OF))
    assert (found.draws, found.seed) == (catalogue.method.sampling.draws, catalogue.method.sampling.seed)
    assert found.draws >= 9604


@pytest.mark.parametrize("name", NAMES)
def test_shares_sum_to_one_and_regret_is_never_below_zero(surely: Surely, name: str) -> None:
    decision = surely(name)
    found = robust(decision)
    assert [one.architecture for one in found.accepted] == [one.architecture for one in decision.ranked]
    assert sum(family.share for family in found.families) == pytest.approx(1.0, abs=1e-4)
    assert [family.share for family in found.families] == sorted((family.share for family in found.families), reverse=True)
    for one in found.accepted:
        assert sum(one.ranks) == pytest.approx(1.0, abs=1e-4)
        assert 0 <= one.regret <= one.regret_max
        assert one.regret_95 <= one.regret_max
        assert bool(one.central) == (one.ranks[0] > 0)


@pytest.mark.parametrize("name", NAMES)
def test_what_perfect_knowledge_is_worth_is_what_the_choice_loses(surely: Surely, name: str) -> None:
    found = robust(surely(name))
    assert found.evpi == found.accepted[0].regret
    assert found.pairwise[0] == 0
    assert all(check.worth <= found.evpi + 0.002 for check in found.checks)


@pytest.mark.parametrize("name", NAMES)
def test_expected_values_are_those_of_the_point_answer(surely: Surely, name: str) -> None:
    decision = surely(name)
    for rated, one in zip(decision.ranked, robust(decision).accepted, strict=True):
        assert one.expected == pytest.approx(rated.value, abs=0.012)  # the draws' own error, and weakest links fall a little


@pytest.mark.parametrize("name", NAMES)
def test_regret_and_expected_value_tell_the_same(surely: Surely, name: str) -> None:
    sums = [one.regret + one.expected for one in robust(surely(name)).accepted]
    assert sums == pytest.approx([sums[0]] * len(sums), abs=1e-5)


def test_the_three_words(surely: Surely, catalogue: Catalogue) -> None:
    sampling = catalogue.method.sampling
    for name in NAMES:
        decision = surely(name)
        found = robust(decision)
        shares = {frozenset(family.frameworks): family.share for family in found.families}
        share = shares.get(frozenset(decision.chosen.architecture.frameworks), 0.0)
        sure = share >= sampling.clear and found.accepted[0].regret_95 <= sampling.clear_regret
        assert found.word == ("clear" if sure else "lean" if share >= sampling.lean else "toss-up")
    assert {robust(surely(name)).word for name in NAMES} == {"clear", "lean", "toss-up"}


def test_a_toss_up_goes_to_the_simplest_of_those_that_lose_little_more(example: Example, catalogue: Catalogue) -> None:
    def simplicity(decision: Decision) -> float:
        return next(one.value for one in decision.chosen.contributions if one.criterion == "simplicity")

    short = replace(example("publishing"), horizon=replace(example("publishing").horizon, years=1))
    strict = decide(short, with_sampling(catalogue, close_regret=-1.0), AS_OF, draws=DRAWS)
    wide = decide(short, with_sampling(catalogue, close_regret=0.1), AS_OF, draws=DRAWS)
    assert strict.chosen.architecture == decide(short, catalogue, AS_OF, draws=0).chosen.architecture
    assert simplicity(wide) > simplicity(strict)
    least = min(one.regret for one in robust(wide).accepted)
    assert robust(wide).accepted[0].regret <= least + 0.1


def test_a_clear_case_stays_with_the_best_value_however_wide_a_toss_up_would_look(example: Example, catalogue: Catalogue) -> None:
    wide = decide(example("grants"), with_sampling(catalogue, close_regret=1.0), AS_OF, draws=DRAWS)
    assert wide.ranked[0].value == max(rated.value for rated in wide.ranked)


def test_near_twins_do_not_take_first_ranks_from_each_other(example: Example, catalogue: Catalogue) -> None:
    apart = robust(decide(example("pulse"), with_sampling(catalogue, alike=0.0), AS_OF, draws=DRAWS))
    merged = robust(decide(example("pulse"), with_sampling(catalogue, alike=0.05), AS_OF, draws=DRAWS))
    assert sum(one.ranks[0] for one in merged.accepted) > sum(one.ranks[0] for one in apart.accepted) + 0.1
    assert merged.families == apart.families


def test_with_sure_weights_and_facts_there_is_no_regret_and_nothing_to_check(example: Example, catalogue: Catalogue) -> None:
    sure = dict.fromkeys(catalogue.method.sampling.spread, 0.0)
    certain = with_sampling(catalogue, axes=0.0, criteria=0.0, spread=sure, ageing=0.0)
    found = robust(decide(example("notifications"), certain, AS_OF, draws=100))
    assert found.word == "clear"
    assert found.evpi == pytest.approx(0, abs=1e-6)
    assert found.checks == ()
    assert found.accepted[0].ranks[0] == 1


def test_wider_doubts_make_it_less_sure(example: Example, catalogue: Catalogue) -> None:
    spread = {grade: 3 * width for grade, width in catalogue.method.sampling.spread.items()}
    doubtful = robust(decide(example("pulse"), with_sampling(catalogue, spread=spread), AS_OF, draws=DRAWS))
    usual = robust(decide(example("pulse"), catalogue, AS_OF, draws=DRAWS))
    assert doubtful.evpi > usual.evpi
    assert doubtful.families[0].share < usual.families[0].share


def test_what_to_check_first_names_subject_criterion_and_worth(example: Example, catalogue: Catalogue) -> None:
    brief = example("notifications")
    silent = replace(brief, team=replace(brief.team, shipped={}))
    found = robust(decide(silent, catalogue, AS_OF, draws=DRAWS))
    assert 1 <= len(found.checks) <= 3
    assert [check.worth for check in found.checks] == sorted((check.worth for check in found.checks), reverse=True)
    criteria = {criterion.id for criterion in catalogue.criteria}
    assert all(check.subject and check.criterion in criteria and check.sentence.endswith(".") for check in found.checks)
    assert any("who has shipped with" in check.sentence for check in found.checks)


def test_checking_the_fact_that_decides_is_worth_what_it_decides(example: Example, catalogue: Catalogue) -> None:
    """With one doubt in all, knowing it is knowing everything: its worth is all that perfect knowledge is worth."""
    spread = dict.fromkeys(catalogue.method.sampling.spread, 0.0) | {"unknown": 0.25}
    facts = tuple(fact for fact in catalogue.facts if (fact.subject, fact.id) != ("flask", "guides"))
    one = replace(with_sampling(catalogue, axes=0.0, criteria=0.0, spread=spread, ageing=0.0), facts=facts)
    brief = replace(example("device-api"), policy=Policy(allow=("flask", "quart", "starlette")))
    found = robust(decide(replace(brief, team=replace(brief.team, shipped={"flask": 1, "quart": 1})), one, AS_OF, draws=DRAWS))
    assert sum(check.worth for check in found.checks) == pytest.approx(found.evpi, abs=0.002)


def test_a_hybrid_ties_with_the_best_single_framework_at_the_told_weight_of_simplicity(surely: Surely) -> None:
    decision = surely("pulse")
    tie = robust(decision).tie_weight
    assert tie is not None
    assert decision.single is not None
    ours, theirs = ({one.criterion: one.value for one in found.contributions} for found in (decision.chosen, decision.single))
    weights = {one.criterion: one.weight for one in decision.chosen.contributions}
    rest = 1 - weights["simplicity"]
    at_tie = {name: tie if name == "simplicity" else weight * (1 - tie) / rest for name, weight in weights.items()}
    assert sum(weight * (ours[name] - theirs[name]) for name, weight in at_tie.items()) == pytest.approx(0, abs=1e-5)


def test_one_framework_has_no_tie_with_itself(surely: Surely) -> None:
    assert robust(surely("grants")).tie_weight is None


def test_central_weights_are_weights(surely: Surely) -> None:
    for one in robust(surely("pulse")).accepted:
        if one.central:
            assert sum(one.central.values()) == pytest.approx(1.0, abs=1e-3)
            assert 0 <= one.confidence <= 1


def test_another_seed_tells_nearly_the_same(example: Example, catalogue: Catalogue) -> None:
    shares = [robust(decide(example("pulse"), catalogue, AS_OF, draws=9604, seed=seed)).families[0].share for seed in (1, 2, 3)]
    assert np.ptp(shares) < 0.03
