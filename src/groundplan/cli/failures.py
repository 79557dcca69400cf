"""The one place where a failure becomes a sentence and an exit code."""

import click
from click.exceptions import NoArgsIsHelpError

from groundplan.cli.surface import Surface, as_json, result, talk
from groundplan.errors import BriefError, CatalogueError, GroundplanError, InputError, MachineError

__all__ = ["INTERRUPTED", "UNFORESEEN", "told"]

INTERRUPTED = 130
UNFORESEEN = 70
"""EX_SOFTWARE of sysexits.h: a bug of ours, which must not look like a verdict (1 is NOT_MET)."""


def told(error: BaseException, surface: Surface) -> int:
    """Tell a failure on stderr, and as JSON on stdout if that was asked for; give the exit code."""
    if surface.traceback:
        import traceback  # noqa: PLC0415 -- loaded when it is used

        traceback.print_exception(error)
    if isinstance(error, click.Abort | KeyboardInterrupt):
        talk("interrupted")
        return INTERRUPTED
    code, sentence = _code(error), _sentence(error)
    talk(sentence)
    if surface.format == "json":
        result(as_json({"error": {"type": type(error).__name__, "exit_code": code, "message": sentence} | _problems(error)}))
    return code


def _code(error: BaseException) -> int:
    if isinstance(error, GroundplanError):
        return error.exit_code
    if isinstance(error, click.ClickException):
        return InputError.exit_code
    return MachineError.exit_code if isinstance(error, OSError) else UNFORESEEN


def _sentence(error: BaseException) -> str:
    if isinstance(error, GroundplanError):
        return str(error)
    if isinstance(error, NoArgsIsHelpError):
        return error.format_message()
    if isinstance(error, click.ClickException):
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "groundplan"
        said = error.format_message()
        return f"{command}: {said if said.endswith(('.', '?')) else f'{said}.'} See: {command} --help."
    if isinstance(error, OSError):
        return f"{error.filename or 'groundplan'}: {error.strerror or 'input or output failed'}."
    return (
        f"groundplan met an error that nobody foresaw ({type(error).__name__}: {error}); "
        "run it again as `groundplan --traceback …` and report what it shows."
    )


def _problems(error: BaseException) -> dict[str, list[dict[str, str]]]:
    if not isinstance(error, BriefError | CatalogueError):
        return {}
    return {"problems": [{key: getattr(found, key) for key in ("place", "value", "rule", "remedy")} for found in error.problems]}
