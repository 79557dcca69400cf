"""A plan on the disk: whole or not at all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from groundplan.errors import MachineError, TargetError
from groundplan.scaffold import Plan, PlannedFile, write
from groundplan.scaffold.writing import _move

PLAN = Plan(
    "pulse",
    (
        PlannedFile(".groundplan/plan.json", b"{}", owner="record"),
        PlannedFile("parts/office/models.py", b"# models\n"),
        PlannedFile("project.py", b"#!/usr/bin/env python3\n", executable=True),
    ),
)
NOBODY = 65534
PATHS = {".groundplan/plan.json", "parts/office/models.py", "project.py"}


def paths(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_a_missing_folder_is_made_with_what_lies_above_it(tmp_path: Path) -> None:
    write(PLAN, tmp_path / "some" / "where" / "pulse")
    assert paths(tmp_path / "some" / "where" / "pulse") == PATHS
    assert list((tmp_path / "some" / "where").iterdir()) == [tmp_path / "some" / "where" / "pulse"]


def test_an_empty_folder_is_filled_and_stays_the_same_folder(tmp_path: Path) -> None:
    target = tmp_path / "pulse"
    target.mkdir()
    before = target.stat().st_ino
    write(PLAN, target)
    assert paths(target) == PATHS
    assert target.stat().st_ino == before


def test_a_command_can_be_started(tmp_path: Path) -> None:
    write(PLAN, tmp_path / "pulse")
    assert os.access(tmp_path / "pulse" / "project.py", os.X_OK)
    assert not os.access(tmp_path / "pulse" / "parts/office/models.py", os.X_OK)


def test_a_folder_with_something_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(TargetError, match="is not empty; name a folder that is missing or empty"):
        write(PLAN, tmp_path)
    assert paths(tmp_path) == {"mine.txt"}


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pulse").write_text("a file")
    with pytest.raises(TargetError, match="pulse is a file"):
        write(PLAN, tmp_path / "pulse")
    with pytest.raises(TargetError, match=r"because .*pulse is a file"):
        write(PLAN, tmp_path / "pulse" / "inside")


def test_a_folder_inside_another_project_is_refused(tmp_path: Path) -> None:
    write(PLAN, tmp_path / "pulse")
    with pytest.raises(TargetError, match="lies inside the project"):
        write(PLAN, tmp_path / "pulse" / "again")


@pytest.fixture
def without_rights() -> Iterator[None]:
    """Root may write everywhere, so for a moment it is somebody else."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    yield
    os.seteuid(was)


@pytest.fixture
def locked() -> Iterator[Path]:
    """Give a folder that everybody may look into and nobody may write to."""
    folder = Path(mkdtemp())
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    folder.rmdir()


@pytest.mark.usefixtures("without_rights")
def test_a_folder_that_may_not_be_written_is_refused(locked: Path) -> None:
    with pytest.raises(TargetError, match="cannot be written by this account"):
        write(PLAN, locked / "pulse")


@pytest.mark.usefixtures("without_rights")
def test_a_folder_that_may_not_be_looked_into_is_refused(locked: Path) -> None:
    if os.geteuid() == NOBODY:
        os.seteuid(0)
        locked.chmod(0o000)
        os.seteuid(NOBODY)
    else:
        locked.chmod(0o000)
    with pytest.raises(TargetError, match="cannot be reached by this account"):
        write(PLAN, locked / "some" / "pulse")


BROKEN = Plan("pulse", (*PLAN.files, PlannedFile(f"{'x' * 300}.py", b"")))
"""A name that no file system holds: the disk gives up after the other files."""


def test_when_the_disk_gives_up_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="nothing was left there") as raised:
        write(BROKEN, tmp_path / "deep" / "pulse")
    assert raised.value.exit_code == 4
    assert not list(tmp_path.iterdir())


def test_when_the_disk_gives_up_an_empty_folder_is_empty_again(tmp_path: Path) -> None:
    with pytest.raises(MachineError):
        write(BROKEN, tmp_path)
    assert not list(tmp_path.iterdir())


def test_when_a_finished_part_cannot_be_put_in_place_the_others_are_taken_back(tmp_path: Path) -> None:
    """Somebody fills the folder while we write: what was there stays, what we brought goes."""
    staging, target = tmp_path / "staging", tmp_path / "pulse"
    for name in ("a.txt", "b/b.txt", "c/c.txt"):
        (staging / name).parent.mkdir(parents=True, exist_ok=True)
        (staging / name).write_text("ours")
    (target / "c").mkdir(parents=True)
    (target / "c" / "c.txt").write_text("theirs")
    with pytest.raises(OSError, match="not empty"):
        _move(staging, target)
    assert paths(target) == {"c/c.txt"}
    assert (target / "c" / "c.txt").read_text() == "theirs"


def test_an_interrupted_write_leaves_no_project_behind(tmp_path: Path) -> None:
    """Kill the writer while it writes twenty thousand files: the target never appears."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom groundplan.scaffold import Plan, PlannedFile, write\n"
        "files = tuple(PlannedFile(f'{n}.txt', b'x') for n in range(20_000))\n"
        "print('ready', flush=True)\nwrite(Plan('pulse', files), Path(sys.argv[1]))\n"
    )
    target = tmp_path / "pulse"
    writer = subprocess.Popen([sys.executable, "-c", code, target], stdout=subprocess.PIPE)
    assert writer.stdout is not None
    with writer:
        writer.stdout.readline()
        while not list(tmp_path.glob(".pulse-*/*.txt")):
            assert writer.poll() is None
            time.sleep(0.001)  # until it has begun; there is nothing to be told by
        writer.send_signal(signal.SIGINT)
    assert not target.exists()
    assert not list(tmp_path.iterdir())
