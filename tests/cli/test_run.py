"""``run``: the project's own interpreter takes over, with its signals and its exit code."""

import json
import os
import signal
import subprocess
import venv
from pathlib import Path

import pytest

from cli.conftest import GROUNDPLAN, Program

TELLS = "import json, os, sys\nprint(json.dumps({'argv': sys.argv, 'python': sys.executable, 'cwd': os.getcwd()}))\nsys.exit(7)\n"
WAITS = "import signal, sys\nsignal.signal(signal.SIGINT, lambda *_: sys.exit(130))\nprint('ready', flush=True)\nsignal.pause()\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Give a folder with an interpreter of its own and a project.py that tells how it was called."""
    folder = tmp_path / "pulse"
    venv.create(folder / ".venv", symlinks=True)
    (folder / "project.py").write_text(TELLS)
    return folder


def test_every_flag_reaches_the_projects_own_runner(groundplan: Program, project: Path, tmp_path: Path) -> None:
    flags = ["--layout", "apart", "--services", "--port", "0", "--data", "d", "--accounts", "a.json", "--format", "json"]
    ended = groundplan("run", "pulse", *flags, cwd=tmp_path)
    told = json.loads(ended.stdout)
    assert told["argv"] == [
        str(project / "project.py"),
        *("run", "--layout", "apart", "--port", "0", "--data", str(tmp_path / "d"), "--accounts", str(tmp_path / "a.json")),
        *("--services", "--json"),
    ]
    assert Path(told["python"]) == project / ".venv/bin/python"


def test_the_projects_exit_code_is_ours(groundplan: Program, project: Path) -> None:
    ended = groundplan("run", project)
    assert ended.returncode == 7
    assert json.loads(ended.stdout)["argv"] == [str(project / "project.py"), "run"]


def test_ctrl_c_reaches_the_project(project: Path) -> None:
    (project / "project.py").write_text(WAITS)
    with subprocess.Popen([GROUNDPLAN, "run", project], stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "ready\n"
        os.kill(running.pid, signal.SIGINT)
        assert running.wait(20) == 130


def test_a_project_that_was_not_set_up_is_code_4_with_the_remedy(groundplan: Program, project: Path) -> None:
    (project / ".venv/bin/python").unlink()
    ended = groundplan("run", project)
    sentence = f"{project}: it has no environment of its own yet; run python3 project.py setup in that folder first.\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (4, "", sentence)


def test_a_folder_that_is_no_project_is_code_2_with_the_remedy(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("run", tmp_path)
    sentence = f"{tmp_path}: there is no project.py, so this is no built project; run groundplan build BRIEF {tmp_path} first.\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", sentence)


def test_a_port_that_is_none_is_code_2(groundplan: Program, project: Path) -> None:
    ended = groundplan("run", project, "--port", "65536")
    assert ended.returncode == 2
    assert "65536 is not in the range 0<=x<=65535" in ended.stderr
