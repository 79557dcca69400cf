"""``project.py run`` and ``prepare``: refuse early, do everything in order, and stop in reverse order whatever happens."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from groundplan_runtime.errors import EnvironmentFailedError, MissingProgramError, PartDiedError, UsageError
from groundplan_runtime.manifest import Project, load_project
from groundplan_runtime.releases import warning
from groundplan_runtime.runner import frontdoor
from groundplan_runtime.runner.console import Console, ProcessLine, Ready
from groundplan_runtime.runner.plan import Plan
from groundplan_runtime.runner.ports import check_free
from groundplan_runtime.runner.processes import Child, StopRequestedError
from groundplan_runtime.runner.requests import stop_requests
from groundplan_runtime.runner.start import Start
from groundplan_runtime.runner.state import RunFolder
from groundplan_runtime.settings import ENV_FILE, Settings, ensure_env_file, read_env_file

__all__ = ["Options", "make_data_folder", "missing_packages", "prepare", "run"]


@dataclass(frozen=True, slots=True)
class Options:
    """What the owner asked for. layout and port: None takes the one of project.toml; data: instead of the data folder."""

    layout: str | None = None
    port: int | None = None
    services: bool = False
    data: Path | None = None
    accounts: Path | None = None
    until_eof: bool = False
    access_log: bool = False


def run(root: Path, options: Options, console: Console) -> int:
    """Start the project, wait, stop it. Gives 0 when asked to stop, 130 when interrupted; raises ProjectError otherwise."""
    _check_programs(load_project(root), options.layout)
    with _checked(root, options, console) as (project, settings, base, folder):
        port = project.port if options.port is None else options.port
        if port:
            check_free(port)
        start = Start(project, settings.data_dir, base, console, folder)
        with stop_requests(start.supervisor, until_eof=options.until_eof):
            return _until_stopped(start, options, port, console)


def prepare(root: Path, options: Options, console: Console) -> int:
    """Bring the database up to date and start nothing that stays. Gives 0, or 130 when interrupted."""
    with _checked(root, options, console) as (project, settings, base, folder):
        start = Start(project, settings.data_dir, base, console, folder)
        with stop_requests(start.supervisor, until_eof=False):
            try:
                start.prepare(start.plan(project.layout, 0, access_log=False), options.accounts)
            except StopRequestedError as stop:
                return stop.code
            finally:
                start.stop()
        return 0


def missing_packages(project: Project, layout: str | None) -> list[str]:
    """Name the packages that the layout needs and this interpreter lacks."""
    shares = list(project.processes(layout).values())
    synchronous = [all(part.interface == "wsgi" for part in parts) for parts in shares]
    mixed = any({part.interface for part in parts} == {"wsgi", "asgi"} for parts in shares)
    needed = {"granian": any(synchronous), "uvicorn": not all(synchronous), "a2wsgi": mixed}
    return [package for package, wanted in needed.items() if wanted and find_spec(package) is None]


def make_data_folder(folder: Path) -> None:
    """Make the data folder, closed to others. Raises EnvironmentFailedError when nothing can be written there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFailedError(
            f"{folder}: the data folder cannot be made ({error.strerror}); choose another with --data DIR."
        ) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise EnvironmentFailedError(
            f"{folder}: the data folder is not writable for this user; change its rights or use --data DIR."
        )


@contextmanager
def _checked(root: Path, options: Options, console: Console) -> Iterator[tuple[Project, Settings, Mapping[str, str], RunFolder]]:
    """Refuse whatever can be refused before a byte is written or a process started; then hold the lock of the data folder."""
    project = load_project(root)
    environ = {**os.environ, **({"DATA_DIR": str(options.data.resolve())} if options.data else {})}
    _check_flags(project, options, {**read_env_file(root / ENV_FILE), **environ})
    if not environ.get("SECRET_KEY") and ensure_env_file(root):
        console.say(f"made {ENV_FILE} with a fresh SECRET_KEY and OWNER_PASSWORD")
    settings = Settings.load(root, environ)
    make_data_folder(settings.data_dir)
    if text := warning(root):
        console.say(text)
    with RunFolder(settings.data_dir) as folder:
        for name in folder.clear():
            console.say(f"stopped {name}, left over from a start that was killed")
        yield project, settings, {**read_env_file(root / ENV_FILE), **environ}, folder


