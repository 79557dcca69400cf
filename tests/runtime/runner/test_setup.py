"""``project.py setup``: exactly the pinned packages from a real index, or nothing changed and one sentence."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan_runtime.interpreter import UNFINISHED
from runtime.runner.projects import clean_environment, command, read_variables, write

NOWHERE = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}


def wheel(folder: Path, name: str) -> str:
    """Write a wheel of one module and give its hash."""
    files = {
        f"{name}.py": "VALUE = 1\n",
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in files.items())
    target = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(target, "w") as archive:
        for path, text in {**files, f"{name}-1.0.dist-info/RECORD": record}.items():
            archive.writestr(path, text)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of wheels that serves as the index."""
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, shelf: Path) -> Iterator[Path]:
    """Give a project that was set up."""
    root = write(tmp_path_factory.mktemp("installed"))
    (root / "requirements-dev.txt").write_text(f"tinypack==1.0 \\\n    --hash=sha256:{wheel(shelf, 'tinypack')}\n")
    (root / "requirements.txt").write_text("")
    ended = command(root, "setup", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(shelf))
    assert ended.returncode == 0, ended.stderr
    assert "installing 1 packages of requirements-dev.txt" in ended.stderr
    yield root
    shutil.rmtree(root)


def imports(root: Path, module: str) -> bool:
    return subprocess.run([root / ".venv/bin/python", "-c", f"import {module}"], check=False, capture_output=True).returncode == 0


def test_the_pinned_package_is_there_and_secrets_are_made(installed: Path) -> None:
    assert imports(installed, "tinypack")
    assert set(read_variables(installed)) == {"SECRET_KEY", "OWNER_PASSWORD"}
    assert not (installed / ".venv" / UNFINISHED).exists()


def test_its_programs_start_from_where_they_stand(installed: Path) -> None:
    shown = subprocess.run([installed / ".venv/bin/pip", "--version"], check=True, capture_output=True, text=True)
    assert str(installed / ".venv") in shown.stdout


def test_doing_it_again_changes_nothing(installed: Path) -> None:
    before = (installed / ".venv/pyvenv.cfg").stat().st_mtime_ns
    again = command(installed, "setup", **NOWHERE)
    assert (again.returncode, again.stderr) == (0, ".venv is up to date with requirements-dev.txt\n")
    assert (installed / ".venv/pyvenv.cfg").stat().st_mtime_ns == before


def test_other_commands_run_with_its_interpreter(installed: Path) -> None:
    told = command(installed, "doctor")
    assert f"at {installed}/.venv/bin/python" in told.stdout


@pytest.mark.long
def test_a_wrong_hash_is_one_sentence_and_the_old_environment_stays(installed: Path, shelf: Path) -> None:
    pins = installed / "requirements-dev.txt"
    before = pins.read_text()
    pins.write_text(f"tinypack==1.0 --hash=sha256:{'0' * 64}\n")
    ended = command(installed, "setup", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(shelf))
    pins.write_text(before)
    assert ended.returncode == 4
    assert "whose hash is not the pinned one" in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr
    assert imports(installed, "tinypack")
    assert not (installed / ".venv-before").exists()


@pytest.mark.long
def test_a_missing_index_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "requirements.txt").write_text(f"tinypack==1.0 --hash=sha256:{'0' * 64}\n")
    ended = command(root, "setup", "--production", **NOWHERE)
    assert ended.returncode == 4
    assert "the package index cannot be reached" in ended.stderr.splitlines()[-1]
    assert not [path.name for path in root.iterdir() if path.name.startswith(".")]


def test_a_missing_list_of_packages_is_one_sentence(tmp_path: Path) -> None:
    ended = command(write(tmp_path), "setup")
    assert ended.returncode == 4
    assert "requirements-dev.txt: this file is missing" in ended.stderr


def test_an_interrupted_setup_is_noticed_by_the_next_command(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / ".venv").mkdir()
    (root / ".venv" / UNFINISHED).touch()
    ended = command(root, "run")
    assert ended.returncode == 4
    assert "setup was interrupted there; run: python project.py setup." in ended.stderr


def test_a_setup_asked_to_end_leaves_nothing(tmp_path: Path) -> None:
    root = write(tmp_path)
    (root / "requirements-dev.txt").write_text("tinypack==1.0\n")
    with subprocess.Popen([sys.executable, "project.py", "setup"], cwd=root, env=clean_environment() | NOWHERE) as process:
        deadline = time.monotonic() + 20
        while not (root / ".venv" / UNFINISHED).exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.terminate()
        assert process.wait(20) == 130
    assert not [path.name for path in root.iterdir() if path.name.startswith(".")]


def test_setup_needs_nothing_installed(tmp_path: Path) -> None:
    root = write(tmp_path)
    bare = [sys.executable, "-S", "project.py", "setup", "--help"]
    shown = subprocess.run(bare, cwd=root, check=True, capture_output=True, text=True)
    assert "--production" in shown.stdout
