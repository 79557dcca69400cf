"""Case files as cases. What a decision must not see is read from other tables than what it may see."""

import tomllib
from pathlib import Path
from typing import Any

from groundplan.backtest.model import FAMILY, Actual, ActualPart, Asked, AskedPart, Case
from groundplan.backtest.tables import Table, refuse
from groundplan.brief.model import ANSWERS, NEEDS, Kind

__all__ = ["load"]

_SCHEMA = 1
_FIRST, _LAST = 2005, 2100
_UNKNOWN = "unknown"
_SIZES = ("solo", "small", "medium", "large")
_PERFORMANCE = ("throughput", "latency", "concurrent_connections")
_HORIZON = ("longevity", "contributor_turnover")
_LEVELS = (0, 1, 2, 3)


def load(folder: Path) -> tuple[Case, ...]:
    """Give the cases of all ``*.toml`` files of a folder, in order of their names.

    Raises InputError, in one sentence with the place, when there is no such folder or file, or when a file is no case.
    """
    files = sorted(folder.glob("*.toml")) if folder.is_dir() else []
    if not files:
        raise refuse(str(folder), "the folder", "holds no case files", "name a folder with *.toml files such as backtest/open")
    return tuple(_case(Table(_read(file), file.name)) for file in files)


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse(file.name, "the file", f"must be TOML ({error})", "mend that place") from None


def _case(table: Table) -> Case:
    schema = table.number("schema", 1, 99)
    if schema != _SCHEMA:
        raise refuse(table.at("schema"), str(schema), f"must be {_SCHEMA}", "use a version of Groundplan that knows it")
    asked = _asked(table.table("needs"), table.number("year", _FIRST, _LAST))
    return Case(table.text("name"), asked, _actual(table.table("actual"), asked), table.place)


def _asked(needs: Table, year: int) -> Asked:
    team, performance, horizon = needs.table("team"), needs.table("performance"), needs.table("horizon")
    performance.known(_PERFORMANCE)
    horizon.known(_HORIZON)
    parts = tuple(_part(part) for part in needs.tables("parts"))
    names = [part.name for part in parts]
    for name in names:
        if names.count(name) > 1:
            raise refuse(needs.at("parts"), repr(name), "names two parts", "rename one of them")
    return Asked(
        year=year,
        parts=parts,
        size=team.choice("size", _SIZES),
        known=team.texts("known_frameworks"),
        performance={key: performance.number(key, 0, 3) for key in _PERFORMANCE},
        horizon={key: horizon.number(key, 0, 3) for key in _HORIZON},
        answers=_answers(needs.table("answers")) if "answers" in needs.values else {},
    )


def _part(table: Table) -> AskedPart:
    named = Table(table.values, f"{table.place} ({table.text('name')})")
    named.known(("name", "kind", *NEEDS))
    kind = named.choice("kind", [kind.value for kind in Kind])
    levels = {need: _level(named, need) for need in NEEDS if need in named.values}
    return AskedPart(named.text("name"), kind, levels)


def _level(table: Table, need: str) -> int | None:
    found: int | str = table.choice(need, (*_LEVELS, _UNKNOWN))
    return found if isinstance(found, int) else None


def _answers(table: Table) -> dict[str, int | str | None]:
    table.known(ANSWERS)
    found: dict[str, int | str] = {key: table.choice(key, (*ANSWERS[key], _UNKNOWN)) for key in ANSWERS if key in table.values}
    return {key: None if answer == _UNKNOWN else answer for key, answer in found.items()}


def _actual(table: Table, asked: Asked) -> Actual:
    parts = {part.text("name"): _served(part) for part in table.tables("parts")}
    missing = [part.name for part in asked.parts if part.name not in parts]
    if missing:
        raise refuse(table.at("parts"), repr(missing[0]), "is missing", "say what served every part of the needs")
    return Actual(
        main=_family(table.text("main")),
        acceptable=_families(table.texts("also_acceptable")),
        hybrid=table.flag("hybrid"),
        migrated=bool(table.texts("migrated_from")),
        parts=parts,
    )


def _served(table: Table) -> ActualPart:
    return ActualPart(_families(table.texts("frameworks")), _families(table.texts("also_acceptable")))


def _family(name: str) -> str:
    return FAMILY.get(name, name)


def _families(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_family(name) for name in names))
