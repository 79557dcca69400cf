"""What people ask of a part while its answers are timed: the mix of requests, each with what a right answer looks like.

The mix is the same for every framework, and is named in the verdict (docs/decisions/0080). A latency that leaves out writes
would flatter whoever writes slowly, so one request in ten writes.
"""

import itertools
import json
from dataclasses import dataclass

from groundplan.brief.model import LoadPlan, Must
from groundplan.measure.ceiling import ceiling
from groundplan.measure.driver import Target, Watcher, arrivals, drive
from groundplan.measure.intervals import BEYOND
from groundplan.measure.samples import Samples
from groundplan.measure.wire import Request, cookie_header
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.surface import PartAt
from groundplan.proof.visitor import Visitor

__all__ = ["WARM_UP", "Mix", "ask_driver", "ask_project", "mix_for", "part_of", "warm_up"]

WARM_UP = 2.0
"""Seconds of the same load before each measured run; thrown away."""
SEEDED = 60
"""Fewest rows that exist before anything is timed, so that a page of rows is full."""
PATIENCE = 10.0
CEILING_SECONDS = 5.0
CEILING_SAMPLES = 1.2
"""How many times the fewest samples for a percentile are taken of the driver itself."""
DEFAULT_RATE, DEFAULT_SECONDS = 20.0, 10.0


@dataclass(frozen=True, slots=True)
class Mix:
    """The requests of one run, in order. told: the mix in words. size: bytes of a typical right answer."""

    requests: tuple[Request, ...]
    told: str
    size: int


def part_of(scene: Scene, must: Must) -> PartAt:
    """Give the part that a must is about; of the whole product that is the API, else the pages."""
    part = scene.surface.part(must.part) if must.part else scene.api or scene.web
    if part is None:
        raise UnprovableError(f"the project has no part {must.part or 'that answers requests'}")
    return part


def rate_of(plan: LoadPlan) -> float:
    """Give the arrival rate, a small one when the must names none."""
    return plan.rate or DEFAULT_RATE


def seconds_of(plan: LoadPlan) -> float:
    """Give the duration of one run, a short one when the must names none."""
    return plan.duration or DEFAULT_SECONDS


def mix_for(scene: Scene, part: PartAt, count: int) -> Mix:
    """Give ``count`` requests for a part. Raises UnprovableError when a first one of each kind is not answered rightly."""
    if scene.api is not None and part.name == scene.api.name:
        return _api(scene, count)
    if scene.web is not None and part.name == scene.web.name:
        return _pages(scene, count)
    raise UnprovableError(f"what people ask of a part of kind {part.kind} on {part.framework} is not known to the judge")


def seed(scene: Scene) -> None:
    """Write rows until a page of them is full."""
    for _ in range(SEEDED - len(scene.newest())):
        said = scene.add(scene.row())
        if said.status not in (200, 201, 204, 302, 303):
            raise UnprovableError(f"a row of {scene.entity.name} could not be written: answered {said}")


def _api(scene: Scene, count: int) -> Mix:
    seed(scene)
    path, people = scene.api_rows(), scene.people()
    listed = _first(scene, path)
    one = f"{path}/{scene.newest()[0]['id']}"
    read = _first(scene, one)
    requests = []
    for number in range(count):
        person = people[number % len(people)]
        turn = number % 10
        if turn == 9:  # noqa: PLR2004  (one in ten)
            body = json.dumps(scene.row()).encode()
            headers = {**person.json_headers(), **_cookies(person)}
            requests.append(Request("add", "POST", path, headers, body, expect_status=201, expect_text=b'"id"'))
        elif turn % 2:
            requests.append(Request("row", "GET", one, _cookies(person), expect_text=b'"id"', expect_size=read // 2))
        else:
            requests.append(Request("list", "GET", path, _cookies(person), expect_text=b'"items"', expect_size=listed // 2))
    return Mix(tuple(requests), f"of 10 requests 5 GET {path}, 4 GET {path}/…, 1 POST", (5 * listed + 5 * read) // 10)


def _pages(scene: Scene, count: int) -> Mix:
    seed(scene)
    page, people = scene.page(), scene.people()
    form, _ = scene.form(scene.member)
    sizes = {path: _first(scene, path) for path in (page, form)}
    requests = []
    for number in range(count):
        path = form if number % 10 == 9 else page  # noqa: PLR2004  (one in ten)
        label = "form" if path == form else "page"
        headers = _cookies(people[number % len(people)])
        requests.append(Request(label, "GET", path, headers, expect_text=b"</html>", expect_size=sizes[path] // 2))
    return Mix(tuple(requests), f"of 10 requests 9 GET {page}, 1 GET {form}", sizes[page])


def _first(scene: Scene, path: str) -> int:
    """Ask once by hand and give the size of the right answer."""
    said = scene.member.get(path)
    if not said.good:
        raise UnprovableError(f"{path} answered {said} to the first request")
    return len(said.body)


def _cookies(person: Visitor) -> dict[str, str]:
    return {"Cookie": cookie_header(person.cookies)} if person.cookies else {}


async def warm_up(target: Target, mix: Mix, plan: LoadPlan) -> None:
    """Drive the first requests of a mix and throw their samples away."""
    rate, seconds = rate_of(plan), min(WARM_UP, seconds_of(plan))
    due = arrivals(rate, seconds, 0)
    await drive(target, mix.requests[: len(due)], due, rate=rate, duration=seconds, patience=PATIENCE)


async def ask_project(target: Target, mix: Mix, plan: LoadPlan, *, seed_number: int, watch: Watcher | None = None) -> Samples:
    """Drive the requests of a mix that the warm-up left, at the plan's rate."""
    rate, seconds = rate_of(plan), seconds_of(plan)
    due = arrivals(rate, seconds, seed_number)
    return await drive(target, mix.requests[-len(due) :], due, rate=rate, duration=seconds, patience=PATIENCE, watch=watch)


def count_for(plan: LoadPlan) -> int:
    """Give how many requests a warm-up and a run take together."""
    rate, seconds = rate_of(plan), seconds_of(plan)
    return len(arrivals(rate, seconds, 0)) + len(arrivals(rate, min(WARM_UP, seconds), 0))


async def ask_driver(mix: Mix, plan: LoadPlan, percent: float) -> Samples:
    """Drive a server that does nothing at the same rate, or at a higher one where that would give too few samples.

    A higher rate is no advantage to the driver, so its own time is not told too small.
    """
    seconds = min(CEILING_SECONDS, seconds_of(plan))
    rate = max(rate_of(plan), CEILING_SAMPLES * BEYOND / (1 - percent / 100) / seconds)
    due = arrivals(rate, seconds, 0)
    requests = list(itertools.islice(itertools.cycle(mix.requests), len(due)))
    return await ceiling(requests, due, rate=rate, duration=seconds, size=mix.size)
