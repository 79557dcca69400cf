"""``groundplan run``: the project's own runner, with the project's own interpreter."""

import os
import sys
from pathlib import Path

import click

from groundplan.cli.surface import format_option
from groundplan.errors import InputError, MachineError

__all__ = ["command"]


@click.command("run")
@click.argument("project", type=click.Path(path_type=Path))
@click.option("--layout", metavar="NAME", help="together, split, apart or one of project.toml.  [default: the one there]")
@click.option("--services", is_flag=True, help="Start PostgreSQL and Valkey, below the data folder.")
@click.option("--port", type=click.IntRange(0, 65535), help="The one address; 0 picks a free port.  [default: project.toml]")
@click.option("--data", type=click.Path(path_type=Path), metavar="DIR", help="Instead of the project's data folder.")
@click.option("--accounts", type=click.Path(path_type=Path), metavar="FILE", help="JSON list of accounts to add; with --data.")
@format_option("text", "json")
def command(
    project: Path, layout: str | None, *, services: bool, port: int | None, data: Path | None, accounts: Path | None, form: str
) -> None:
    """Start a project, all parts at one address.

    PROJECT is the folder of a built project. Ctrl-C stops everything. The
    same as `.venv/bin/python project.py run` in that folder.
    """
    python = _interpreter(project)
    values = {
        "--layout": layout,
        "--port": port,
        "--data": data and data.absolute(),
        "--accounts": accounts and accounts.absolute(),
    }
    given = [text for flag, value in values.items() if value is not None for text in (flag, str(value))]
    flags = [flag for flag, on in {"--services": services, "--json": form == "json"}.items() if on]
    # The runner takes our place: signals reach it, and its exit code is ours.
    sys.stdout.flush()
    os.execv(python, [str(python), str(project.resolve() / "project.py"), "run", *given, *flags])  # noqa: S606 -- no shell is wanted


def _interpreter(project: Path) -> Path:
    """Give the interpreter of a project that was set up."""
    if not (project / "project.py").is_file():
        raise InputError(
            f"{project}: there is no project.py, so this is no built project; run groundplan build BRIEF {project} first."
        )
    python = project.absolute() / ".venv" / "bin" / "python"
    if not os.access(python, os.X_OK):
        raise MachineError(f"{project}: it has no environment of its own yet; run python3 project.py setup in that folder first.")
    return python
