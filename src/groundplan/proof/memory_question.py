"""The memory of a part: sampled while requests come, sockets are held open, or nothing happens."""

import asyncio

from groundplan.brief.model import LoadPlan, Must
from groundplan.measure.swarm import Entry, Swarm
from groundplan.measure.wire import cookie_header
from groundplan.proof.limits import Judged
from groundplan.proof.load import WARM_UP, ask_project, count_for, mix_for, part_of, warm_up
from groundplan.proof.memory import METHOD, sampled
from groundplan.proof.question import Question, Stage, run_here
from groundplan.proof.scene import UnprovableError
from groundplan.proof.verdicts import judge_level

__all__ = ["MemoryQuestion"]

IDLE_SECONDS = 5.0


class MemoryQuestion(Question):
    """The most memory that the processes of a part were seen to use."""

    def __init__(self, must: Must) -> None:
        """Begin with no level."""
        super().__init__(must)
        self.levels: list[float] = []

    @property
    def seconds(self) -> float:
        """Give the load's time."""
        return WARM_UP + (self.must.load.duration or IDLE_SECONDS)

    def ask(self, stage: Stage) -> None:
        """Sample while the load runs."""
        part = part_of(stage.scene, self.must)
        pids = stage.project.pids_of(part.name)
        if not pids:
            raise UnprovableError(f"the runner named no process for the part {part.name}")
        with sampled(pids) as levels:
            run_here(self._load(stage))
        self.levels += levels

    async def _load(self, stage: Stage) -> None:
        plan = self.must.load
        if plan.sockets:
            await _hold(stage, plan)
        elif plan.rate:
            mix = mix_for(stage.scene, part_of(stage.scene, self.must), count_for(plan))
            await warm_up(stage.target, mix, plan)
            await ask_project(stage.target, mix, plan, seed_number=stage.number + 1)
        else:
            await asyncio.sleep(plan.duration or IDLE_SECONDS)

    def judge(self) -> Judged:
        """Judge the highest level."""
        self.method = f"{METHOD}, on {self.starts} starts"
        return judge_level(self.must.check, self.levels, "B")

    def raw(self) -> object:
        """Give all levels in bytes."""
        return self.levels


async def _hold(stage: Stage, plan: LoadPlan) -> None:
    """Hold sockets open. Raises UnprovableError when they cannot all be opened."""
    scene, count = stage.scene, plan.sockets or 1
    headers = [{"Cookie": cookie_header(person.cookies), "Origin": scene.url} for person in scene.people()]
    swarm = Swarm(Entry(stage.target, scene.socket_path, headers), (scene.entity.name,), count)
    try:
        following = await swarm.open(60.0, quiet=8.0)
        if following < count:
            raise UnprovableError(f"only {following} of {count} sockets could be opened")
        await asyncio.sleep(plan.duration or IDLE_SECONDS)
    finally:
        await swarm.close()
