"""The commands of ``project.py``: setup, run, stop, test, doctor, prepare.

Imports nothing beyond the standard library, so that ``setup`` works before anything is installed.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from groundplan_runtime import __version__
from groundplan_runtime.errors import EnvironmentFailedError, ProjectError, UsageError
from groundplan_runtime.interpreter import use_environment
from groundplan_runtime.runner.console import Console
from groundplan_runtime.runner.doctor import doctor
from groundplan_runtime.runner.pids import signal_process
from groundplan_runtime.runner.processes import INTERRUPTED
from groundplan_runtime.runner.run import Options, prepare, run
from groundplan_runtime.runner.setup import setup
from groundplan_runtime.runner.state import RunFolder
from groundplan_runtime.settings import data_folder, ensure_env_file

__all__ = ["main"]

STOP_SECONDS = 45.0


def main(root: Path | str, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command on the project in ``root`` and leave with its exit code: 0, 2 wrong input, 4 environment, 130 interrupted."""
    root = Path(root).resolve()
    try:
        code = _dispatch(root, list(sys.argv[1:] if arguments is None else arguments))
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        code = error.exit_code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:  # whoever read the output has gone; everything is stopped by now
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = EnvironmentFailedError.exit_code
    raise SystemExit(code)


def _dispatch(root: Path, arguments: list[str]) -> int:
    own, rest = (arguments[:1], arguments[1:]) if arguments[:1] == ["test"] else (arguments, [])  # the rest is pytest's own
    options = _parser().parse_args(own, argparse.Namespace(rest=rest))
    if options.command == "setup":
        return setup(root, Console(as_json=False), production=options.production)
    use_environment(root, [str(root / "project.py"), *arguments])
    commands = {"run": _run, "prepare": _prepare, "stop": _stop, "test": _test, "doctor": _doctor}
    return commands[options.command](root, options)


def _run(root: Path, options: argparse.Namespace) -> int:
    asked = Options(
        layout=options.layout,
        port=options.port,
        services=options.services,
        data=options.data,
        accounts=options.accounts and options.accounts.resolve(),
        until_eof=options.until_eof,
        access_log=options.access_log,
    )
    return run(root, asked, Console(as_json=options.json))


def _prepare(root: Path, options: argparse.Namespace) -> int:
    return prepare(root, Options(data=options.data), Console(as_json=False))


def _doctor(root: Path, _options: argparse.Namespace) -> int:
    return doctor(root)


def _stop(root: Path, options: argparse.Namespace) -> int:
    """Stop the running copy, or what a killed one left behind."""
    folder = RunFolder(options.data.resolve() if options.data else data_folder(root))
    if not folder.path.is_dir():
        print("nothing runs here")
        return 0
    ran = not folder.take() and _ask_runner(folder)
    left = folder.clear()
    folder.release()
    if left:
        print(f"stopped {', '.join(left)}, left over from a start that was killed")
    else:
        print("stopped" if ran else "nothing runs here")
    return 0


def _ask_runner(folder: RunFolder) -> bool:
    """Ask the living runner to stop and wait until it has. True, for it ran."""
    state = folder.load()
    if state is not None and state.runner.alive:
        signal_process(state.runner.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while not folder.take():
        if time.monotonic() > deadline:
            raise EnvironmentFailedError(
                f"{folder.path.parent}: the copy there did not stop within {STOP_SECONDS:g} s; end it by hand."
            )
        time.sleep(0.05)
    return True


def _test(root: Path, options: argparse.Namespace) -> int:
    """Run the project's tests and give pytest's own exit code."""
    if not os.environ.get("SECRET_KEY"):
        ensure_env_file(root)
    path = os.pathsep.join((str(root), str(Path(__file__).resolve().parent.parent)))
    environment = {**os.environ, "PYTHONPATH": path, "GROUNDPLAN_ROOT": str(root)}
    return subprocess.run([sys.executable, "-m", "pytest", *options.rest], cwd=root, env=environment, check=False).returncode


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say one sentence instead of the whole manual."""
        raise UsageError(f"{self.prog}: {message}; see: {self.prog} --help.")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="project.py", description="Everything about this project, one command each.")
    parser.add_argument("--version", action="version", version=f"groundplan_runtime {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND", parser_class=_Parser)
    install = commands.add_parser("setup", help="install the pinned packages into .venv and make .env")
    install.add_argument("--production", action="store_true", help="only what running needs: requirements.txt")
    _add_run(commands.add_parser("run", help="start everything at one address, until Ctrl-C"))
    for name, text in (("stop", "stop the running copy, or what a killed one left"), ("prepare", "bring the database up to date")):
        commands.add_parser(name, help=text).add_argument("--data", type=Path, metavar="DIR", help="instead of the data folder")
    commands.add_parser("test", help="run the project's tests; further arguments go to pytest")
    commands.add_parser("doctor", help="check what a start needs, with the cure for each finding")
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--layout", metavar="NAME", help="together, split, apart or one of project.toml; default: the one there")
    parser.add_argument(
        "--port", type=_port, metavar="N", help="the one address; 0 picks a free port; default: the one of project.toml"
    )
    parser.add_argument("--services", action="store_true", help="start PostgreSQL and Valkey from wheels, below the data folder")
    parser.add_argument("--data", type=Path, metavar="DIR", help="instead of the data folder")
    parser.add_argument("--accounts", type=Path, metavar="FILE", help="JSON list of accounts to add; only with --data")
    parser.add_argument("--json", action="store_true", help="one JSON object per line instead of talk and logs")
    parser.add_argument("--until-eof", action="store_true", help="stop when standard input closes")
    parser.add_argument("--access-log", action="store_true", help="one log line for each request")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:  # noqa: PLR2004  the highest port there is
        raise argparse.ArgumentTypeError(f"{text!r} is no port from 0 to 65535")
    return int(text)
