"""Whether a record still says what follows from its own inputs: every number, every line."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundplan import __version__
from groundplan.errors import InputError, Problem
from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_record import Stored, again, stored

__all__ = ["Difference", "Verification", "compared", "verified"]

_NUMBER = re.compile(r"[+-]?\d+(?:[.,:]\d+|-\d{2}(?!\d))*(?:e[+-]?\d+)?")
_BLOCK = "\n```groundplan-inputs\n"
_PEOPLES = re.compile(r"^(?:status|decision-makers|consulted|informed):|^- \[[ xX]\] Agreed")
"""Lines that belong to the people who decide; a record is made to be agreed on."""

_SENSELESS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What deciding may end in where each part of a stored catalogue has its shape and the whole has no sense: one without criteria."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A place where a record differs from what follows. line: in the record, from 1; heading: of the section it stands in.

    stands: the number, or the line, in the record, empty when it is missing there; follows: what it should be.
    """

    line: int
    heading: str
    stands: str
    follows: str

    def __str__(self) -> str:
        """Say it in a sentence."""
        where = f"line {self.line}, {self.heading}"
        if not self.stands:
            return f"{where}: a line is missing: {self.follows}"
        return f"{where}: {self.stands} stands there, {self.follows} follows from the stored inputs"


@dataclass(frozen=True, slots=True)
class Verification:
    """What came out. numbers, lines: how many were derived again and compared. added: lines by other hands, not checked.

    version: of Groundplan that wrote the record.
    """

    differences: tuple[Difference, ...]
    numbers: int
    lines: int
    added: int
    version: str
    as_of: str


def verified(text: str, place: str) -> Verification:
    """Decide again from the inputs stored in a record and hold every line against it. Raises InputError when it is no record."""
    inputs = stored(text, place)
    return compared(text, _derived(inputs, place), inputs.version, inputs.as_of)


def _derived(inputs: Stored, place: str) -> str:
    """Give the text that follows. A record may be of any age and hand: that its parts fit is known only by deciding."""
    try:
        return decision_adr(again(inputs, place))
    except _SENSELESS as error:
        rule = (
            f"can't be decided from ({type(error).__name__}: {error}); groundplan {inputs.version} wrote it, this is {__version__}"
        )
        remedy = "take the record from its history, or verify it with the version that wrote it"
        raise InputError(str(Problem(place, "what the stored inputs hold", rule, remedy))) from error


def compared(text: str, derived: str, version: str = "", as_of: str = "") -> Verification:
    """Hold the text of a record against what was derived from its inputs."""
    ours, theirs = _lines(derived), _lines(text)
    left_shapes, right_shapes = ([_NUMBER.sub("#", line.words) for line in side] for side in (ours, theirs))
    numbers = sum(len(_NUMBER.findall(line.words)) for line in ours)
    if left_shapes == right_shapes:
        found = [difference for pair in zip(ours, theirs, strict=True) for difference in _numbers(*pair)]
        return Verification(tuple(found), numbers, len(ours), 0, version, as_of)
    differences: list[Difference] = []
    added = 0
    for tag, left, left_end, right, right_end in difflib.SequenceMatcher(
        None, left_shapes, right_shapes, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            for one, other in zip(ours[left:left_end], theirs[right:right_end], strict=True):
                differences += _numbers(one, other)
        elif tag == "insert":
            added += right_end - right
        else:
            differences += _changed(ours[left:left_end], theirs[right:right_end], theirs, right)
    return Verification(tuple(differences), numbers, len(ours), added, version, as_of)


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    heading: str
    words: str


def _lines(text: str) -> list[_Line]:
    """Give the lines that are derived: those with words, up to the stored inputs, without those that people fill in."""
    found: list[_Line] = []
    heading = "the head of the record"
    for number, words in enumerate(text[: text.rfind(_BLOCK)].splitlines(), 1):
        heading = words.lstrip("# ") if words.startswith("#") else heading
        if words.strip() and not _PEOPLES.match(words):
            found.append(_Line(number, heading, words.rstrip()))
    return found


def _numbers(ours: _Line, theirs: _Line) -> Iterator[Difference]:
    if ours.words == theirs.words:
        return
    pairs = zip(_NUMBER.findall(theirs.words), _NUMBER.findall(ours.words), strict=True)
    yield from (Difference(theirs.number, theirs.heading, stands, follows) for stands, follows in pairs if stands != follows)


def _changed(ours: Sequence[_Line], theirs: Sequence[_Line], everything: Sequence[_Line], place: int) -> Iterator[Difference]:
    """Pair lines in order; what is left of ours is missing, what is left of theirs stands where nothing should."""
    for one, other in zip(ours, theirs, strict=False):
        yield Difference(other.number, other.heading, repr(other.words), repr(one.words))
    here = everything[min(place, len(everything) - 1)] if everything else _Line(1, "the head of the record", "")
    yield from (Difference(here.number, here.heading, "", one.words) for one in ours[len(theirs) :])
    for other in theirs[len(ours) :]:
        yield Difference(other.number, other.heading, repr(other.words), "no such line")
