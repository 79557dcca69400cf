"""How the criteria of performance are read: measured costs against the load of the brief."""

from collections.abc import Callable
from dataclasses import replace

from groundplan.catalogue.model import Fact
from groundplan.decision import costs
from groundplan.decision.doubts import about
from groundplan.decision.readings import Place, Reading

__all__ = ["headroom", "installed", "memory", "sockets", "waiting"]


def sockets(after_growth: bool) -> Callable[[Place], Reading]:  # noqa: FBT001  # read twice, once for each load
    """Read the seconds until one message has reached all connections, of now or after growth."""

    def read(place: Place) -> Reading:
        count = (place.part.sockets_later if after_growth else place.part.sockets) or 0.0
        speed = costs.deliveries_per_second(place.option, place.server, place.catalogue)
        stack = " + ".join(place.option.names())
        if speed is None:
            missing = f"Never measured: how fast {stack} on {place.server} delivers to open sockets."
            said = f"how long a message takes to {count:,.0f} connections was never measured on {stack}"
            return Reading(None, said, missing=missing, doubts=about(place, "deliveries", (), missing))
        seconds = count / speed
        facts = _measured(place, "deliveries_per_second", speed, "1/s")
        words = f"one message reaches {count:,.0f} connections in {seconds:.2g} s"
        return Reading(seconds, words, facts, doubts=about(place, "deliveries", facts))

    return read


def _measured(place: Place, fact_id: str, figure: float, unit: str) -> tuple[Fact, ...]:
    """Give a measured figure as a fact, with source, date and conditions of its run."""
    run = place.catalogue.measured
    subject = f"{' + '.join(place.option.names())} on {place.server} ({place.option.interface})"
    return () if run is None else (replace(run, subject=subject, id=fact_id, value=round(figure, 1), unit=unit),)


def waiting(place: Place) -> Reading:
    """Read the share of a process's places that requests waiting on others take."""
    method = place.catalogue.method.waiting
    provision = place.option.provisions.get("async_handlers")
    loop = place.option.interface != "wsgi" and provision is not None and provision.party != "absent"
    places = method.loop_places if loop else method.thread_places
    fact = Fact("method", "waiting", places, "requests at once", method.source, "method.toml", method.date, method.grade)
    words = f"{place.part.waiting:,.0f} requests wait on others at once; a process has {places:,.0f} places"
    doubts = about(place, "places", (fact,), subject="event loop" if loop else "threads")
    return Reading(100 * place.part.waiting / places, words, (fact,), doubts=doubts)


def headroom(place: Place) -> Reading:
    """Read the processor cores that the load after growth takes."""
    cost = costs.cpu_us(place.option, place.part.kind, place.server, place.catalogue)
    stack = " + ".join(place.option.names())
    if cost is None:
        missing = f"Never measured: the cost of a request on {stack} on {place.server}."
        said = f"the cost of a request on {stack} was never measured"
        return Reading(None, said, missing=missing, doubts=about(place, "cpu_us", (), missing))
    cores = place.situation.rate_later * cost / 1e6
    words = f"{place.situation.rate_later:,.0f} requests/s of its workload take {cores:.2g} cores"
    facts = _measured(place, "cpu_us", cost, "µs per request")
    return Reading(cores, words, facts, doubts=about(place, "cpu_us", facts))


def memory(place: Place) -> Reading:
    """Read the memory of a process after load, MB."""
    figure = costs.memory_mb(place.option, place.server, place.catalogue)
    stack = " + ".join(place.option.names())
    if figure is None:
        missing = f"Never measured: the memory of {stack} on {place.server}."
        return Reading(None, "memory was never measured", missing=missing, doubts=about(place, "rss_mb", (), missing))
    facts = _measured(place, "rss_mb", figure, "MB")
    return Reading(figure, f"a process takes {figure:g} MB", facts, doubts=about(place, "rss_mb", facts))


def installed(place: Place) -> Reading:
    """Read the installed size of framework, add-ons and server, MB."""
    figure = costs.installed_mb(place.option, place.server, place.catalogue)
    if figure is None:
        missing = f"Never measured: the installed size of {place.option.framework.title} on {place.server}."
        return Reading(None, "installed size was never measured", missing=missing, doubts=about(place, "installed_mb", (), missing))
    facts = _measured(place, "installed_mb", figure, "MB")
    return Reading(figure, f"{figure:.0f} MB installed with its server", facts, doubts=about(place, "installed_mb", facts))
