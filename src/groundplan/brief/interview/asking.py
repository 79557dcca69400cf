"""Which questions there are, in their order, given what has been said so far."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from groundplan.brief.interview.question import Options, Question, Said
from groundplan.brief.interview.readers import Value, count_by_skill, figure, framework, line, name, names, number
from groundplan.brief.interview.scales import Ends
from groundplan.brief.interview.weighing import weight_questions
from groundplan.brief.interview.words import (
    ANSWER_WORDS,
    GROWTH,
    KIND_WORDS,
    NEED_WORDS,
    NON_NEGOTIABLES,
    OPERATIONS,
    PART_NAMES,
    TELLING,
    TURNOVER,
)
from groundplan.brief.model import Kind

__all__ = ["Interview", "Question", "Said"]

_CALLED = {Kind.API, Kind.GATEWAY, Kind.AUTH, Kind.ML_SERVING, Kind.WEBHOOKS}
_OF_EXISTING_CODE = ("keep_existing", "leave_incumbent", "existing_data_layer")


@dataclass(frozen=True, slots=True)
class Interview:
    """All questions. name: proposed for the project. ends: what is valued in this brief; empty until its parts are known."""

    name: str
    ends: Sequence[Ends] = ()

    def questions(self, said: Said) -> Iterator[Question]:
        """Give every question that what was said so far raises: non-negotiables, parts, team, load, horizon, then weights."""
        yield from _project(self.name)
        yield from _non_negotiables(said)
        yield from _parts(said)
        yield from _answers(said)
        yield from _team(said)
        yield from _load()
        yield from _horizon()
        yield from weight_questions(said, self.ends)

    def upcoming(self, said: Said) -> Question | None:
        """Give the first question that nobody has answered or passed over."""
        return next((question for question in self.questions(said) if question.key not in said), None)

    def counting(self, said: Said) -> Said:
        """Give the answers that still count: those to questions that the others raise."""
        return {question.key: said[question.key] for question in self.questions(said) if question.key in said}


def _project(proposed: str) -> Iterator[Question]:
    yield Question("project.name", "project", "What is it called?", read=name, proposed=proposed, needed=True)
    yield Question("project.summary", "project", "What is it, in one line?", read=line("project.summary"))


def _non_negotiables(said: Said) -> Iterator[Question]:
    offered = tuple((one.id, one.words) for one in NON_NEGOTIABLES)
    yield Question("musts", "non-negotiables", "What is not negotiable?", offered, many=True)
    for one in NON_NEGOTIABLES:
        if one.limit is not None and one.id in _listed(said, "musts"):
            asks, unit, usual = one.limit
            yield Question(
                f"must.{one.id}", "non-negotiables", asks, read=_above_zero, example=f"{usual:g} {unit}", proposed=f"{usual:g}"
            )
    yield Question("policy.forbid", "non-negotiables", "Which frameworks may not be used?", read=names, example="sanic, tornado")


def _above_zero(text: str) -> Value:
    return figure(text) or figure("nothing")


def _listed(said: Said, key: str) -> list[str]:
    found = said.get(key)
    return found if isinstance(found, list) else []


def _parts(said: Said) -> Iterator[Question]:
    offered = tuple((kind.value, words) for kind, words in KIND_WORDS.items())
    yield Question("parts", "parts", "Which parts does it have, each with a job of its own?", offered, many=True, needed=True)
    for kind in _kinds(said):
        for need in TELLING[kind]:
            asks, levels = NEED_WORDS[need]
            yield Question(f"part.{kind}.{need}", "parts", f"{PART_NAMES[kind]}: {asks}", _levels(levels))


def _kinds(said: Said) -> list[Kind]:
    chosen = _listed(said, "parts")
    return [kind for kind in Kind if kind.value in chosen]


def _levels(words: Sequence[str]) -> Options:
    return tuple(enumerate(words))


def _answers(said: Said) -> Iterator[Question]:
    yield _answer("existing_code")
    if said.get("answers.existing_code") not in {None, "none"}:
        yield Question("incumbent", "parts", "Which framework is it built with today?", read=framework, example="flask")
        yield from map(_answer, _OF_EXISTING_CODE)
    kinds = set(_kinds(said))
    if kinds & {Kind.WEB, Kind.ADMIN, Kind.API, Kind.PANEL}:
        yield _answer("staff_screens")
    if kinds & _CALLED:
        yield _answer("typed_clients")
    yield from map(_answer, ("embedded", "third_party_extensions", "identity", "background_jobs"))


def _answer(question: str) -> Question:
    asks, words = ANSWER_WORDS[question]
    return Question(f"answers.{question}", "parts", asks, tuple(words.items()))


def _team(said: Said) -> Iterator[Question]:
    engineers = said.get("team.engineers")
    most = engineers if isinstance(engineers, int) else None
    yield Question("team.engineers", "team", "How many engineers build and run it?", read=number("team.engineers"), example="4")
    yield Question(
        "team.shipped", "team", "How many of them have shipped with what?", read=count_by_skill(most), example="django 3, fastapi 1"
    )
    yield Question("team.operations", "team", "Who operates it?", _levels(OPERATIONS))
    asks = "How many weeks are there to the first release?"
    yield Question("team.first_release_weeks", "team", asks, read=number("team.first_release_weeks"), example="10")


def _load() -> Iterator[Question]:
    yield _figure("load.requests_per_second", "How many requests a second come at the busiest time?", "50")
    yield _figure("load.open_connections", "How many connections are open at the same time then?", "200")
    yield Question("load.growth", "load", "How much growth is expected?", GROWTH)


def _figure(key: str, asks: str, example: str) -> Question:
    return Question(key, key.split(".", maxsplit=1)[0], asks, read=number(key), example=example)


def _horizon() -> Iterator[Question]:
    yield _figure("horizon.years", "For how many years has it to live?", "5")
    yield Question("horizon.turnover", "horizon", "How much do the people change?", _levels(TURNOVER))
