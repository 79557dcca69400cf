"""``groundplan check``: a brief, read and told back."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from groundplan import catalogue
from groundplan.brief.model import Brief, LoadPlan, Must, Part
from groundplan.cli.deciding import read
from groundplan.cli.surface import as_json, format_option, result
from groundplan.units import DURATION, RATE

__all__ = ["command"]


@click.command("check")
@click.argument("brief", type=click.Path(path_type=Path))
@format_option("text", "json")
def command(brief: Path, form: str) -> None:
    """Read a brief and tell every mistake.

    BRIEF is a TOML file. Names of frameworks, capabilities and criteria are
    held against the catalogue. A brief without mistakes is told back in short, or
    with --format json as the value that every other command starts from.
    """
    told = read(brief, catalogue.load())
    result(as_json(asdict(told)) if form == "json" else "\n".join(_lines(told)))


def _lines(brief: Brief) -> Iterator[str]:
    yield f"{brief.source} is right: {brief.name}{f', {brief.summary}' if brief.summary else ''}"
    width = max(len(name) for name in [*(part.name for part in brief.parts), *(must.id for must in brief.musts)])
    for part in brief.parts:
        yield f"  part    {part.name:{width}}  {part.kind}, {part.share:.0%} of the work, {_needs(part)}"
    for entity in brief.entities:
        yield f"  entity  {entity.name:{width}}  {', '.join(field.name for field in entity.fields)}"
    for must in brief.musts:
        yield f"  {must.level:7} {must.id:{width}}  {must.part or 'product'}: {_must(must)}"


def _needs(part: Part) -> str:
    told = [f"{need} {'unknown' if level is None else level}" for need, level in part.needs.items() if level != 0]
    return f"needs {', '.join(told)}" if told else "no special needs"


def _must(must: Must) -> str:
    return " ".join([must.metric, must.check.text, *_load(must.load)])


def _load(load: LoadPlan) -> Iterator[str]:
    if load.rate is not None:
        yield f"at {RATE.format(load.rate)}"
    if load.sockets is not None:
        yield f"with {load.sockets} sockets"
    if load.cut_seconds is not None and load.cut_every is not None:
        yield f"cut {DURATION.format(load.cut_seconds)} every {DURATION.format(load.cut_every)}"
    if load.duration is not None:
        yield f"for {DURATION.format(load.duration)}"
