"""Which question each must asks."""

from groundplan.brief.model import LoadPlan, Must
from groundplan.proof.limits import Judged, not_proven
from groundplan.proof.listening_questions import DeliveryQuestion, LostQuestion
from groundplan.proof.load_question import LoadQuestion, LoadRuns
from groundplan.proof.memory_question import MemoryQuestion
from groundplan.proof.question import Question, Stage

__all__ = ["questions"]


class UnknownQuestion(Question):
    """A metric that the judge does not know."""

    starts = 0

    def __init__(self, must: Must) -> None:
        """Know from the start that there will be no answer."""
        super().__init__(must)
        self.trouble = f"the judge has no way to measure {must.metric!r}"

    @property
    def seconds(self) -> float:
        """Give no time."""
        return 0.0

    def ask(self, stage: Stage) -> None:
        """Ask nothing."""

    def judge(self) -> Judged:
        """Say so."""
        return not_proven(self.trouble or "")


def questions(musts: tuple[Must, ...]) -> list[Question]:
    """Give a question for each must; equal loads are shared."""
    shared: dict[tuple[str | None, LoadPlan], LoadRuns] = {}
    return [_question(must, shared) for must in musts]


def _question(must: Must, shared: dict[tuple[str | None, LoadPlan], LoadRuns]) -> Question:
    match must.metric:
        case "latency" | "errors" | "throughput":
            return LoadQuestion(must, shared.setdefault((must.part, must.load), LoadRuns()))
        case "events_lost":
            return LostQuestion(must)
        case "delivery":
            return DeliveryQuestion(must)
        case "memory":
            return MemoryQuestion(must)
        case _:
            return UnknownQuestion(must)
