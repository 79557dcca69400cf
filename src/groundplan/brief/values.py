"""A brief without mistakes, as TOML gives it -> the value ``Brief``. Nothing is checked here any more."""

from groundplan.brief.checks import parse_check, parse_cut, read_duration, read_rate
from groundplan.brief.fields import parse_field
from groundplan.brief.judged import split_choice
from groundplan.brief.metrics import METRICS
from groundplan.brief.model import Brief, Entity, Horizon, Kind, Load, LoadPlan, Must, Part, Policy, Target, Team
from groundplan.brief.raw import Raw
from groundplan.brief.rules import PRODUCT
from groundplan.brief.shapes import UNKNOWN

__all__ = ["brief_of"]


def brief_of(data: Raw, source: str, text: str) -> Brief:
    """Give the brief. data: what rule_mistakes and the shapes had nothing to say about."""
    priorities = data.get("priorities", {})
    return Brief(
        name=data["project"]["name"],
        summary=data["project"].get("summary", ""),
        parts=_parts(data["part"]),
        entities=tuple(_entity(entity) for entity in data.get("entity", [])),
        team=_team(data.get("team", {})),
        horizon=Horizon(**_known(data.get("horizon", {}))),
        load=_load(data.get("load", {})),
        policy=_policy(data.get("policy", {})),
        target=Target(**data.get("target", {})),
        musts=tuple(_must(must) for must in data.get("must", [])),
        incumbent=dict(data.get("incumbent", {})),
        priorities=_known({key: value for key, value in priorities.items() if key != "choices"}),
        choices=tuple(split_choice(text) for text in priorities.get("choices", [])),
        answers=_answers(data.get("answers", {})),
        source=source,
        text=text,
    )


def _known(table: Raw) -> Raw:
    """Leave out what the team does not know; not telling and not knowing are the same to whoever asks later."""
    return {key: value for key, value in table.items() if value != UNKNOWN}


def _answers(table: Raw) -> Raw:
    """Keep the question where the team says that it does not know: None."""
    return {key: None if value == UNKNOWN else value for key, value in table.items()}


def _parts(tables: list[Raw]) -> tuple[Part, ...]:
    given = [_known(table).get("share") for table in tables]
    told = sum(share for share in given if share is not None)
    silent = given.count(None)
    shares = [(1 - told) / silent if share is None else share for share in given]
    whole = sum(shares)
    return tuple(_part(table, share / whole) for table, share in zip(tables, shares, strict=True))


def _part(table: Raw, share: float) -> Part:
    return Part(table["name"], Kind(table["kind"]), share, _answers(table.get("needs", {})), tuple(table.get("requires", ())))


def _entity(table: Raw) -> Entity:
    return Entity(table["name"], tuple(parse_field(name, text) for name, text in table["fields"].items()))


def _team(table: Raw) -> Team:
    return Team(**_known(table) | {"shipped": _answers(table.get("shipped", {}))})


def _load(table: Raw) -> Load:
    later = {"later": _load(table["later"])} if "later" in table else {}
    return Load(**_known(table) | later)


def _policy(table: Raw) -> Policy:
    allow = tuple(table["allow"]) if "allow" in table else None
    return Policy(allow, tuple(table.get("forbid", [])))


def _must(table: Raw) -> Must:
    metric = METRICS[table["metric"]]
    return Must(
        id=table["id"],
        part=None if table["part"] == PRODUCT else table["part"],
        metric=metric.name,
        check=parse_check(table["check"], metric),
        load=_load_plan(table.get("load", {})),
        level=table.get("level", "must"),
    )


def _load_plan(table: Raw) -> LoadPlan:
    seconds, every = parse_cut(table["cut"]) if "cut" in table else (None, None)
    return LoadPlan(
        rate=read_rate(table["rate"]) if "rate" in table else None,
        duration=read_duration(table["for"]) if "for" in table else None,
        sockets=table.get("sockets"),
        cut_seconds=seconds,
        cut_every=every,
    )
