"""Where a rival draws level when weights change: exact answers from the values of two architectures alone.

lead: the rival's value less that of the recommended architecture, criterion by criterion, in the order of the weights. The
weights sum to 1.
"""

from collections.abc import Sequence

__all__ = ["lead_at", "nearest_weights", "one_weight", "tie_weight"]


def lead_at(weights: Sequence[float], lead: Sequence[float]) -> float:
    """Give by how much the rival is ahead with these weights; below 0 it is behind."""
    return sum(weight * ahead for weight, ahead in zip(weights, lead, strict=True))


def one_weight(weights: Sequence[float], index: int, weight: float) -> tuple[float, ...]:
    """Give the weights with one of them set and the others, in their old ratios, sharing the rest."""
    rest = sum(weights) - weights[index]
    return tuple(weight if place == index else old * (1 - weight) / rest for place, old in enumerate(weights))


def tie_weight(weights: Sequence[float], lead: Sequence[float], index: int) -> float | None:
    """Give the value of one weight, the others rescaled, at which the rival draws level; None when no value in [0, 1] does.

    With D the lead on the other criteria by their ratios, the lead at weight t is t x lead + (1 - t) x D, a straight line.
    """
    rest = sum(weights) - weights[index]
    if rest <= 0:
        return None
    others = (lead_at(weights, lead) - weights[index] * lead[index]) / rest
    if others == lead[index]:
        return None
    tie = others / (others - lead[index])
    return tie if 0 <= tie <= 1 else None


def nearest_weights(weights: Sequence[float], lead: Sequence[float], margin: float = 0.0) -> tuple[float, ...] | None:
    """Give the nearest weights, by the sum of absolute changes, with which the rival leads by the margin; None: none do.

    Every unit of weight costs the same wherever it comes from, so it all goes to the criterion that speaks most for the rival,
    and comes from those that speak most against it first (a fractional knapsack, hence the optimum).
    """
    missing = margin - lead_at(weights, lead)
    if missing <= 0:
        return tuple(weights)
    best = max(range(len(lead)), key=lead.__getitem__)
    if lead[best] < margin:
        return None
    moved = list(weights)
    for place in sorted(range(len(lead)), key=lead.__getitem__):
        gain = lead[best] - lead[place]
        if missing <= 0 or gain <= 0:
            break
        mass = min(weights[place], missing / gain)
        moved[place] -= mass
        moved[best] += mass
        missing -= mass * gain
    return tuple(moved)
