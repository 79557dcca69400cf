"""From what was said to the text of a brief, with a comment on everything its owner may want to change."""

import json
from collections.abc import Iterator, Sequence

from groundplan.brief.interview.question import Said
from groundplan.brief.interview.scales import Ends
from groundplan.brief.interview.weighing import order, preferences
from groundplan.brief.interview.words import (
    ANSWER_WORDS,
    IMPLIED,
    KIND_WORDS,
    NEED_WORDS,
    NON_NEGOTIABLES,
    PART_NAMES,
    TELLING,
    NonNegotiable,
)
from groundplan.brief.judged import GAPS, PLACES
from groundplan.brief.metrics import METRICS
from groundplan.brief.model import ANSWERS, Kind
from groundplan.brief.shapes import UNKNOWN

__all__ = ["brief_text"]

_MOST_RATE = 200
_MOST_SOCKETS = 1000
_USUAL_RATE = 20
_USUAL_SOCKETS = 100

_HEAD = """\
# A brief for Groundplan, written from an interview. Change it as you like; `groundplan check` tells what is wrong,
# `groundplan decide` what follows. "unknown" is an answer. All keys: docs/reference/brief.md, or `groundplan schema brief`.
format = 1
"""

_NO_ENTITIES = """\
# What the product keeps records of; each part gets models, endpoints and pages for it:
# [[entity]]
# name = "sale"
# fields = { shop = "text(80) index", amount = "decimal(12,2)", sold_at = "datetime default=now" }
"""


def brief_text(said: Said, ends: Sequence[Ends] = ()) -> str:
    """Give the brief as TOML. said: what counts, by ``Interview.counting``; ends: as the questions about weights showed them."""
    blocks = [_HEAD, *_project(said), *_parts(said), _NO_ENTITIES, *_answers(said), *_incumbent(said), *_team(said)]
    blocks += [
        *_plain(said, "horizon", ("years", "turnover")),
        *_load(said),
        *_policy(said),
        *_priorities(said, ends),
        *_musts(said),
    ]
    return "\n".join(blocks)


def _value(value: object) -> str:
    """Write a value; what is not known as such. JSON texts are TOML texts."""
    return json.dumps(UNKNOWN if value is None else value, ensure_ascii=False)


