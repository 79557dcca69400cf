"""What must hold between the values of a brief. Every rule looks past what already has a wrong shape."""

from collections.abc import Callable, Iterator
from itertools import chain

from groundplan.brief.checks import parse_check, parse_cut, read_duration
from groundplan.brief.fields import parse_field
from groundplan.brief.judged_rules import JUDGED_RULES
from groundplan.brief.metrics import METRICS, Metric
from groundplan.brief.mistakes import GrammarError, Mistake, listed, shown
from groundplan.brief.model import Field, FieldType, Kind
from groundplan.brief.positions import Path
from groundplan.brief.raw import Raw, names_of, number, table, tables, texts
from groundplan.spelling import nearest

__all__ = ["PRODUCT", "SHARE_TOLERANCE", "rule_mistakes"]

PRODUCT = "product"
"""The word for the whole product where a must names its part."""

SHARE_TOLERANCE = 0.011
"""Three parts may write 0.33 each."""


def rule_mistakes(data: Raw) -> Iterator[Mistake]:
    """Find everything that is right alone and wrong together."""
    return chain.from_iterable(rule(data) for rule in _RULES)


def _nearest_name(word: str, names: list[str]) -> str:
    near = names[0] if len(names) == 1 else nearest(word, names)
    return f"write {shown(near)}" if near else f"write one of {listed(shown(name)[1:-1] for name in dict.fromkeys(names))}"


def _duplicates(data: Raw) -> Iterator[Mistake]:
    for group, key, word in (("part", "name", "part"), ("entity", "name", "entity"), ("must", "id", "must")):
        seen = set()
        for index, item in tables(data, group):
            name = item.get(key)
            if isinstance(name, str) and name in seen:
                yield Mistake(
                    (group, index, key), shown(name), f"is the {key} of another {word} as well", f"give each {word} its own {key}"
                )
            seen.add(name if isinstance(name, str) else None)


def _shares(data: Raw) -> Iterator[Mistake]:
    parts = tables(data, "part")
    given = [(index, share) for index, item in parts if (share := number(item.get("share"))) is not None]
    if not given or any(not 0 < share <= 1 for _, share in given):
        return
    total, everyone = sum(share for _, share in given), len(given) == len(parts)
    path: Path = ("part", given[-1][0], "share")
    if everyone and abs(total - 1) > SHARE_TOLERANCE:
        yield Mistake(path, f"the sum of all shares, {total:g},", "is not 1", "change the shares so that they sum to 1")
    if not everyone and total >= 1:
        rule = "leaves nothing for the parts that have no share"
        yield Mistake(path, f"the sum of the shares, {total:g},", rule, "lower the shares, or give every part one")


def _must_parts(data: Raw) -> Iterator[Mistake]:
    names = names_of(data, "part")
    for index, must in tables(data, "must"):
        part = must.get("part")
        if names and isinstance(part, str) and part not in {*names, PRODUCT}:
            rule = f'is neither a part nor "{PRODUCT}"'
            yield Mistake(("must", index, "part"), shown(part), rule, _nearest_name(part, [*names, PRODUCT]))


def _must_metrics(data: Raw) -> Iterator[Mistake]:
    for index, must in tables(data, "must"):
        metric = METRICS.get(must["metric"]) if isinstance(must.get("metric"), str) else None
        if metric is not None:
            yield from _kind_of_must(data, must, metric, ("must", index))
            yield from _check_of_must(must, metric, ("must", index))
            yield from _load_of_must(must, metric, ("must", index))


def _kind_of_must(data: Raw, must: Raw, metric: Metric, path: Path) -> Iterator[Mistake]:
    kinds = [
        item["kind"]
        for _, item in tables(data, "part")
        if must.get("part") in (item.get("name"), PRODUCT) and item.get("kind") in tuple(Kind)
    ]
    if kinds and not any(kind in metric.kinds for kind in kinds):
        whose = f"a part of kind {kinds[0]}" if must.get("part") != PRODUCT else "any part of this product"
        remedy = f"name a part of kind {listed(metric.kinds)}, or choose another metric"
        yield Mistake((*path, "metric"), shown(metric.name), f"is nothing that {whose} has", remedy)


def _check_of_must(must: Raw, metric: Metric, path: Path) -> Iterator[Mistake]:
    check = must.get("check")
    try:
        if isinstance(check, str):
            parse_check(check, metric)
    except GrammarError as refused:
        yield Mistake((*path, "check"), shown(check), refused.rule, refused.remedy)


