"""How much a count out of few cases says: Wilson's interval (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927)."""

import math

__all__ = ["wilson"]

_NORMAL_95 = 1.959963984540054
"""Two-sided 95 % point of the normal distribution."""


def wilson(count: int, trials: int) -> tuple[float, float]:
    """Give the bounds in [0, 1] that hold the true share with 95 % confidence; no trials say nothing: (0, 1)."""
    if not trials:
        return 0.0, 1.0
    share, square = count / trials, _NORMAL_95**2
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = _NORMAL_95 / (1 + square / trials) * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    # Rounding must not put a bound on the wrong side of the share at the ends.
    return max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach))
