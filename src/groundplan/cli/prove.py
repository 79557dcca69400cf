"""``groundplan prove``: one verdict per must, measured on the running project."""

from collections.abc import Callable
from pathlib import Path

import click

from groundplan import brief as briefs
from groundplan import proof
from groundplan.cli.progress import Talker
from groundplan.cli.surface import as_json, colorful, format_option, result, width
from groundplan.errors import InputError
from groundplan.proof import Proof
from groundplan.report.proof_json import proof_json
from groundplan.report.proof_junit import proof_junit
from groundplan.report.proof_text import proof_text

__all__ = ["command"]

_FORMS: dict[str, Callable[[Proof], str]] = {
    "text": lambda told: proof_text(told, width(), color=colorful()),
    "json": lambda told: as_json(proof_json(told)),
    "junit": proof_junit,
}


@click.command("prove")
@click.argument("project", type=click.Path(path_type=Path))
@click.option("--layout", metavar="NAME", help="together, split, apart or one of project.toml.  [default: the one there]")
@click.option("--services", is_flag=True, help="Prove it on PostgreSQL and Valkey, started for the proof.")
@format_option(*_FORMS)
@click.pass_context
def command(context: click.Context, project: Path, layout: str | None, *, services: bool, form: str) -> None:
    """Measure every must of a project.

    PROJECT is the folder of a built project that was set up. It is started on
    scratch data, measured and stopped; your data is not touched. Ends with 0
    when every must is MET, 1 when one is NOT_MET, 3 when one is NOT_PROVEN.
    """
    told = proof.prove(project, briefs.load(_brief(project)), layout=layout, services=services, listener=Talker())
    result(_FORMS[form](told))
    context.exit(told.exit_code)


def _brief(project: Path) -> Path:
    path = project / "groundplan.toml"
    if not path.is_file():
        raise InputError(
            f"{project}: there is no groundplan.toml, so this is no built project; run groundplan build BRIEF {project}."
        )
    return path