def _load_of_must(must: Raw, metric: Metric, path: Path) -> Iterator[Mistake]:
    load = must.get("load", {})
    if not isinstance(load, dict):
        return
    allowed = (*metric.load, *metric.optional)
    for key in metric.load:
        if key not in load:
            remedy = f"add load = {{ {', '.join(f'{name} = {_LOAD_EXAMPLES[name]}' for name in metric.load)} }} or the like"
            yield Mistake((*path, "load"), f'the key "{key}"', f"is missing, and {metric.name} is measured under a load", remedy)
    for key in set(_LOAD_EXAMPLES) & set(load) - set(allowed):
        yield Mistake((*path, "load", key), shown(key), f"says nothing about {metric.name}", f"use {listed(allowed)}")
    yield from _cut_in_time(load, path)


_LOAD_EXAMPLES = {"rate": '"200/s"', "for": '"20s"', "sockets": "1000", "cut": '"2s every 10s"'}


def _cut_in_time(load: Raw, path: Path) -> Iterator[Mistake]:
    try:
        every, lasting = parse_cut(load["cut"])[1], read_duration(load["for"])
    except (KeyError, TypeError, AttributeError, GrammarError):
        return
    if lasting < every:
        yield Mistake(
            (*path, "load", "for"), shown(load["for"]), "ends before the first cut", "make the load last longer than that"
        )


def _fields(entity: Raw) -> dict[str, Field]:
    """Give the fields of an entity that can be read."""
    fields = {}
    for name, text in table(entity, "fields").items():
        try:
            fields[name] = parse_field(name, text if isinstance(text, str) else "")
        except GrammarError:
            continue
    return fields


def _references(data: Raw) -> Iterator[Mistake]:
    names = names_of(data, "entity")
    for index, entity in tables(data, "entity"):
        for name, field in _fields(entity).items():
            path = ("entity", index, "fields", name)
            if field.target is not None and field.target not in names:
                near = nearest(field.target, names)
                remedy = f"write ref({shown(near)[1:-1]})" if near else f'add an [[entity]] with name = "{field.target}"'
                yield Mistake(path, shown(field.target), "is no entity of this brief", remedy)
            if field.type is FieldType.REFERENCE and f"{name}_id" in table(entity, "fields"):
                column = shown(f"{name}_id")
                rule = f"has the column {column}, which is a field of its own as well"
                yield Mistake(path, shown(name), rule, f"take {column} out; the reference gives it")


def _circles(data: Raw) -> Iterator[Mistake]:
    """Find required references in a circle: the first record could never be written."""
    names = names_of(data, "entity")
    if len(set(names)) < len(names):
        return
    needed: dict[str, dict[str, str]] = {
        entity["name"]: {field.target: name for name, field in _fields(entity).items() if field.target and not field.null}
        for _, entity in tables(data, "entity")
        if isinstance(entity.get("name"), str)
    }
    for index, entity in tables(data, "entity"):
        for target, name in needed.get(str(entity.get("name")), {}).items():
            if entity["name"] in _reached(target, needed):
                rule = f"needs a record of {target} first, and that needs one of {entity['name']} first"
                path = ("entity", index, "fields", name)
                yield Mistake(path, shown(f"ref({target})"), rule, f'make one of them optional, as in "ref({target}) null"')


def _reached(start: str, needed: dict[str, dict[str, str]]) -> set[str]:
    reached, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += needed.get(name, {})
    return reached


def _incumbents(data: Raw) -> Iterator[Mistake]:
    names = names_of(data, "part")
    for name in table(data, "incumbent"):
        if names and name not in names:
            yield Mistake(("incumbent", name), shown(name), "is no part of this brief", _nearest_name(name, names))


def _policy(data: Raw) -> Iterator[Mistake]:
    policy = table(data, "policy")
    allowed = texts(policy.get("allow"))
    for index, name in enumerate(texts(policy.get("forbid"))):
        if name in allowed:
            yield Mistake(("policy", "forbid", index), shown(name), "is allowed and forbidden at once", "take it out of one list")


def _shipped(data: Raw) -> Iterator[Mistake]:
    team = table(data, "team")
    engineers = number(team.get("engineers"))
    for skill, count in table(team, "shipped").items():
        if engineers is not None and engineers >= 1 and (number(count) or 0) > engineers:
            rule = f"is more people than the team has engineers, {engineers:g}"
            yield Mistake(("team", "shipped", skill), shown(count), rule, f"write a number from 0 to {engineers:g}")


_RULES: tuple[Callable[[Raw], Iterator[Mistake]], ...] = (
    _duplicates,
    _shares,
    _must_parts,
    _must_metrics,
    _references,
    _circles,
    _incumbents,
    _policy,
    _shipped,
    *JUDGED_RULES,
)