def _lines(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def _project(said: Said) -> Iterator[str]:
    summary = said.get("project.summary")
    yield _lines(
        "[project]",
        f"name = {_value(said.get('project.name') or 'project')}",
        *([f"summary = {_value(summary)}"] if summary else []),
    )


def _chosen(said: Said) -> list[Kind]:
    parts = said.get("parts")
    return [kind for kind in Kind if isinstance(parts, list) and kind.value in parts]


def _parts(said: Said) -> Iterator[str]:
    for kind in _chosen(said):
        needs = dict(_needs(said, kind))
        written = ", ".join(f"{need} = {_value(level)}" for need, level in needs.items())
        yield _lines(
            f"[[part]]                   # {KIND_WORDS[kind]}",
            f"name = {_value(PART_NAMES[kind])}",
            f"kind = {_value(kind.value)}",
            "# share = 0.5              # of the product's work; parts without one share equally what the others leave",
            *([f"needs = {{ {written} }}"] if needs else []),
            f"# needs that were not asked for are 0: {', '.join(need for need in NEED_WORDS if need not in needs)}",
        )


def _needs(said: Said, kind: Kind) -> Iterator[tuple[str, object]]:
    yield from IMPLIED.get(kind, {}).items()
    for need in TELLING[kind]:
        if f"part.{kind}.{need}" in said:
            yield need, said[f"part.{kind}.{need}"]


def _answers(said: Said) -> Iterator[str]:
    given = {question: said[f"answers.{question}"] for question in ANSWERS if f"answers.{question}" in said}
    if given:
        lines = [f"{question} = {_value(answer)}" for question, answer in given.items()]
        notes = [_note(question, answer) for question, answer in given.items()]
        yield _lines("[answers]", *(f"{line:38} # {note}" for line, note in zip(lines, notes, strict=True)))


def _note(question: str, answer: object) -> str:
    asks, words = ANSWER_WORDS[question]
    return f"{asks} {words.get(answer, 'not known')}" if isinstance(answer, int | str) else f"{asks} not known"


def _incumbent(said: Said) -> Iterator[str]:
    framework = said.get("incumbent")
    if framework:
        names = (PART_NAMES[kind] for kind in _chosen(said))
        comment = "# take out the parts that do not exist yet"
        yield _lines(
            "[incumbent]                # part -> what it is built with today",
            comment,
            *(f"{name} = {_value(framework)}" for name in names),
        )


def _team(said: Said) -> Iterator[str]:
    keys = [key for key in ("engineers", "operations", "first_release_weeks") if f"team.{key}" in said]
    lines = [f"{key} = {_value(said[f'team.{key}'])}" for key in keys]
    shipped = said.get("team.shipped")
    if isinstance(shipped, dict) and shipped:
        lines.append(f"shipped = {{ {', '.join(f'{_key(skill)} = {count}' for skill, count in shipped.items())} }}")
    if lines:
        yield _lines("[team]", *lines)


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else _value(name)


def _plain(said: Said, table: str, keys: Sequence[str]) -> Iterator[str]:
    found = [f"{key} = {_value(said[f'{table}.{key}'])}" for key in keys if f"{table}.{key}" in said]
    if found:
        yield _lines(f"[{table}]", *found)


def _load(said: Said) -> Iterator[str]:
    rate, sockets, growth = (said.get(f"load.{key}") for key in ("requests_per_second", "open_connections", "growth"))
    yield from _plain(said, "load", ("requests_per_second", "open_connections"))
    if isinstance(growth, int) and growth > 1:
        named = {"requests_per_second": rate, "open_connections": sockets}
        later = [f"{key} = {_figure(figure * growth)}" for key, figure in named.items() if isinstance(figure, int | float)]
        if later:
            yield _lines(f"[load.later]               # {growth} times as much", *later)


def _policy(said: Said) -> Iterator[str]:
    forbidden = said.get("policy.forbid")
    if forbidden:
        yield _lines("[policy]", f"forbid = {_value(forbidden)}")


def _priorities(said: Said, ends: Sequence[Ends]) -> Iterator[str]:
    ordered = order(said)
    gaps = [gap for gap in GAPS if said.get(f"priorities.{gap}")]
    choices = preferences(said, ends)
    if ordered:
        yield _lines(
            "[priorities]               # all at their worst: which is raised first, and how much more it counts than the next",
            *(f"{place} = {_value(axis)}" for place, axis in zip(PLACES, ordered, strict=False)),
            *(f"{gap} = {_value(said[f'priorities.{gap}'])}" for gap in gaps),
            *([f"choices = {_value(choices)}"] if choices else []),
        )


def _musts(said: Said) -> Iterator[str]:
    chosen = said.get("musts")
    for one in NON_NEGOTIABLES:
        if isinstance(chosen, list) and one.id in chosen:
            yield from _must(one, said)


def _must(one: NonNegotiable, said: Said) -> Iterator[str]:
    parts = [kind for kind in _chosen(said) if kind in METRICS[one.metric].kinds]
    for kind in parts:
        load = [f"load = {_filled(one.load, said, one)}"] if one.load else []
        yield _lines(
            f"[[must]]                   # {one.words}",
            f"id = {_value(f'{one.id}-{PART_NAMES[kind]}'.replace('_', '-'))}",
            f"part = {_value(PART_NAMES[kind])}",
            f"metric = {_value(one.metric)}",
            f"check = {_value(_filled(one.check, said, one))}",
            *load,
        )
    if not parts:
        yield _lines(f"# Not written: “{one.words}” is nothing that any of these parts can hold.")


def _filled(text: str, said: Said, one: NonNegotiable) -> str:
    usual = one.limit[2] if one.limit else 0
    limit = said.get(f"must.{one.id}") or usual
    rate, sockets = said.get("load.requests_per_second"), said.get("load.open_connections")
    figures = {
        "{limit}": limit,
        "{rate}": _within(rate, _MOST_RATE, _USUAL_RATE),
        "{sockets}": int(_within(sockets, _MOST_SOCKETS, _USUAL_SOCKETS)),
    }
    for place, figure in figures.items():
        text = text.replace(place, _figure(figure))
    return text


def _within(figure: object, most: int, usual: int) -> float:
    return min(max(figure, 1), most) if isinstance(figure, int | float) else usual


def _figure(figure: object) -> str:
    return f"{figure:.12g}" if isinstance(figure, float) else str(figure)
