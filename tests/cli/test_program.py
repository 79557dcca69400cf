"""The program itself: commands, help, versions, failures and their exit codes."""

import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click
import psutil
import pytest

from cli.conftest import GROUNDPLAN, Program
from groundplan import __version__
from groundplan.cli.failures import told
from groundplan.cli.program import COMMANDS
from groundplan.cli.surface import Surface
from groundplan.errors import MachineError

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"


SCHEMAS = (
    "'{brief|decision|ledger|versus|comparison}': 'breif' is not one of 'brief', 'decision', 'ledger', 'versus', 'comparison'."
)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_list_of_commands_says_what_the_command_says(command: str) -> None:
    loaded = import_module(f"groundplan.cli.{command}").command
    assert loaded.name == command
    assert loaded.help.splitlines()[0] == COMMANDS[command]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_the_help_is_the_published_one(groundplan: Program, command: str) -> None:
    ended = groundplan(*command.split(), "--help")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert f"```\n{ended.stdout.strip()}\n```" in (ROOT / "docs/reference/cli.md").read_text(), "make docs"


def test_the_help_loads_no_room_and_is_there_at_once() -> None:
    code = "import sys, groundplan.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "groundplan.cli" in loaded
    assert not {"numpy", "jinja2", "rich", "groundplan.brief", "groundplan.decision"} & set(loaded)
    assert min(cpu_seconds_of_help() for _ in range(5)) < 0.2


def cpu_seconds_of_help() -> float:
    """Processor time, since the wall clock also counts the neighbours; without coverage, which takes longer than the program."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([GROUNDPLAN, "--help"], capture_output=True, check=True, env=plain)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_version_is_told(groundplan: Program) -> None:
    ended = groundplan("--version")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"groundplan {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["chek"], "groundplan: 'chek' is no command, write 'check'. See: groundplan --help."),
        (["zzz"], f"groundplan: 'zzz' is no command, there are {', '.join(COMMANDS)}. See: groundplan --help."),
        (["check"], "groundplan check: Missing argument 'BRIEF'. See: groundplan check --help."),
        (["check", "--wrong"], "groundplan check: No such option '--wrong'. See: groundplan check --help."),
        (["--wrong"], "groundplan: No such option '--wrong'. Did you mean '--version'? See: groundplan --help."),
        (
            ["schema", "breif"],
            f"groundplan schema: Invalid value for {SCHEMAS} See: groundplan schema --help.",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_line_is_one_sentence_and_code_2(groundplan: Program, arguments: list[str], sentence: str) -> None:
    ended = groundplan(*arguments)
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", f"{sentence}\n")


def test_no_command_shows_the_help_on_stderr_with_code_2(groundplan: Program) -> None:
    ended = groundplan()
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", groundplan("--help").stdout)


def test_a_failure_is_a_sentence_on_stderr_and_nothing_on_stdout(groundplan: Program, tmp_path: Path) -> None:
    ended = groundplan("check", tmp_path / "none.toml")
    sentence = f"{tmp_path}/none.toml: the file (No such file or directory) cannot be read; give the path of a brief.\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", sentence)


def test_a_failure_is_json_on_stdout_when_json_was_asked_for(groundplan: Program, tmp_path: Path) -> None:
    brief = tmp_path / "b.toml"
    brief.write_text((EXAMPLES / "pulse.toml").read_text().replace("admin_backoffice = 3", "admin_backofice = 9"))
    ended = groundplan("check", brief, "--format", "json")
    error = json.loads(ended.stdout)["error"]
    assert (ended.returncode, error["type"], error["exit_code"]) == (2, "BriefError", 2)
    assert error["message"] == ended.stderr.strip()
    assert error["problems"] == [
        {
            "place": f"{brief}:14 part.office.needs.admin_backofice",
            "value": '"admin_backofice"',
            "rule": "is no need",
            "remedy": 'write "admin_backoffice"',
        }
    ]


def test_the_traceback_is_shown_only_on_request(groundplan: Program, tmp_path: Path) -> None:
    assert "Traceback" not in groundplan("check", tmp_path).stderr
    ended = groundplan("--traceback", "check", tmp_path)
    assert ended.returncode == 2
    assert "Traceback (most recent call last)" in ended.stderr
    assert "IsADirectoryError" in ended.stderr


def test_a_reader_that_goes_away_ends_the_run_quietly() -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run([GROUNDPLAN, "schema", "brief"], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_one_sentence_and_code_4() -> None:
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run([GROUNDPLAN, "schema", "brief"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 4
    assert ended.stderr.startswith("groundplan: No space left on device.\n")


def test_ctrl_c_is_one_word_and_code_130(tmp_path: Path) -> None:
    pipe = tmp_path / "brief.toml"
    os.mkfifo(pipe)
    running = subprocess.Popen([GROUNDPLAN, "check", pipe], stderr=subprocess.PIPE, text=True)
    with running, pipe.open("w"):  # opens when the program has opened the other end, and then it waits for words
        running.send_signal(signal.SIGINT)
        told = running.communicate(timeout=20)[1]
    assert (running.returncode, told.strip()) == (130, "interrupted")


def _installs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):  # also where it has ended and nobody has asked yet
        return "install" in process.cmdline()
    return False


def test_a_demo_that_is_ended_leaves_no_installation_running(tmp_path: Path) -> None:
    command = [str(GROUNDPLAN), "demo", "--into", str(tmp_path)]
    nowhere = os.environ | {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_RETRIES": "9"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=nowhere) as demo:
        while not (started := [child for child in psutil.Process(demo.pid).children(recursive=True) if _installs(child)]):
            assert demo.poll() is None
        demo.send_signal(signal.SIGTERM)
        told = demo.communicate(timeout=20)[1]
    assert (demo.returncode, told.splitlines()[-1]) == (130, "interrupted")
    assert not psutil.wait_procs(started, timeout=10)[1]


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (RuntimeError("odd"), 70, "groundplan met an error that nobody foresaw (RuntimeError: odd); "),
        (OSError(28, "No space left on device", "out.json"), 4, "out.json: No space left on device."),
        (OSError(), 4, "groundplan: input or output failed."),
        (MachineError("port 8000 is taken; choose another with --port."), 4, "port 8000 is taken; choose another with --port."),
        (click.ClickException("no"), 2, "groundplan: no. See: groundplan --help."),
    ],
    ids=["bug", "disk", "silent", "machine", "click"],
)
def test_every_failure_has_a_sentence_and_a_code(
    error: Exception, code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(error, Surface()) == code
    assert capsys.readouterr().err.startswith(sentence)
