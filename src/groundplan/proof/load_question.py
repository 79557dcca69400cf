"""Latency, errors and throughput: the same load, judged in different ways."""

from dataclasses import dataclass, field

from groundplan.brief.model import Must
from groundplan.measure.samples import Floats, Samples
from groundplan.measure.strain import Strain, start_strain
from groundplan.proof.limits import Judged
from groundplan.proof.load import (
    CEILING_SECONDS,
    WARM_UP,
    Mix,
    ask_driver,
    ask_project,
    count_for,
    mix_for,
    part_of,
    rate_of,
    seconds_of,
    warm_up,
)
from groundplan.proof.load_verdicts import judge_errors, judge_latency, judge_throughput
from groundplan.proof.question import Question, Stage, run_here

__all__ = ["LoadQuestion", "LoadRuns"]

CALM = 0.02
"""Part of the machine that other programs may use before a run is measured again."""
TRIES = 3
"""Most runs on one start; the one that others disturbed least counts, whatever it says."""


@dataclass(slots=True)
class LoadRuns:
    """Load on one part at one rate; musts that ask for the same load share its runs. told: the mix in words.

    repeated: runs that were measured again because others disturbed them.
    """

    runs: dict[int, Samples] = field(default_factory=dict)
    strains: list[Strain] = field(default_factory=list)
    driver: Samples | None = None
    told: str = ""
    repeated: int = 0


class LoadQuestion(Question):
    """Latency, errors or throughput at an arrival rate."""

    def __init__(self, must: Must, shared: LoadRuns) -> None:
        """Use the runs of this load, whoever measures them first."""
        super().__init__(must)
        self.shared = shared

    @property
    def seconds(self) -> float:
        """Give warm-up, run and, in the mean, the driver's own ceiling."""
        return WARM_UP + seconds_of(self.must.load) + CEILING_SECONDS / self.starts

    def ask(self, stage: Stage) -> None:
        """Measure the driver alone once, then the project."""
        if stage.number in self.shared.runs:
            return
        plan = self.must.load
        mix = mix_for(stage.scene, part_of(stage.scene, self.must), count_for(plan))
        percent = self.must.check.percentile or 99.0
        if self.shared.driver is None:
            self.shared.driver = run_here(ask_driver(mix, plan, percent))
        self.shared.runs[stage.number], strain = run_here(self._calmest(stage, mix))
        self.shared.strains.append(strain)
        self.shared.told = mix.told

    async def _calmest(self, stage: Stage, mix: Mix) -> tuple[Samples, Strain]:
        """Measure, and again while other programs disturb; only who used the processors decides which run counts."""
        tried = [await self._load(stage, mix)]
        while tried[-1][1].others_share > CALM and len(tried) < TRIES:
            self.shared.repeated += 1
            others = f"other programs used {tried[-1][1].others_share:.0%} of the machine"
            stage.say(f"measuring again, {len(tried) + 1} of at most {TRIES} times: {others}")
            tried.append(await self._load(stage, mix))
        return min(tried, key=lambda one: one[1].others_share)

    async def _load(self, stage: Stage, mix: Mix) -> tuple[Samples, Strain]:
        rate = rate_of(self.must.load)
        await warm_up(stage.target, mix, self.must.load)
        ended = start_strain(stage.project.process.pid)
        samples = await ask_project(
            stage.target,
            mix,
            self.must.load,
            seed_number=stage.number + 1,
            watch=lambda sent, _count: stage.watch(WARM_UP + sent / rate),
        )
        return samples, ended()

    def judge(self) -> Judged:
        """Judge by the metric."""
        runs, plan = [self.shared.runs[number] for number in sorted(self.shared.runs)], self.must.load
        self.method = (
            f"open loop, Poisson arrivals at {rate_of(plan):g}/s for {seconds_of(plan):g} s on each of {len(runs)} starts, "
            f"{WARM_UP:g} s warm-up thrown away; {self.shared.told}{self._repeated()}"
        )
        match self.must.metric:
            case "latency":
                driver: Floats = self.shared.driver.latencies() if self.shared.driver is not None else runs[0].lags()[:0]
                return judge_latency(self.must.check, runs, driver, self.shared.strains)
            case "errors":
                return judge_errors(self.must.check, runs, self.shared.strains)
            case _:
                return judge_throughput(self.must.check, runs, self.shared.strains)

    def _repeated(self) -> str:
        """Say how often a run was measured again."""
        if not self.shared.repeated:
            return ""
        return f"; measured again {self.shared.repeated} times, because other programs used more than {CALM:.0%} of the machine"

    def raw(self) -> object:
        """Give every sample: microseconds from the intended moment, outcome and status, start by start."""
        return [
            {
                "intended_us": (run.intended // 1000).tolist(),
                "sent_us": (run.sent // 1000).tolist(),
                "done_us": (run.done // 1000).tolist(),
                "outcome": run.outcome.tolist(),
                "status": run.status.tolist(),
                "label": run.label.tolist(),
                "labels": run.labels,
                "driver_cpu_seconds": run.cpu_seconds,
                "connections": run.connections,
            }
            for run in self.shared.runs.values()
        ]
