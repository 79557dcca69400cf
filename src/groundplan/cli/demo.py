"""``groundplan demo``: the whole journey on one brief, with the time of each step and two proofs."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import click
import psutil

from groundplan import __version__, proof, scaffold
from groundplan.brief.model import Brief
from groundplan.cli.deciding import as_of_option, told
from groundplan.cli.progress import Talker
from groundplan.cli.surface import as_json, colorful, format_option, result, talk, width
from groundplan.errors import MachineError, TargetError
from groundplan.proof import Proof
from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_text import decision_text
from groundplan.report.proof_json import proof_json
from groundplan.report.proof_text import proof_text
from groundplan.report.telling import Telling

__all__ = ["command"]

RUNS = (("together", False), ("apart", True))
"""Layout, and whether PostgreSQL and Valkey are started: the two ends of the same code."""

WORDS = {0: "every must is MET, in both runs", 1: "a must is NOT_MET, see above", 3: "a must is NOT_PROVEN, see above"}
_PATIENCE = 10.0
"""Seconds an installation has to end."""
TOOL_MARK = Path(".venv/.tool")
"""Where scripts/setup.py leaves how long the tool's own environment took."""


@dataclass
class Clock:
    """Seconds that each step took, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Say that a step begins, and time it."""
        talk(f"\n== {name}")
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 1)


@click.command("demo")
@click.argument("brief", type=click.Path(path_type=Path), default=Path("examples/pulse.toml"))
@click.option("--into", type=click.Path(path_type=Path), default=Path("build/demo"), show_default=True, help="Folder to build in.")
@as_of_option
@format_option("text", "json")
@click.pass_context
def command(context: click.Context, brief: Path, into: Path, as_of: str, form: str) -> None:
    """Make the whole journey: decide, build, install, prove twice.

    BRIEF is examples/pulse.toml when not given. The project is proved in one
    process on SQLite, and in a process per part on PostgreSQL and Valkey. One
    that an earlier demo built there is replaced. Exit codes as for prove.
    """
    clock = Clock(_setup_seconds())
    with clock.step("decide"):
        telling = told(brief, as_of)
    if form == "text":
        result(decision_text(telling, width(), color=colorful()))
    project = into / telling.brief.name
    with clock.step("build"):
        _build(telling, project)
    with clock.step("install the project"):
        _install(project)
    proofs = [_prove(project, telling.brief, clock, layout, services=services) for layout, services in RUNS]
    code = proof.worst(proofs)
    result(_as_data(clock, proofs, code) if form == "json" else _as_text(clock, proofs, code, project))
    context.exit(code)


def _setup_seconds() -> dict[str, float]:
    if not TOOL_MARK.is_file():
        return {}
    return {"set up Groundplan (when .venv was made)": float(json.loads(TOOL_MARK.read_text())["seconds"])}


def _build(telling: Telling, project: Path) -> None:
    if project.exists() and not (project / ".groundplan" / "plan.json").is_file():
        raise TargetError(f"{project}: there is something that no demo built; move it away or choose another folder with --into.")
    plan = scaffold.plan(telling.brief, telling.decision, record=decision_adr(telling), tool_version=__version__)
    if project.exists():
        shutil.rmtree(project)
    scaffold.write(plan, project)
    talk(f"{len(plan.files)} files in {project}")


def _install(project: Path) -> None:
    """Let the project set itself up with this interpreter; what it says goes to stderr, since stdout is for results."""
    with subprocess.Popen([sys.executable, "project.py", "setup"], cwd=project, stdout=sys.stderr) as setup:
        try:
            code = setup.wait()
        except KeyboardInterrupt:
            _end(setup)
            raise
    if code:
        raise MachineError(f"{project}: its setup ended with code {code}; the lines above say why.")


def _end(setup: subprocess.Popen[bytes]) -> None:
    """End an installation and what it started: a SIGTERM reaches us alone, unlike Ctrl-C."""
    left = [psutil.Process(setup.pid), *psutil.Process(setup.pid).children(recursive=True)]
    for process in left:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    psutil.wait_procs(left, timeout=_PATIENCE)


def _prove(project: Path, brief: Brief, clock: Clock, layout: str, *, services: bool) -> Proof:
    with clock.step(f"prove {layout} on {'PostgreSQL + Valkey' if services else 'SQLite'}"):
        return proof.prove(project, brief, layout=layout, services=services, listener=Talker())


def _as_data(clock: Clock, proofs: list[Proof], code: int) -> str:
    return as_json({"seconds": clock.seconds, "exit_code": code, "proofs": [proof_json(one) for one in proofs]})


def _as_text(clock: Clock, proofs: list[Proof], code: int, project: Path) -> str:
    steps = [f"  {seconds:7.1f} s  {step}" for step, seconds in clock.seconds.items()]
    return "\n".join([
        *(proof_text(one, width(), color=colorful()) for one in proofs),
        "Time of each step",
        *steps,
        f"  {sum(clock.seconds.values()):7.1f} s  altogether",
        "",
        *_again(project),
        f"\nExit code {code}: {WORDS[code]}.",
    ])  # fmt: skip


def _again(project: Path) -> Iterator[str]:
    """Tell how to start the product again, as whom, and where to look."""
    settings = dict(line.split("=", 1) for line in (project / ".env").read_text().splitlines() if "=" in line)
    yield "Start the product again:"
    yield f"  make -C {project} run"
    yield f"then open http://127.0.0.1:8000 and sign in as owner with the password {settings['OWNER_PASSWORD']}"
    yield f"Why it is built this way: {project / 'docs/adr/0001-architecture.md'}"
    yield f"All figures: {project / '.groundplan/proofs'}"
