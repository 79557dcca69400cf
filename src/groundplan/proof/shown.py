"""Figures as people read them: three digits and a fitting unit."""

import math

__all__ = ["shown"]

_SECONDS = (("s", 1.0), ("ms", 1e-3), ("us", 1e-6))
_BYTES = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1.0))


def shown(value: float, unit: str) -> str:
    """Give a figure with its unit. unit: ``s``, ``B``, ``1/s``, ``%`` (the value is then a ratio) or ``1`` for a count."""
    if math.isinf(value):
        return "no bound"
    match unit:
        case "s":
            return _scaled(value, _SECONDS)
        case "B":
            return _scaled(value, _BYTES)
        case "1/s":
            return f"{_digits(value)}/s"
        case "%":
            return f"{_digits(100 * value)} %"
        case _:
            return f"{value:.0f}"


def _scaled(value: float, units: tuple[tuple[str, float], ...]) -> str:
    name, factor = next((pair for pair in units if value >= pair[1]), units[-1])
    return f"{_digits(value / factor)} {name}"


def _digits(value: float) -> str:
    """Give three significant digits without an exponent."""
    if value == 0:
        return "0"
    places = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(places, 6)}f}"