def _check_flags(project: Project, options: Options, values: Mapping[str, str]) -> None:
    taken = [name for name in ("DATABASE_URL", "EVENTS_URL") if options.services and values.get(name)]
    if taken:
        raise UsageError(f"--services starts its own database and events, but {taken[0]} is set; remove the flag or the setting.")
    if options.accounts is None:
        return
    if options.data is None:
        raise UsageError("--accounts adds accounts with known passwords and so needs --data DIR, a data folder of its own.")
    if not options.accounts.is_file():
        raise UsageError(f"--accounts {options.accounts}: there is no such file; give a JSON file with a list of accounts.")
    _check_accounts(options.accounts)
    if not any(part.framework == "django" for part in project.parts):
        raise UsageError("--accounts needs a Django part, which owns the accounts; this project has none.")


def _check_accounts(file: Path) -> None:
    try:
        accounts = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"--accounts {file}: this is not JSON ({error}); correct the file.") from error
    keys = {"username": str, "password": str, "staff": bool, "permissions": list}
    whole = isinstance(accounts, list) and all(isinstance(account, dict) for account in accounts)
    if not whole or not all(isinstance(account.get(key), kind) for account in accounts for key, kind in keys.items()):
        raise UsageError(f"--accounts {file}: this must be a list of objects with {', '.join(keys)}; correct the file.")


def _check_programs(project: Project, layout: str | None) -> None:
    if missing := missing_packages(project, layout):
        raise MissingProgramError(f"{', '.join(missing)} is not installed; run: python project.py setup.")
    processes = project.processes(layout).values()
    if len(processes) > 1 or any(part.workers > 1 for parts in processes for part in parts):
        frontdoor.caddy()


def _until_stopped(start: Start, options: Options, port: int, console: Console) -> int:
    try:
        if options.services:
            start.start_services()
        plan = start.plan(options.layout or start.project.layout, port, access_log=options.access_log)
        start.prepare(plan, options.accounts)
        start.serve(plan)
        console.ready(_ready(start, plan))
        start.supervisor.wait()
    except StopRequestedError as stop:
        return stop.code
    except PartDiedError as error:
        console.died(error)
        raise
    finally:
        start.stop()
        console.stopped()
    raise AssertionError("wait without a time ends with a reason")


def _ready(start: Start, plan: Plan) -> Ready:
    database = urlsplit(start.base.get("DATABASE_URL", "")).scheme or "sqlite"
    events = urlsplit(start.base.get("EVENTS_URL", "")).scheme or "database"
    told = {"postgres": "postgresql", "rediss": "redis", "valkeys": "valkey", "unix": "valkey"}
    return Ready(
        url=plan.url,
        layout=plan.layout,
        database=told.get(database, database),
        events=told.get(events, events),
        instance=plan.instance,
        processes=[_line(child) for child in (*start.serving, *start.door)],
        services=[_line(child) for child in start.services],
        notes=_notes(start, plan),
    )


def _line(child: Child) -> ProcessLine:
    command = child.command
    return ProcessLine(command.name, child.pid, command.port, list(command.parts), round(child.start_seconds, 3))


def _notes(start: Start, plan: Plan) -> list[str]:
    notes = [f"logs in {start.logs}; Ctrl-C stops everything"]
    if any(part.framework == "django" for part in plan.project.parts):
        place = "the environment" if os.environ.get("OWNER_PASSWORD") else plan.project.root / ENV_FILE
        notes.insert(0, f"sign in as owner; the password is OWNER_PASSWORD in {place}")
    return notes
