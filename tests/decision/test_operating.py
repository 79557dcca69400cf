"""What an architecture takes to run: hand-made sums on the shipped figures."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Target
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision
from groundplan.decision.model import Architecture, Stack, Topology
from groundplan.decision.operating import Operating, Span, operating

AS_OF = "2026-11-22"
Example = Callable[[str], Brief]
Decided = Callable[[Brief], Decision]

SPLIT = Architecture(
    {
        "office": Stack("django", (), "granian", "wsgi"),
        "public": Stack("fastapi", (), "uvicorn", "asgi"),
        "live": Stack("starlette", (), "uvicorn", "asgi"),
    },
    Topology("split", {"sync": ("office",), "async": ("public", "live")}),
)


@pytest.fixture
def pulse(example: Example, catalogue: Catalogue) -> Operating:
    return operating(SPLIT, example("pulse"), catalogue, AS_OF)


def near(low: float, high: float) -> Span:
    return Span(pytest.approx(low), pytest.approx(high))  # type: ignore[arg-type]  # compares like a float


def test_cores_are_rate_times_processor_time_within_the_drift(pulse: Operating) -> None:
    # 150 pages/s of 1,054 µs on Django; 75 rows/s of 411 µs on FastAPI and 75 answers/s of 63 µs on Starlette.
    sync, event_loop = pulse.processes
    assert sync.cores == near(0.1581 * 0.60, 0.1581 * 1.48)
    assert event_loop.cores == near(0.03555 * 0.60, 0.03555 * 1.48)


def test_memory_is_that_of_the_workers_and_of_open_connections(pulse: Operating) -> None:
    sync, event_loop = pulse.processes
    assert sync.memory_mb == Span(92 + 10, 92 + 150)
    sockets = 123.5  # 5,000 of 24.7 KB
    assert event_loop.memory_mb == near(60 + 10 + sockets, 60 + 52 + 150 + sockets)


def test_workers_follow_the_load(pulse: Operating, example: Example, catalogue: Catalogue) -> None:
    assert [process.workers for process in pulse.processes] == [Span(1, 1), Span(1, 1)]
    later = operating(SPLIT, example("pulse"), catalogue, AS_OF, later=True)
    assert later.processes[0].workers == Span(2, 6)
    assert (later.requests_per_second, later.open_connections) == (3000, 50_000)


def test_services_are_those_that_the_product_needs(pulse: Operating, example: Example, catalogue: Catalogue) -> None:
    assert pulse.services == ("PostgreSQL", "Valkey", "Caddy")
    one = replace(SPLIT, topology=Topology("together", {"all": ("office", "public", "live")}))
    assert operating(one, example("pulse"), catalogue, AS_OF).services == ("PostgreSQL",)


def test_the_price_lies_between_the_cheapest_and_the_dearest_list(pulse: Operating) -> None:
    assert pulse.price is not None
    assert pulse.price.low == pytest.approx(6 * pulse.cores.low + 3 * pulse.memory_gb.low)
    assert pulse.price.high == pytest.approx(29.55 * pulse.cores.high + 3.24 * pulse.memory_gb.high)


def test_the_price_is_never_below_the_smallest_plan(example: Example, catalogue: Catalogue) -> None:
    dear = tuple(replace(price, least=50.0) for price in catalogue.prices.price)
    found = operating(SPLIT, example("pulse"), replace(catalogue, prices=replace(catalogue.prices, price=dear)), AS_OF)
    assert found.price is not None
    assert found.price.low == 50.0


@pytest.mark.parametrize("host", ["device", "desktop"])
def test_nobody_rents_a_device(example: Example, catalogue: Catalogue, host: str) -> None:
    brief = replace(example("pulse"), target=Target(host=host))
    found = operating(SPLIT, brief, catalogue, AS_OF)
    assert (found.price, found.services) == (None, ())
    assert not any("USD" in words for words in found.assumptions)


def test_a_list_that_came_later_is_no_price(example: Example, catalogue: Catalogue) -> None:
    assert operating(SPLIT, example("pulse"), catalogue, "2022-06-30").price is None


def test_what_was_never_measured_is_named_and_left_out(example: Example, catalogue: Catalogue) -> None:
    bare = replace(catalogue, requests=(), sockets=())
    found = operating(SPLIT, example("pulse"), bare, AS_OF)
    assert "processor time of a request on fastapi on uvicorn" in found.missing
    assert "memory of django on granian" in found.missing
    assert "memory of an open connection on starlette on uvicorn" in found.missing
    assert all(process.cores == Span(0, 0) for process in found.processes)


def test_a_brief_that_expects_no_growth_has_the_same_load_later(example: Example, catalogue: Catalogue) -> None:
    brief = example("pulse")
    still = replace(brief, load=replace(brief.load, later=None))
    assert operating(SPLIT, still, catalogue, AS_OF, later=True) == operating(SPLIT, still, catalogue, AS_OF)


def test_half_a_word_about_growth_keeps_the_other_figure(example: Example, catalogue: Catalogue) -> None:
    brief = example("pulse")
    assert brief.load.later is not None
    rate_only = replace(brief, load=replace(brief.load, later=replace(brief.load.later, open_connections=None)))
    found = operating(SPLIT, rate_only, catalogue, AS_OF, later=True)
    assert (found.requests_per_second, found.open_connections) == (3000, 5000)


def test_every_range_comes_with_what_it_rests_on(pulse: Operating, catalogue: Catalogue) -> None:
    told = " ".join(pulse.assumptions)
    assert all(price.where in told and price.date in told for price in catalogue.prices.price)
    assert "0.6 to 1.48" in told
