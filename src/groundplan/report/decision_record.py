"""The inputs of a decision inside its record: one block at the end, enough to decide again from nothing else."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from groundplan import __version__
from groundplan import brief as briefs
from groundplan.catalogue.storing import packed, plain, restored, unpacked
from groundplan.errors import InputError, Problem
from groundplan.report.telling import PIECES, Telling, tell

__all__ = ["Stored", "again", "block", "stored"]

_OPEN = "```groundplan-inputs"
_BLOCK = re.compile(rf"^{_OPEN}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FORMAT = 1
_MOST_DRAWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Stored:
    """What a record was made from. settings: draws and seed. sections: keys of the further pieces. version: of Groundplan then."""

    brief: str
    as_of: str
    settings: dict[str, int]
    sections: tuple[str, ...]
    version: str
    catalogue: Any


def block(telling: Telling) -> Iterator[str]:
    """Give the lines of the block. It holds no result of the decision."""
    robust = telling.decision.robustness
    value = {
        "format": _FORMAT,
        "groundplan": __version__,
        "as_of": telling.decision.as_of,
        "settings": {"draws": 0} if robust is None else {"draws": robust.draws, "seed": robust.seed},
        "sections": [section.key for section in telling.sections],
        "brief": telling.brief.text,
        "catalogue": plain(telling.catalogue),
    }
    yield from (_OPEN, packed(value), "```")


def stored(text: str, place: str) -> Stored:
    """Give the inputs stored in the text of a record. place: what messages call it. Raises InputError when there are none."""
    found = _BLOCK.findall(text)
    if not found:
        raise _refusal(place, "the text", "is not a record of groundplan: it has no block of stored inputs", "give the whole file")
    try:
        value = unpacked(found[-1])
    except ValueError:
        raise _refusal(place, "the block of stored inputs", "is damaged", "take the record from its history") from None
    return _checked(value, place)


def _checked(value: Any, place: str) -> Stored:
    if not isinstance(value, dict) or value.get("format") != _FORMAT:
        raise _refusal(place, "the block of stored inputs", "has a form that this version does not know", "use a newer groundplan")
    wrong = next((name for name, right in _RIGHT.items() if not right(value.get(name))), None)
    if wrong:
        raise _refusal(place, f"{wrong!r} of the stored inputs", "is missing or was changed", "take the record from its history")
    return Stored(
        value["brief"], value["as_of"], value["settings"], tuple(value["sections"]), value["groundplan"], value["catalogue"]
    )


def _settings(value: Any) -> bool:
    """Tell whether these are draws and a seed."""
    known = isinstance(value, dict) and value.keys() <= {"draws", "seed"}
    return known and all(type(one) is int for one in value.values()) and 0 <= value.get("draws", 0) <= _MOST_DRAWS


def _day(value: Any) -> bool:
    """Tell whether it is an ISO date."""
    try:
        return dt.date.fromisoformat(value).isoformat() == str(value)
    except (TypeError, ValueError):
        return False


_RIGHT: dict[str, Callable[[Any], bool]] = {
    "brief": lambda value: isinstance(value, str),
    "as_of": _day,
    "settings": _settings,
    "sections": lambda value: isinstance(value, list) and all(isinstance(key, str) for key in value),
    "groundplan": lambda value: isinstance(value, str),
    "catalogue": lambda value: isinstance(value, dict),
}
"""Key of the stored inputs -> whether a value is one that was written there."""


def again(inputs: Stored, place: str) -> Telling:
    """Decide again from stored inputs alone; neither the results in the record nor the installed catalogue are looked at.

    Raises InputError when this version no longer knows a field or a piece of the record.
    """
    unknown = [key for key in inputs.sections if key not in PIECES]
    if unknown:
        raise _other_version(inputs, place, f"the piece {unknown[0]!r}")
    try:
        catalogue = restored(inputs.catalogue)
    except InputError as error:
        raise _other_version(inputs, place, f"its catalogue ({error})") from None
    return tell(briefs.parse(inputs.brief, f"the brief in {place}"), catalogue, inputs.as_of, inputs.sections, inputs.settings)


def _other_version(inputs: Stored, place: str, what: str) -> InputError:
    rule = f"is unknown to groundplan {__version__}; groundplan {inputs.version} wrote it"
    return _refusal(place, what, rule, f"verify it with that version: pip install groundplan=={inputs.version}")


def _refusal(place: str, value: str, rule: str, remedy: str) -> InputError:
    return InputError(str(Problem(place, value, rule, remedy)))
