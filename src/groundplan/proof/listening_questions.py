"""Events lost and delivery: sockets that listen while rows are written."""

from groundplan.brief.model import Must
from groundplan.measure.strain import Strain, start_strain
from groundplan.proof.limits import Judged
from groundplan.proof.listening import Heard, listen, seconds_of_listening
from groundplan.proof.load_verdicts import judge_delivery
from groundplan.proof.question import Question, Stage, run_here
from groundplan.proof.verdicts import judge_count

__all__ = ["DeliveryQuestion", "LostQuestion"]

SETTLE_SECONDS = 8.0


class ListeningQuestion(Question):
    """Something about sockets that listen while rows are written."""

    def __init__(self, must: Must) -> None:
        """Begin with nothing heard."""
        super().__init__(must)
        self.heard: list[Heard] = []
        self.strains: list[Strain] = []

    @property
    def seconds(self) -> float:
        """Give opening, writing and settling."""
        return (self.must.load.sockets or 1) / 100 + seconds_of_listening(self.must.load) + SETTLE_SECONDS

    def ask(self, stage: Stage) -> None:
        """Listen once."""
        ended = start_strain(stage.project.process.pid)
        self.heard.append(run_here(listen(stage.scene, stage.target, self.must.load, stage.watch)))
        self.strains.append(ended())

    def raw(self) -> object:
        """Give the figures of each run."""
        return [
            {
                "sockets": heard.following,
                "committed": heard.committed,
                "cuts": [{"seconds": cut.ended - cut.began, "connections": cut.connections} for cut in heard.cuts],
                "resumed": heard.resumed,
                "gaps": heard.account.gaps,
                "doubles": heard.account.doubles,
                "resets": heard.account.resets,
                "recovered": heard.account.recovered,
                "refusals": dict(heard.refusals),
            }
            for heard in self.heard
        ]


class LostQuestion(ListeningQuestion):
    """Whether an event was lost, counted exactly on one start."""

    starts = 1

    def judge(self) -> Judged:
        """Count what was lost."""
        heard, plan = self.heard[0], self.must.load
        account = heard.account
        cut = f", cut {plan.cut_seconds:g} s every {plan.cut_every or 0:g} s" if plan.cut_seconds else ""
        self.method = (
            f"{heard.asked} sockets{cut}, {heard.committed} rows written through {_named(heard)} "
            f"in {seconds_of_listening(plan):g} s; n = sockets x rows, not independent of each other"
        )
        values = {
            "sockets": float(heard.following),
            "events": float(heard.committed),
            "cuts": float(len(heard.cuts)),
            "connections_cut": float(sum(cut.connections for cut in heard.cuts)),
            "replayed": float(account.recovered),
            "resets": float(account.resets),
            "doubles": float(account.doubles),
        }
        obstacle = heard.obstacle(plan)
        return judge_count(self.must.check, account.lost, account.n, broken=account.broken, obstacle=obstacle, values=values)


class DeliveryQuestion(ListeningQuestion):
    """How long from a commit to its event at a socket."""

    def judge(self) -> Judged:
        """Judge both ends of what the commit's moment can be."""
        plan = self.must.load
        obstacle = next((told for heard in self.heard if (told := heard.obstacle(plan)) is not None), None)
        lost = sum(heard.account.lost for heard in self.heard)
        self.method = (
            f"{plan.sockets or 1} sockets for {seconds_of_listening(plan):g} s on each of {len(self.heard)} starts; "
            "from sending the write, which begins before the commit, to the event at each socket"
        )
        obstacle = obstacle or (f"{lost} events never came, so their delay has no value" if lost else None)
        early, late = [heard.early for heard in self.heard], [heard.late for heard in self.heard]
        return judge_delivery(self.must.check, early, late, obstacle, self.strains)


def _named(heard: Heard) -> str:
    """Name the ways that rows were written on, each once."""
    return " and ".join(dict.fromkeys(writer.name for writer in heard.writers))
