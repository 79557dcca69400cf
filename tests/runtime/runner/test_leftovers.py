"""What a killed runner leaves behind is found again by number and moment of start, and cleared by the next command."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan_runtime.errors import AlreadyRunningError
from groundplan_runtime.runner.pids import alive, signal_group, signal_process, start_token
from groundplan_runtime.runner.state import Recorded, RunFolder, State
from runtime.runner.projects import command

SLEEP = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


@pytest.fixture(params=[SLEEP, STUBBORN], ids=["gentle", "stubborn"])
def orphan(request: pytest.FixtureRequest) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-c", request.param], stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def leave(data: Path, *recorded: Recorded, scratch: str = "") -> RunFolder:
    """Write the state that a killed runner leaves."""
    folder = RunFolder(data)
    folder.path.mkdir(parents=True)
    folder.save(State(Recorded("runner", 1, "gone", 15), "abc", "http://127.0.0.1:1", list(recorded), [scratch] if scratch else []))
    return folder


def test_stop_clears_what_was_left_over(pair: Path, orphan: "subprocess.Popen[bytes]") -> None:
    scratch = pair / "scratch"
    scratch.mkdir()
    folder = leave(pair / "data", Recorded.of("async", orphan.pid), scratch=str(scratch))
    ended = command(pair, "stop")
    assert ended.stdout == "stopped async, left over from a start that was killed\n"
    assert orphan.wait(1) in {-signal.SIGTERM, -signal.SIGKILL}
    assert folder.load() is None
    assert not scratch.exists()


def test_the_next_run_clears_it_too(pair: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True) as process:
        leave(pair / "data", Recorded.of("async", process.pid))
        ended = command(pair, "prepare")
        assert process.wait(1) == -signal.SIGTERM
    assert ended.returncode == 0
    assert "stopped async, left over from a start that was killed" in ended.stderr
    assert (pair / "prepared.txt").exists()


def test_another_process_with_the_same_number_is_left_alone(pair: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEP], start_new_session=True) as process:
        leave(pair / "data", Recorded("async", process.pid, "an earlier start", signal.SIGTERM))
        assert command(pair, "stop").stdout == "nothing runs here\n"
        assert process.poll() is None
        process.kill()


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"runner": 3}'])
def test_a_broken_state_is_no_state(tmp_path: Path, content: str) -> None:
    folder = leave(tmp_path)
    (folder.path / "state.json").write_text(content)
    assert folder.load() is None


def test_the_lock_is_held_once(tmp_path: Path) -> None:
    with RunFolder(tmp_path), pytest.raises(AlreadyRunningError, match="a copy already runs; stop it"), RunFolder(tmp_path):
        pass
    with RunFolder(tmp_path):
        pass


def test_the_state_survives_being_written_and_read(tmp_path: Path) -> None:
    folder = leave(tmp_path, Recorded.of("async", os.getpid()))
    state = folder.load()
    assert state is not None
    assert state.processes[0].alive
    assert json.loads((folder.path / "state.json").read_text())["instance"] == "abc"


def test_a_token_tells_processes_apart_and_ends_with_them() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        token = start_token(process.pid)
        assert token is not None
        assert alive(process.pid, token)
        assert token != start_token(os.getpid())
        assert process.stdin is not None
        process.stdin.close()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert start_token(process.pid) is None  # only its exit code is left
    assert start_token(process.pid) is None


def test_signals_to_what_is_gone_are_fine() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    signal_process(process.pid, signal.SIGTERM)
    signal_group(process.pid, signal.SIGTERM)
