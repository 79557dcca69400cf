"""How architectures, values and reasons are put into words, the same in every form of a report."""

from collections.abc import Iterable, Iterator

from groundplan.brief.model import Brief
from groundplan.catalogue.method import Sampling
from groundplan.decision.model import Architecture, Decision, Rated, Robustness, ScreenedOut, Stack
from groundplan.decision.operating import Operating, Span

__all__ = [
    "alternatives",
    "between",
    "check_list",
    "confidence",
    "frameworks",
    "headline",
    "in_short",
    "in_words",
    "meaning",
    "named",
    "operating_line",
    "percent",
    "rough",
    "screened_lines",
    "stack_name",
    "staying_lines",
    "tie",
]

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
    "litestar": "Litestar",
    "sanic": "Sanic",
    "tornado": "Tornado",
    "falcon": "Falcon",
    "pyramid": "Pyramid",
    "blacksheep": "BlackSheep",
    "bottle": "Bottle",
    "robyn": "Robyn",
    "apiflask": "APIFlask",
    "sqladmin": "SQLAdmin",
    "sqlalchemy": "SQLAlchemy",
    "authlib": "Authlib",
    "alembic": "Alembic",
    "granian": "Granian",
    "uvicorn": "Uvicorn",
    "own": "own server",
    "hypercorn": "Hypercorn",
    "gunicorn": "Gunicorn",
    "daphne": "Daphne",
}


def named(name: str) -> str:
    """Give a catalogue name as people write it; a package that goes by its own name keeps it."""
    return _TITLES.get(name, name)


def stack_name(stack: Stack) -> str:
    """Name framework and add-ons."""
    return " + ".join(named(name) for name in (stack.framework, *stack.addons))


def frameworks(names: Iterable[str]) -> str:
    """Name frameworks together, e.g. ``Django + FastAPI``."""
    return " + ".join(named(name) for name in names)


def headline(architecture: Architecture) -> str:
    """Say in a line what is recommended."""
    count = len(architecture.topology.processes)
    return f"{frameworks(architecture.frameworks)}, {_NUMBERS.get(count, f'{count} processes')} ({architecture.topology.name})"


def in_words(architecture: Architecture) -> str:
    """Name what serves each part, e.g. ``office: Django; live: FastAPI (split)``."""
    parts = "; ".join(f"{part}: {stack_name(stack)}" for part, stack in architecture.stacks.items())
    return f"{parts} ({architecture.topology.name})"


def in_short(architecture: Architecture) -> str:
    """Name the framework of each part, e.g. ``office Django, live FastAPI (split)``."""
    parts = ", ".join(f"{part} {named(stack.framework)}" for part, stack in architecture.stacks.items())
    return f"{parts} ({architecture.topology.name})"


def rough(figure: float) -> str:
    """Give a figure with two digits, as an order of magnitude deserves."""
    return f"{float(f'{figure:.2g}'):,.10g}"


def percent(share: float, digits: int = 0) -> str:
    """Give a share in [0, 1] as people write it, e.g. ``36 %``."""
    return f"{100 * share:.{digits}f} %"


def between(span: Span, unit: str) -> str:
    """Give a range with its unit, e.g. ``0.4 to 1.5 cores``."""
    low, high = rough(span.low), rough(span.high)
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def confidence(decision: Decision, robust: Robustness) -> str:
    """Say how sure the recommendation is, with the figures behind the word."""
    chosen = decision.chosen.architecture
    used = set(chosen.frameworks)
    share = next((family.share for family in robust.families if set(family.frameworks) == used), 0.0)
    regret = ""
    if robust.accepted:
        own = robust.accepted[0]
        regret = f" Choosing it gives away {own.regret:.3f} on average, at most {own.regret_95:.3f} in 95 of 100 draws."
    verb = "come" if len(chosen.frameworks) > 1 else "comes"
    return (
        f"{frameworks(chosen.frameworks)} {verb} first in {percent(share)} of {robust.draws:,} draws of the weights and facts "
        f"that could be true.{regret}"
    )


def meaning(word: str, sampling: Sampling) -> str:
    """Say when a word of confidence is used."""
    most = f"gives away at most {sampling.clear_regret:g} in 95 of 100"
    return {
        "clear": f"its frameworks come first in at least {percent(sampling.clear)} of the draws, and choosing it {most}",
        "lean": f"its frameworks come first in at least {percent(sampling.lean)} of the draws",
    }.get(word, "no frameworks come first often enough; of the architectures that are as good, the simplest is recommended")


def tie(decision: Decision) -> str:
    """Say at which weight of simplicity a hybrid and the best single framework tie; empty when there is no such weight."""
    robust = decision.robustness
    if robust is None or robust.tie_weight is None:
        return ""
    now = next((found.weight for found in decision.chosen.contributions if found.criterion == "simplicity"), 0.0)
    return f"they tie when simplicity weighs {robust.tie_weight:.3f}, now {now:.3f}"


def alternatives(decision: Decision, count: int) -> list[Rated]:
    """Give the next best architectures that differ in what serves a part, best first."""
    found: dict[tuple[str, ...], Rated] = {}
    for rated in (decision.chosen, *decision.leading):
        found.setdefault(tuple(stack.framework for stack in rated.architecture.stacks.values()), rated)
    return list(found.values())[1 : count + 1]


def staying_lines(decision: Decision) -> Iterator[str]:
    """Say what becomes of what runs today: keeping it all, moving one part, and what each lacks against the recommendation."""
    for stay in decision.staying:
        what = f"{stay.kind} ({stay.part})" if stay.part else stay.kind
        if stay.place is None or stay.behind is None:
            yield f"{what}: there is no such architecture; {stay.why}."
        else:
            rated = decision.ranked[stay.place]
            yield f"{what}: {in_words(rated.architecture)}: {rated.value:.3f}, {_behind(stay.place, stay.behind)}"


def _behind(place: int, behind: float) -> str:
    if not place:
        return "which is recommended"
    return f"behind by {behind:.3f}" if behind >= 0 else f"ahead by {-behind:.3f}, though less simple"


def operating_line(found: Operating) -> str:
    """Say in a line what an architecture takes to run."""
    copies = Span(sum(one.workers.low for one in found.processes), sum(one.workers.high for one in found.processes))
    told = f"{between(copies, 'process' if copies.high == 1 else 'processes')}{''.join(f', {name}' for name in found.services)}"
    load = f"{found.requests_per_second:,.10g} requests/s" + (
        f" and {found.open_connections:,.10g} connections" if found.open_connections else ""
    )
    price = f", {between(found.price, found.currency)} a month" if found.price else ""
    missing = " without what was never measured" if found.missing else ""
    return f"{told}; {between(found.cores, 'cores')}, {between(found.memory_gb, 'GB')}{price} at {load}{missing}"


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
    """Give what to find out first: facts by what knowing them is worth, what only a running project proves, what is not known."""
    checks = decision.robustness.checks if decision.robustness else ()
    worth = tuple(f"{check.sentence} [worth {check.worth:.4f}]" for check in checks)
    proven = tuple(f"{must.id}: {must.metric} {must.check.text}" for must in brief.musts)
    return (*worth, *((f"Only a running project proves: {'; '.join(proven)}.",) if proven else ()), *decision.unknown)
