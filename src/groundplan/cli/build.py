"""``groundplan build``: the files of a project."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import click

from groundplan import __version__, scaffold
from groundplan.cli.deciding import as_of_option, told
from groundplan.cli.surface import as_json, format_option, result, talk
from groundplan.decision import decide
from groundplan.errors import NotBuildableError
from groundplan.report.decision_adr import decision_adr
from groundplan.report.telling import Telling
from groundplan.report.wording import in_words
from groundplan.scaffold import Plan

__all__ = ["command"]

_NEXT = ("python3 project.py setup", ".venv/bin/python project.py run")


@click.command("build")
@click.argument("brief", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--pretend", is_flag=True, help="Show what would be written; write nothing.")
@as_of_option
@format_option("text", "json")
def command(brief: Path, target: Path, *, pretend: bool, as_of: str, form: str) -> None:
    """Write the project for a brief.

    TARGET is a folder that is missing or empty. The project is written whole
    or not at all, needs no network, and belongs to you: it runs without
    Groundplan.
    """
    scaffold.check(target)
    telling = told(brief, as_of)
    plan = _planned(telling)
    if not pretend:
        scaffold.write(plan, target)
    if form == "json":
        result(as_json(_told(plan, target, written=not pretend)))
    else:
        result("\n".join(_listing(plan) if pretend else _done(plan, target)))


def _planned(telling: Telling) -> Plan:
    """Plan, or say what cannot be built yet and what comes nearest to it."""
    try:
        return scaffold.plan(telling.brief, telling.decision, record=decision_adr(telling), tool_version=__version__)
    except NotBuildableError as refused:
        if not scaffold.without_template(telling.brief, telling.decision.chosen.architecture):
            raise
        raise NotBuildableError(f"{refused} {_instead(telling)}") from None


def _instead(telling: Telling) -> str:
    decision = telling.decision
    near = scaffold.nearest(
        telling.brief, decision, telling.catalogue, lambda brief: decide(brief, telling.catalogue, decision.as_of, draws=0)
    )
    if near is None:
        return "Nothing else for this brief can be built either. The decision holds; the code of such a part is yours to write."
    values = f"value {near.value:.3f} instead of {decision.chosen.value:.3f}"
    return f"The nearest that can be built is {in_words(near.architecture)}, {values}."


def _told(plan: Plan, target: Path, *, written: bool) -> dict[str, object]:
    files = [
        {
            "path": file.path,
            "bytes": len(file.content),
            "sha256": hashlib.sha256(file.content).hexdigest(),
            "owner": file.owner,
            "executable": file.executable,
        }
        for file in plan.files
    ]
    return {"project": plan.project, "target": str(target), "written": written, "files": files, "next": list(_NEXT)}


def _listing(plan: Plan) -> Iterator[str]:
    talk(f"{len(plan.files)} files would be written, and none was")
    for file in plan.files:
        yield f"{len(file.content):8}  {file.owner:9}{file.path}"


def _done(plan: Plan, target: Path) -> Iterator[str]:
    yield f"{plan.project} is written to {target}, {len(plan.files)} files. Next:"
    yield f"  cd {target}"
    yield from (f"  {line}" for line in _NEXT)
