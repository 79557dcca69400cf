"""Typed quantities: durations, rates, sizes, shares and counts, written by people and held in one base unit each."""

import difflib
import re
from collections.abc import Mapping
from decimal import Context, Decimal
from fractions import Fraction

from groundplan.records import dataclass

__all__ = ["COUNT", "DURATION", "RATE", "SHARE", "SIZE", "Scale", "UnitError"]

NUMBER = r"[0-9]{1,30}(?:\.[0-9]{1,60})?"
"""Plain decimal notation: no sign, no exponent, no thousands separator, and digits enough for any float of a scale."""

_QUANTITY = re.compile(rf"(?P<number>{NUMBER}) ?(?P<unit>[^\s0-9.].*)?")


class UnitError(ValueError):
    """A text is no quantity of its scale. rule: what must hold; remedy: what to write instead."""

    def __init__(self, text: str, rule: str, remedy: str) -> None:
        """Keep what a message needs; ``text`` is what was written."""
        self.text, self.rule, self.remedy = text, rule, remedy
        super().__init__(f"{text!r} {rule}; {remedy}")


@dataclass(frozen=True, slots=True)
class Scale:
    """One kind of quantity.

    base: the unit that values are held in. factors: written unit -> how many base units it is, smallest first;
    the unit ``""`` means that a bare number is right. example: how a person writes such a quantity.
    """

    name: str
    base: str
    factors: Mapping[str, Fraction]
    example: str

    @property
    def pattern(self) -> str:
        """Give the regular expression of a well-written quantity, without anchors."""
        return rf"{NUMBER} ?(?:{'|'.join(re.escape(unit) for unit in self.factors)})"

    def parse(self, text: str) -> float:
        """Read a quantity such as ``100ms`` or ``100 ms`` in base units. Raises UnitError."""
        match = _QUANTITY.fullmatch(text)
        if match is None:
            raise UnitError(text, f"is not a {self.name}", f"write a number with its unit, such as {self.example}")
        number, unit = match["number"], match["unit"] or ""
        if unit not in self.factors:
            raise self._wrong_unit(text, number, unit)
        return float(Fraction(number) * self.factors[unit])

    def format(self, value: float) -> str:
        """Write a quantity with as few digits as possible, so that ``parse`` gives the same value back.

        value: in base units, 0 or in 1e-9 .. 1e15.
        """
        pairs = [(number, unit) for unit, factor in self.factors.items() for number in _numbers(value, factor)]
        exact = [(number, unit) for number, unit in pairs if self.parse(number + unit) == value]
        number, unit = min(exact, key=lambda pair: (len(pair[0]), "." in pair[0]))
        return f"{number}{unit}"

    def _wrong_unit(self, text: str, number: str, unit: str) -> UnitError:
        known = [name for name in self.factors if name]
        if not known:
            return UnitError(text, f"has a unit, but a {self.name} has none", f"write {number}")
        if not unit:
            usual = self.example.lstrip("0123456789.")
            others = ", ".join(name for name in known if name != usual)
            return UnitError(text, "has no unit", f"write {number}{usual}" + (f" (or with {others})" if others else ""))
        near = difflib.get_close_matches(unit.lower(), known, 1, 0.4)
        remedy = f"write {number}{near[0]}" if near else f"use one of {', '.join(known)}"
        return UnitError(text, f"has the unit {unit!r}, which no {self.name} has", remedy)


def _numbers(value: float, factor: Fraction) -> list[str]:
    """Give value / factor in plain decimals: rounded to 15 digits, which hides float noise, and as exact as it gets."""
    scaled = Fraction(repr(value)) / factor
    quotients = [Context(prec=digits).divide(scaled.numerator, scaled.denominator) for digits in (15, 36)]
    return [_plain(quotient) for quotient in quotients]


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _factors(**factors: str) -> dict[str, Fraction]:
    return {unit: Fraction(factor) for unit, factor in factors.items()}


DURATION = Scale("duration", "s", _factors(us="0.000001", ms="0.001", s="1", min="60", h="3600", d="86400"), "100ms")
"""Seconds."""

RATE = Scale("rate", "1/s", {"/s": Fraction(1), "/min": Fraction(1, 60), "/h": Fraction(1, 3600)}, "200/s")
"""Per second."""

SIZE = Scale("size", "B", _factors(B="1", kB="1000", KiB="1024", MB="1e6", MiB="1048576", GB="1e9", GiB="1073741824"), "80MB")
"""Bytes; kB, MB and GB are powers of 1000, KiB, MiB and GiB powers of 1024 (IEC 80000-13)."""

SHARE = Scale("share", "1", {"%": Fraction(1, 100)}, "0.1%")
"""A ratio; 1 is everything."""

COUNT = Scale("count", "1", {"": Fraction(1)}, "0")
"""How many, a bare number."""
