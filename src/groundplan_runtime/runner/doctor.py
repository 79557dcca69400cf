"""``project.py doctor``: tests what a start needs and says for each line how to cure it. It changes nothing that stays."""

import os
import re
import socket
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from groundplan_runtime import __version__
from groundplan_runtime.errors import ProjectError
from groundplan_runtime.interpreter import STAMP, environment_folder
from groundplan_runtime.manifest import Project, load_project
from groundplan_runtime.releases import edited_files, warning
from groundplan_runtime.runner import frontdoor
from groundplan_runtime.runner.ports import check_free
from groundplan_runtime.runner.run import missing_packages
from groundplan_runtime.runner.state import RunFolder
from groundplan_runtime.runner.valkey import ping
from groundplan_runtime.settings import ENV_FILE, MIN_PASSWORD_LENGTH, Settings

__all__ = ["Finding", "doctor", "examine"]

SETUP = "run: python project.py setup"
_PIN = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)\s*(;?)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line. cure: empty when all is well."""

    name: str
    told: str
    cure: str = ""


def doctor(root: Path) -> int:
    """Print a line for each check; 0 when all are well, else 4."""
    findings = list(examine(root))
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        print(
            f"{'FIX' if finding.cure else 'ok ':3}  {finding.name:<{width}}  {finding.told}"
            + (f" -> {finding.cure}" if finding.cure else "")
        )
    return 4 if any(finding.cure for finding in findings) else 0


def examine(root: Path) -> Iterator[Finding]:
    """Give the findings, in the order in which they build on each other."""
    yield from (_interpreter(root), _packages(root), _runtime(root))
    try:
        project, settings = load_project(root), Settings.load(root)
    except ProjectError as error:
        yield Finding("settings", str(error), "correct that first; the other checks need it")
        return
    checks = (_programs, _secrets, _env_file, _data, _address, _database, _events)
    yield from (check(project, settings) for check in checks)


def _interpreter(root: Path) -> Finding:
    told = f"Python {sys.version.split()[0]} at {sys.executable}"
    own = Path(sys.prefix).resolve() == environment_folder(root).resolve()
    return Finding("interpreter", told if own else f"{told}, not the project's own", "" if own else SETUP)


def _packages(root: Path) -> Finding:
    file = root / _installed_from(root)
    pins = {match[1]: match for match in _PIN.finditer(file.read_text(encoding="utf-8"))} if file.is_file() else {}
    wrong = [text for match in pins.values() if (text := _deviation(match))]
    if not pins:
        return Finding("packages", f"{file.name} pins nothing", "restore it from version control")
    if wrong:
        return Finding("packages", f"{len(wrong)} of {len(pins)} differ from the pins: {', '.join(wrong[:3])}", SETUP)
    return Finding("packages", f"{len(pins)} installed as pinned")


def _installed_from(root: Path) -> str:
    """Name the list of packages that setup installed: the whole one, or only what running needs."""
    stamp = environment_folder(root) / STAMP
    return stamp.read_text(encoding="utf-8").split()[0] if stamp.is_file() else "requirements.txt"


def _deviation(pin: re.Match[str]) -> str:
    """Say how an installed package differs from its pin. One that is only for other systems may be missing."""
    name, wanted, has_marker = pin.groups()
    try:
        found = version(name)
    except PackageNotFoundError:
        return "" if has_marker else f"{name} is missing"
    return "" if found == wanted else f"{name} is {found}, not {wanted}"


def _runtime(root: Path) -> Finding:
    if why := warning(root):
        return Finding("runtime", why, "update the project with: groundplan update")
    if edited := edited_files(root):
        return Finding(
            "runtime", f"{len(edited)} vendored files were edited, {edited[0]} first", "restore vendor/ from version control"
        )
    return Finding("runtime", f"groundplan_runtime {__version__}, as released")


def _programs(project: Project, _settings: Settings) -> Finding:
    if missing := missing_packages(project, project.layout):
        return Finding("programs", f"{', '.join(missing)} missing for layout {project.layout}", SETUP)
    if len(project.processes()) > 1:
        return _tested("programs", f"servers and front door for layout {project.layout}", SETUP, frontdoor.caddy)
    return Finding("programs", f"server for layout {project.layout}")


def _secrets(_project: Project, settings: Settings) -> Finding:
    if 0 < len(settings.owner_password) < MIN_PASSWORD_LENGTH:
        return Finding("secrets", "OWNER_PASSWORD is short", f"give it at least {MIN_PASSWORD_LENGTH} characters in {ENV_FILE}")
    return Finding("secrets", f"SECRET_KEY has {len(settings.secret_key)} characters")


def _env_file(_project: Project, settings: Settings) -> Finding:
    file = settings.root / ENV_FILE
    if not file.is_file():
        return Finding("env file", "none; all settings come from the environment")
    mode = stat.S_IMODE(file.stat().st_mode)
    return Finding("env file", f"{file} has mode {mode:o}", f"run: chmod 600 {file}" if mode & 0o077 else "")


def _data(_project: Project, settings: Settings) -> Finding:
    wanted = settings.data_dir
    folder = next(folder for folder in (wanted, *wanted.parents) if folder.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Finding("data", f"{folder} is not writable for this user", "change its rights, or choose another with DATA_DIR")
    return Finding("data", f"{wanted} {'is writable' if folder == wanted else 'can be made'}")


def _address(project: Project, settings: Settings) -> Finding:
    folder = RunFolder(settings.data_dir)
    if folder.path.is_dir() and not folder.take():
        state = folder.load()
        return Finding("address", f"a copy runs at {state.url if state else 'an unknown address'}")
    folder.release()
    cure = f"set another port in {project.root}/project.toml"
    return _tested("address", f"port {project.port} is free", cure, check_free, project.port)


def _database(_project: Project, settings: Settings) -> Finding:
    scheme = urlsplit(settings.database_url).scheme
    test = _sqlite if scheme == "sqlite" else _postgresql
    cure = "correct DATABASE_URL or start the server"
    return _tested("database", f"{scheme} answers and can be written", cure, test, settings.database_url)


def _sqlite(url: str) -> None:
    path = Path(url.removeprefix("sqlite:///"))
    if not path.exists():
        return  # it will be made; whether the folder allows that is a check of its own
    with closing(sqlite3.connect(path, timeout=5.0, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("CREATE TABLE groundplan_doctor (id INTEGER)")
        connection.execute("ROLLBACK")


def _postgresql(url: str) -> None:
    if find_spec("psycopg") is None:
        raise ProjectError("psycopg is not installed")
    with import_module("psycopg").connect(url, connect_timeout=5) as connection:
        connection.execute("CREATE TABLE groundplan_doctor (id INTEGER)")
        connection.rollback()


def _events(_project: Project, settings: Settings) -> Finding:
    if not settings.events_url:
        return Finding("events", "gateways follow the database log")
    parts = urlsplit(settings.events_url)
    local = parts.scheme == "unix"
    address = parts.path if local else (parts.hostname or "127.0.0.1", parts.port or 6379)
    with socket.socket(socket.AF_UNIX if local else socket.AF_INET) as client:
        well = ping(client, address)
    return Finding(
        "events",
        f"{parts.scheme} server {'answers' if well else 'does not answer'}",
        "" if well else "start it, or correct EVENTS_URL",
    )


def _tested(name: str, well: str, cure: str, test: Callable[..., object], *values: object) -> Finding:
    try:
        test(*values)
    except Exception as error:  # noqa: BLE001  whatever stands in the way is the finding
        return Finding(name, (str(error).strip() or type(error).__name__).splitlines()[0].partition(";")[0].rstrip("."), cure)
    return Finding(name, well)
