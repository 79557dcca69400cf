"""A robustness to tell, made from the point values alone: what reports show does not depend on how the figures came about."""

from dataclasses import replace

from groundplan.decision.model import Acceptance, Check, Family, Rated, Robustness
from groundplan.report.telling import Telling


def with_robustness(telling: Telling, word: str = "lean") -> Telling:
    decision = telling.decision
    accepted = tuple(_accepted(rated, decision.chosen, index) for index, rated in enumerate(decision.ranked))
    names = list(dict.fromkeys(tuple(sorted(rated.architecture.frameworks)) for rated in decision.ranked))
    shares = [0.5 ** (index + 1) for index in range(len(names))]
    robust = Robustness(
        word="clear" if word == "clear" else "lean" if word == "lean" else "toss-up",
        draws=10_000,
        seed=1,
        accepted=accepted,
        families=tuple(Family(name, share) for name, share in zip(names, shares, strict=True)),
        pairwise=tuple(0.5 + 0.04 * index for index in range(len(decision.ranked))),
        evpi=accepted[0].regret,
        checks=(Check("fastapi", "upgrades", 0.0042, "Count the upgrades of FastAPI that broke something; 15 minutes."),),
        tie_weight=0.31 if decision.chosen.architecture.hybrid else None,
    )
    return replace(telling, decision=replace(decision, robustness=robust))


def _accepted(rated: Rated, chosen: Rated, index: int) -> Acceptance:
    behind = chosen.value - rated.value
    ranks = (0.6 / (index + 1), 0.3, 0.1)
    return Acceptance(rated.architecture, ranks, {}, 0.7, rated.value, 0.01 + behind, 0.04 + behind, 0.09 + behind)
