"""The program: finds a command, loads its module only then, and turns whatever happens into an exit code."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import click

from groundplan import __version__
from groundplan.cli.failures import told
from groundplan.cli.surface import Surface
from groundplan.ending import ended_by_sigterm
from groundplan.spelling import nearest

__all__ = ["COMMANDS", "main", "program"]

COMMANDS = {
    "init": "Write a brief: answer questions for three minutes, or take an example.",
    "check": "Read a brief and tell every mistake.",
    "decide": "Decide which architecture fits a brief, and say why.",
    "verify": "Derive every number of a decision record again.",
    "build": "Write the project for a brief.",
    "run": "Start a project, all parts at one address.",
    "prove": "Measure every must of a project.",
    "backtest": "Hold the method against real decisions.",
    "demo": "Make the whole journey: decide, build, install, prove twice.",
    "catalogue": "Look into the catalogue that decisions rest on.",
    "schema": "Print the JSON Schema of a file format.",
}
"""Command -> its first sentence, so that the list of commands needs none of their modules."""


class _Commands(click.Group):
    """Commands that live in modules of their own name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's own signature
        """Name the commands in the order of a product's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's own signature
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"groundplan.cli.{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is told with the nearest name."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], COMMANDS)
            listed = ", ".join(COMMANDS)
            raise click.UsageError(f"{args[0]!r} is no command, {f'write {near!r}' if near else f'there are {listed}'}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's own signature
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group("groundplan", cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.option("--traceback", is_flag=True, help="When something fails, show the whole way there.")
@click.pass_context
def program(context: click.Context, *, traceback: bool) -> None:
    """From a brief to a proven product.

    A brief says what a product needs; decide answers with an architecture and
    its reasons; build writes the project; run starts it; prove measures every
    must of the brief.

    Exit codes: 0 done; 1 a must is NOT_MET; 2 wrong input; 3 a must is
    NOT_PROVEN; 4 the machine lacks something; 130 interrupted.
    """
    context.ensure_object(Surface).traceback = traceback


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code."""
    surface = Surface()
    try:
        with ended_by_sigterm():
            code = program.main(arguments, prog_name="groundplan", standalone_mode=False, obj=surface)
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 -- the one place that maps every failure
        code = told(error, surface)
    sys.exit(code if isinstance(code, int) else 0)
