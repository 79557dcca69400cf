"""The project is started on scratch data, told apart from the user's own, and always ended."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from groundplan.errors import MachineError
from groundplan.proof import running as module
from groundplan.proof.running import Account, Launch, running, scratch_folder

ACCOUNTS = (Account.make("insider", staff=True, permissions=[]),)


@contextmanager
def _launch(root: Path, accounts: tuple[Account, ...] = ACCOUNTS, python: Path = Path(sys.executable)) -> Iterator[Launch]:
    with scratch_folder(accounts) as scratch:
        yield Launch(root, python, "mine", services=True, scratch=scratch, accounts=accounts)


def test_it_is_ready_with_its_address_and_gone_afterwards_with_its_scratch_data(standin: Path) -> None:
    with _launch(standin) as launch, running(launch) as project:
        assert project.url == f"http://127.0.0.1:{project.port}"
        assert (project.ready["layout"], project.ready["database"]) == ("mine", "postgresql")
        assert project.trouble is None
        assert project.pids_of("live") == [project.process.pid]
        assert 0 < project.seconds_to_start < 60
        assert (launch.scratch / "accounts.json").stat().st_mode & 0o77 == 0
    assert project.process.poll() == 0
    assert not launch.scratch.exists()
    assert sorted(path.name for path in standin.iterdir() if path.name != "__pycache__") == ["app.py", "project.py", "project.toml"]


def test_settings_of_the_copy_that_lead_outside_are_blotted_out(standin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://production.example/pulse")
    monkeypatch.setenv("GROUNDPLAN_INSTANCE", "another")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    with _launch(standin) as launch:
        told = launch.environment(8123)
    assert (told["DATABASE_URL"], told["EVENTS_URL"], told["PUBLIC_URL"]) == ("", "", "http://127.0.0.1:8123")
    assert not {"GROUNDPLAN_INSTANCE", "PYTHONPATH"} & told.keys()
    assert told["PATH"] == os.environ["PATH"]


def test_a_project_that_does_not_start_is_told_with_its_last_words(standin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_STARTS", "0")
    with _launch(standin) as launch, pytest.raises(MachineError, match="code 1: the database is gone"), running(launch):
        pass


def test_a_project_that_never_gets_ready_is_ended(standin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STANDIN_HANGS", "1")
    monkeypatch.setattr(module, "START_SECONDS", 0.3)
    monkeypatch.setattr(module, "STOP_SECONDS", 0.3)
    with _launch(standin) as launch, pytest.raises(MachineError, match="was not ready within"), running(launch):
        pass
    assert not [child for child in psutil.Process().children(recursive=True) if str(launch.scratch) in " ".join(child.cmdline())]


def test_a_missing_interpreter_is_told_with_the_remedy(standin: Path) -> None:
    with (
        _launch(standin, python=standin / "none") as launch,
        pytest.raises(MachineError, match=r"run: python project\.py setup"),
        running(launch),
    ):
        pass


def test_a_project_is_ended_when_what_runs_on_it_fails(standin: Path) -> None:
    with _launch(standin) as launch, pytest.raises(ZeroDivisionError), running(launch) as project:
        raise ZeroDivisionError
    assert project.process.poll() == 0


def test_a_death_is_noticed(standin: Path) -> None:
    with _launch(standin) as launch, running(launch) as project:
        os.kill(project.process.pid, signal.SIGKILL)
        project.process.wait(10)
        assert project.trouble == "the project ended with code -9"


SCRIPT = """
import signal, sys
from pathlib import Path
if {ignored}: signal.signal(signal.SIGINT, signal.SIG_IGN)
sys.path.insert(0, {tests!r})
import conftest
from groundplan.brief.model import LoadPlan
from groundplan.proof import prove
must = conftest.make_must("events_lost", 0, LoadPlan(sockets=5, duration=60, cut_seconds=1, cut_every=3), part="live")
prove(Path({root!r}), conftest.make_brief(must), python=Path(sys.executable), listener=lambda event: print(event, flush=True))
"""


@pytest.mark.parametrize(
    ("sign", "ignored"),
    [
        (signal.SIGINT, False),
        (signal.SIGTERM, False),
        (signal.SIGTERM, True),  # Ctrl-C is ignored in the background of a script
        pytest.param(signal.SIGKILL, False, marks=pytest.mark.long),
    ],
)
def test_nothing_is_left_running_when_a_proof_is_interrupted(
    standin: Path, sign: signal.Signals, *, ignored: bool, tmp_path: Path
) -> None:
    text = SCRIPT.format(tests=str(Path(__file__).parent), root=str(standin), ignored=ignored)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = os.environ | {"TMPDIR": str(scratch)}
    proof = subprocess.Popen(
        [sys.executable, "-c", text], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )
    assert proof.stdout is not None
    assert any("must-events_lost" in line and "done=2" in line for line in proof.stdout)
    left = psutil.Process(proof.pid).children(recursive=True)
    assert left
    proof.send_signal(sign)
    _, errors = proof.communicate(timeout=20)
    _, alive = psutil.wait_procs(left, timeout=10)
    assert not alive
    if sign is not signal.SIGKILL:
        assert "KeyboardInterrupt" in errors
        assert not list(scratch.glob("groundplan-proof-*"))
