"""How architectures, values and reasons are put into words, the same in the terminal and in the record."""

from collections.abc import Iterable, Iterator

from groundplan.brief.model import Brief
from groundplan.decision.model import Architecture, Decision, Rated, ScreenedOut, Stack

__all__ = ["alternatives", "check_list", "headline", "in_short", "in_words", "named", "screened_lines", "stack_name"]

_NUMBERS = {
    1: "one process",
    2: "two processes",
    3: "three processes",
    4: "four processes",
    5: "five processes",
    6: "six processes",
}
_TITLES = {
    "asgi": "ASGI",
    "wsgi": "WSGI",
    "django": "Django",
    "djangorestframework": "DRF",
    "django-ninja": "Django Ninja",
    "channels": "Channels",
    "fastapi": "FastAPI",
    "flask": "Flask",
    "quart": "Quart",
    "starlette": "Starlette",
    "sqlalchemy": "SQLAlchemy",
    "alembic": "Alembic",
    "granian": "Granian",
    "uvicorn": "Uvicorn",
    "own": "own server",
    "litestar": "Litestar",
    "sanic": "Sanic",
    "tornado": "Tornado",
    "falcon": "Falcon",
    "pyramid": "Pyramid",
    "blacksheep": "BlackSheep",
    "bottle": "Bottle",
    "robyn": "Robyn",
}


def named(name: str) -> str:
    """Give a catalogue name as people write it."""
    return _TITLES.get(name, name)


def stack_name(stack: Stack) -> str:
    """Name framework and add-ons."""
    return " + ".join(named(name) for name in (stack.framework, *stack.addons))


def headline(architecture: Architecture) -> str:
    """Say in a line what is recommended."""
    frameworks = " + ".join(named(name) for name in architecture.frameworks)
    count = len(architecture.topology.processes)
    return f"{frameworks}, {_NUMBERS.get(count, f'{count} processes')} ({architecture.topology.name})"


def in_words(architecture: Architecture) -> str:
    """Name what serves each part, e.g. ``office: Django; live: FastAPI (split)``."""
    parts = "; ".join(f"{part}: {stack_name(stack)}" for part, stack in architecture.stacks.items())
    return f"{parts} ({architecture.topology.name})"


def in_short(architecture: Architecture) -> str:
    """Name the framework of each part, e.g. ``office Django, live FastAPI (split)``."""
    parts = ", ".join(f"{part} {named(stack.framework)}" for part, stack in architecture.stacks.items())
    return f"{parts} ({architecture.topology.name})"


def alternatives(decision: Decision, count: int) -> list[Rated]:
    """Give the next best architectures that differ in what serves a part, best first."""
    found: dict[tuple[str, ...], Rated] = {}
    for rated in decision.ranked:
        found.setdefault(tuple(stack.framework for stack in rated.architecture.stacks.values()), rated)
    return list(found.values())[1 : count + 1]


def screened_lines(rows: Iterable[ScreenedOut]) -> Iterator[tuple[str, str, str, str]]:
    """Give (part, stacks, fact, constraint) with rows of the same part, fact and constraint put together."""
    grouped: dict[tuple[str, str, str], dict[str, None]] = {}
    for row in rows:
        fact = row.fact.split(" under ")[0]
        grouped.setdefault((row.part, fact, row.constraint), {})[_under(row.stack)] = None
    for (part, fact, constraint), names in grouped.items():
        yield part, ", ".join(names), fact, constraint


def _under(stack: str) -> str:
    """Shorten ``django + channels (asgi)`` to the framework and its interface."""
    framework = named(stack.split(" ", 1)[0])
    return f"{framework} ({named(stack.rpartition('(')[2][:-1])})" if stack.endswith(")") else framework


def check_list(decision: Decision, brief: Brief) -> tuple[str, ...]:
    """Give what was not known, facts first, and the musts that only a running project can prove."""
    proven = tuple(f"{must.id}: {must.metric} {must.check.text}" for must in brief.musts)
    return (*decision.unknown, *((f"Only a running project proves: {'; '.join(proven)}.",) if proven else ()))
