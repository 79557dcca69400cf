"""Briefs of every kind, for tests of what must hold for all of them, and what a search starts from."""

from hypothesis import strategies as st

from groundplan.brief.model import NEEDS, Brief, Horizon, Kind, Load, Part, Team
from groundplan.catalogue import Catalogue
from groundplan.decision.screening import Sieve, screen
from groundplan.decision.situation import Situation, day, situation
from groundplan.decision.whole import Layout, layouts

__all__ = ["briefs", "setting"]

AS_OF = "2026-11-22"

SKILLS = ["django", "fastapi", "flask", "quart", "starlette"]


def needs() -> st.SearchStrategy[dict[str, int | None]]:
    levels = st.one_of(st.none(), st.sampled_from([0, 1, 1, 2, 2, 3]))
    return st.dictionaries(st.sampled_from(NEEDS), levels, max_size=4)


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    size = draw(st.integers(1, 3))
    kinds = draw(st.lists(st.sampled_from(list(Kind)), min_size=size, max_size=size))
    parts = tuple(Part(f"part{index}", kind, 1 / size, draw(needs())) for index, kind in enumerate(kinds))
    later = draw(st.one_of(st.none(), st.builds(Load, st.floats(1, 5000), st.integers(0, 100_000))))
    load = Load(draw(st.one_of(st.none(), st.floats(0.1, 2000))), draw(st.one_of(st.none(), st.integers(0, 20_000))), later)
    engineers = draw(st.one_of(st.none(), st.integers(1, 30)))
    shipped: dict[str, int | None] = draw(st.dictionaries(st.sampled_from(SKILLS), st.integers(0, engineers or 3), max_size=3))
    team = Team(
        engineers, draw(st.integers(1, 3)), shipped, draw(st.one_of(st.none(), st.integers(0, 3))), draw(st.integers(2, 60))
    )
    return Brief("any", "", parts, team=team, horizon=Horizon(draw(st.one_of(st.none(), st.integers(1, 15)))), load=load)


def setting(brief: Brief, catalogue: Catalogue) -> tuple[Situation, Sieve, list[Layout]]:
    """Give what a decision starts its search from."""
    view = situation(brief, catalogue.at(day(AS_OF)), AS_OF)
    sieve = screen(view)
    servers = {interface: tuple(server.name for server in found) for interface, found in sieve.servers.items()}
    return view, sieve, layouts(view, servers)
