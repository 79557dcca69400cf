"""Single questions, asked of a stand-in that already runs."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from groundplan.brief.model import Check, Comparison, Entity, Field, FieldType, LoadPlan, Must
from groundplan.measure.driver import Target
from groundplan.measure.strain import start_strain
from groundplan.proof.listening_questions import DeliveryQuestion
from groundplan.proof.load import mix_for
from groundplan.proof.load_question import TRIES, LoadQuestion, LoadRuns
from groundplan.proof.memory import level, sampled
from groundplan.proof.memory_question import MemoryQuestion
from groundplan.proof.model import Outcome
from groundplan.proof.question import Stage, run_here
from groundplan.proof.questions import questions
from groundplan.proof.running import Launch, Running
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.states import State, States, read_state
from groundplan.proof.surface import PartAt, Surface

Switch = Callable[..., None]
Started = tuple[Running, Launch]


def _must(metric: str, limit: float, load: LoadPlan, part: str = "public") -> Must:
    percent = 50 if metric in ("latency", "delivery") else None
    return Must("m", part, metric, Check(Comparison.BELOW, limit, "s" if percent else "B", percent, "< limit"), load)


def _stage(scene: Scene, started: Started, say: Callable[[str], None] = lambda _sentence: None) -> Stage:
    return Stage(scene, started[0], 0, lambda _seconds: None, say)


@pytest.mark.parametrize(
    ("part", "load"),
    [("public", LoadPlan(duration=0.3)), ("public", LoadPlan(rate=20, duration=0.5)), ("live", LoadPlan(sockets=3, duration=0.3))],
)
def test_memory_is_read_while_idle_under_requests_and_with_sockets(
    part: str, load: LoadPlan, scene: Scene, started: Started
) -> None:
    question = MemoryQuestion(_must("memory", 10e9, load, part))
    question.ask(_stage(scene, started))
    assert question.verdict("prove").outcome is Outcome.MET
    assert min(question.levels) > 1e6
    assert question.raw() == question.levels
    assert question.seconds > 0.3


def test_memory_with_sockets_that_cannot_be_opened_is_unprovable(scene: Scene, started: Started, switch: Switch) -> None:
    question = MemoryQuestion(_must("memory", 10e9, LoadPlan(sockets=1, duration=0.1), "live"))
    assert scene.people()
    switch("permission-socket", "socket")
    with pytest.raises(UnprovableError, match="only 0 of 1 sockets"):
        question.ask(_stage(scene, started))


def test_memory_of_a_part_without_a_process_is_unprovable(scene: Scene, started: Started) -> None:
    scene.surface = Surface("s", scene.surface.root, "l", (), (PartAt("other", "api", "flask", "/x"),), ())
    with pytest.raises(UnprovableError, match="no process for the part other"):
        MemoryQuestion(_must("memory", 1, LoadPlan(), "other")).ask(_stage(scene, started))


def test_memory_counts_children_once_and_forgets_the_dead() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        both = level([os.getpid(), child.pid])
        assert level([os.getpid()]) == pytest.approx(both, rel=0.3)
        with sampled([child.pid]) as levels:
            pass
        child.communicate(b"\n")
    assert levels
    assert level([child.pid]) == 0


def test_processor_time_is_split_between_the_project_us_and_others() -> None:
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as child:
        end = start_strain(child.pid)
        sum(range(3_000_000))
        strain = end()
        child.kill()
    assert strain.driver > 0
    assert 0 <= strain.others_share <= 1
    assert strain.cores == os.cpu_count()
    assert start_strain(child.pid)().project == 0


def test_delivery_is_timed_from_the_write_to_each_socket(scene: Scene, started: Started) -> None:
    question = DeliveryQuestion(_must("delivery", 5.0, LoadPlan(sockets=4, duration=1.6, rate=25), "live"))
    question.ask(_stage(scene, started))
    (heard,) = question.heard
    assert len(heard.early.values) >= 80
    assert (heard.early.values >= heard.late.values).all()
    assert question.judge().why == "only 1 of 3 starts were measured"
    assert "'sockets': 4" in str(question.raw())


def test_pages_are_asked_for_as_pages(scene: Scene) -> None:
    assert scene.web is not None
    mix = mix_for(scene, scene.web, 20)
    assert [request.label for request in mix.requests].count("form") == 2
    assert mix.told == "of 10 requests 9 GET /sales/, 1 GET /sales/add/"


def test_of_ten_requests_to_the_api_one_writes_and_people_take_turns(scene: Scene) -> None:
    assert scene.api is not None
    mix = mix_for(scene, scene.api, 40)
    labels = [request.label for request in mix.requests]
    assert (labels.count("list"), labels.count("row"), labels.count("add")) == (20, 16, 4)
    assert len({request.headers["Cookie"] for request in mix.requests}) == 4
    assert len({request.body for request in mix.requests}) == 5


def test_the_state_is_read_page_by_page(scene: Scene, started: Started) -> None:
    target = Target(started[0].host, started[0].port)
    mix_for(scene, scene.api or PartAt("", "", "", ""), 1)
    state: State = run_here(read_state(scene, target))
    assert len(state.rows) >= 60
    assert state.position["epoch"] == "e1"


def test_sockets_that_lost_their_place_together_share_one_state(scene: Scene, started: Started) -> None:
    async def both() -> tuple[Any, ...]:
        import asyncio  # noqa: PLC0415  (only here)

        states = States(scene, Target(started[0].host, started[0].port))
        return states, await asyncio.gather(*(states.load("sale", {}) for _ in range(5)))

    states, told = run_here(both())
    assert len(states.loaded) <= 2
    assert all(number < len(states.loaded) for number, _ in told)


def test_without_an_api_the_state_of_the_pages_must_be_whole(scene: Scene, started: Started) -> None:
    surface = scene.surface
    scene.surface = Surface(
        surface.name, surface.root, "l", (), tuple(p for p in surface.parts if p.kind != "api"), surface.entities
    )
    target = Target(started[0].host, started[0].port)
    assert run_here(read_state(scene, target)).position["epoch"] == "e1"
    while len(scene.newest()) < 200:
        assert scene.add(scene.row()).status == 302
    with pytest.raises(UnprovableError, match="no more than 200 rows"):
        run_here(read_state(scene, target))
    row = scene.row("through the form")
    assert scene.add(row).status == 302
    with pytest.raises(UnprovableError, match="no API"):
        scene.api_rows()


def test_what_a_row_refers_to_is_made_first(scene: Scene) -> None:
    bill = Entity("bill", (Field("sale", FieldType.REFERENCE, target="sale"), Field("number", FieldType.INTEGER)))
    before = {row["id"] for row in scene.newest()}
    row = scene.row(entity=bill)
    assert row["sale_id"] in {row["id"] for row in scene.newest()} - before
    assert scene.row(entity=bill)["sale_id"] == row["sale_id"]


def test_an_entity_that_is_nowhere_is_told(scene: Scene) -> None:
    with pytest.raises(UnprovableError, match="are not found"):
        scene.api_rows(Entity("ghost", ()))


@pytest.mark.parametrize(
    ("parts", "ask", "told"),
    [
        ((), lambda scene: scene.entity, "names no entity"),
        ((), lambda scene: scene.page(), "no pages behind a sign-in"),
        ((), lambda scene: scene.socket_path, "no realtime part"),
    ],
)
def test_what_a_project_lacks_is_told(parts: tuple[PartAt, ...], ask: Callable[[Scene], object], told: str, scene: Scene) -> None:
    scene.surface = Surface("s", scene.surface.root, "l", (), parts, ())
    with pytest.raises(UnprovableError, match=told):
        ask(scene)


def test_equal_loads_are_shared_and_unknown_metrics_are_told() -> None:
    load = LoadPlan(rate=1, duration=1)
    latency, errors, other, unknown = questions(
        (_must("latency", 1, load), _must("errors", 1, load), _must("latency", 1, load, "office"), _must("beauty", 1, load))
    )
    assert getattr(latency, "shared") is getattr(errors, "shared")  # noqa: B009  (of the kind that shares)
    assert getattr(latency, "shared") is not getattr(other, "shared")  # noqa: B009  (of the kind that shares)
    assert unknown.verdict("prove").why == "the judge has no way to measure 'beauty'"
    assert unknown.judge().outcome is Outcome.NOT_PROVEN
    assert (unknown.seconds, unknown.starts, unknown.raw()) == (0, 0, None)


_BURN = "import time\nend = time.time() + 30\nwhile time.time() < end: pass"


def test_a_run_that_others_disturb_is_measured_again_and_the_calmest_counts(scene: Scene, started: Started) -> None:
    question = LoadQuestion(_must("latency", 10, LoadPlan(rate=20, duration=0.5)), LoadRuns())
    said: list[str] = []
    with subprocess.Popen([sys.executable, "-c", _BURN]) as burner:
        question.ask(_stage(scene, started, said.append))
        burner.kill()
    judged = question.judge()
    assert question.shared.repeated == TRIES - 1
    assert [sentence.partition(":")[0] for sentence in said] == [
        "measuring again, 2 of at most 3 times",
        "measuring again, 3 of at most 3 times",
    ]
    assert len(question.shared.strains) == 1
    assert 0.3 < judged.values["others_share"] <= 1.1
    assert question.method.endswith("measured again 2 times, because other programs used more than 2% of the machine")
