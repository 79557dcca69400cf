"""Prove a project: start it on scratch data, ask everything, judge, leave evidence, and leave nothing running."""

from pathlib import Path

from groundplan.brief.model import Brief
from groundplan.ending import ended_by_sigterm
from groundplan.errors import InputError, MachineError, Problem
from groundplan.events import Listener, Told, ignore
from groundplan.proof.evidence import write_evidence
from groundplan.proof.model import Proof
from groundplan.proof.questions import questions
from groundplan.proof.running import Account, Launch, scratch_folder
from groundplan.proof.surface import Surface, read_surface
from groundplan.proof.trial import Trial
from groundplan.spelling import nearest

__all__ = ["prove"]


def prove(
    project_dir: Path,
    brief: Brief,
    *,
    layout: str | None = None,
    services: bool = False,
    listener: Listener = ignore,
    python: Path | None = None,
    evidence: bool = True,
) -> Proof:
    """Give a verdict on every must of the brief and on every built-in probe.

    layout: None is the project's own. services: on PostgreSQL and Valkey, started for the proof. python: instead of the
    project's own interpreter. evidence: write ``.groundplan/proofs/<when>-<layout>-<database>.json`` into the project.
    The project runs on scratch data with accounts of its own; it is ended whatever happens, Ctrl-C included.
    Raises InputError for a folder or layout that is not there, MachineError when the project does not start.
    """
    root = project_dir.resolve()
    surface = read_surface(root, brief)
    interpreter = (python or root / ".venv" / "bin" / "python").absolute()  # not resolved: a link is what makes an environment
    _check(surface, layout, interpreter)
    accounts = _accounts(surface)
    with ended_by_sigterm(), scratch_folder(accounts) as scratch:
        launch = Launch(root, interpreter, layout, services, scratch, accounts)
        trial = Trial(surface, launch, questions(brief.musts), listener)
        proof = trial.hold()
    if evidence:
        path = write_evidence(root, proof, trial.raw())
        listener(Told(f"evidence: {path}"))
    return proof


def _check(surface: Surface, layout: str | None, interpreter: Path) -> None:
    if layout is not None and layout not in surface.layouts:
        near = nearest(layout, surface.layouts)
        remedy = f"write {near}" if near else f"use one of {', '.join(surface.layouts)}"
        raise InputError(str(Problem("--layout", repr(layout), "is no layout of this project", remedy)))
    if not interpreter.exists():
        raise MachineError(f"{interpreter} is missing; run: python project.py setup (in {surface.root})")


def _accounts(surface: Surface) -> tuple[Account, ...]:
    if surface.owner is None:
        return ()
    insider = Account.make("proof-insider", staff=True, permissions=surface.permissions())
    return insider, Account.make("proof-outsider", staff=False, permissions=[])
