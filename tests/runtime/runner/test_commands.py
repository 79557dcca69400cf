"""The commands of project.py: wrong words, doctor, test, and what a run refuses before it starts anything."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from groundplan_runtime import __version__
from groundplan_runtime.runner.doctor import Finding, examine
from groundplan_runtime.runner.ports import free_port
from groundplan_runtime.runner.readiness import answers
from runtime.runner.projects import PAIR, SOURCES, Part, clean_environment, command, running, write

STRONG = "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rum"], "invalid choice: 'rum'"),
        ([], "the following arguments are required: COMMAND"),
        (["run", "--port", "99999"], "'99999' is no port from 0 to 65535"),
        (["run", "--layout", "aprt"], "layout 'aprt', which does not exist; did you mean 'apart'?"),
        (["run", "--accounts", "x.json"], "--accounts adds accounts with known passwords and so needs --data DIR"),
        (["run", "--accounts", "x.json", "--data", "d"], "x.json: there is no such file"),
        (["run", "--accounts", "project.toml", "--data", "d"], "project.toml: this is not JSON (Expecting value"),
        (
            ["run", "--accounts", "wrong.json", "--data", "d"],
            "must be a list of objects with username, password, staff, permissions",
        ),
        (["run", "--accounts", "right.json", "--data", "d"], "--accounts needs a Django part"),
    ],
)
def test_wrong_input_is_one_sentence_with_code_2_and_writes_nothing(pair: Path, arguments: list[str], sentence: str) -> None:
    (pair / "right.json").write_text('[{"username": "a", "password": "b", "staff": true, "permissions": []}]')
    (pair / "wrong.json").write_text('[{"username": "a"}]')
    before = sorted(path.name for path in pair.iterdir())
    ended = command(pair, *arguments)
    assert ended.returncode == 2
    assert sentence in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert sorted(path.name for path in pair.iterdir() if path.name != "__pycache__") == before


def test_services_beside_a_database_of_ones_own_are_refused(pair: Path) -> None:
    ended = command(pair, "run", "--services", DATABASE_URL="postgresql://elsewhere/x")
    assert ended.returncode == 2
    assert "DATABASE_URL is set; remove the flag or the setting" in ended.stderr


def test_a_weak_secret_is_refused_before_anything_starts(pair: Path) -> None:
    ended = command(pair, "run", SECRET_KEY="changeme-changeme-changeme-changeme-changeme")
    assert ended.returncode == 2
    assert ended.stderr.startswith("SECRET_KEY looks like a default")
    assert not (pair / "data").exists()


def test_a_data_folder_that_cannot_be_made_is_named(pair: Path) -> None:
    (pair / "file").touch()
    ended = command(pair, "run", "--data", "file/below")
    assert ended.returncode == 4
    assert "the data folder cannot be made (Not a directory)" in ended.stderr


def test_a_preparation_that_fails_is_told_with_its_last_words(pair: Path) -> None:
    (pair / "parts/pages/app.py").write_text("def prepare():\n    raise SystemExit('no table today')\n")
    ended = command(pair, "prepare")
    assert ended.returncode == 4
    assert "the database could not be prepared" in ended.stderr
    assert "no table today" in ended.stderr
    assert "prepare.log" in ended.stderr


def test_a_missing_preparation_is_named(pair: Path) -> None:
    (pair / "parts/pages/app.py").write_text("")
    ended = command(pair, "prepare")
    assert ended.returncode == 4
    assert "part pages prepare: module 'parts.pages.app' has no 'prepare'" in ended.stderr


def test_a_project_without_preparation_has_nothing_to_prepare(tmp_path: Path) -> None:
    assert command(write(tmp_path, PAIR[1:]), "prepare").returncode == 0


def test_tests_run_with_the_project_on_the_path(pair: Path) -> None:
    (pair / "test_it.py").write_text("def test_it():\n    import parts.pages.app\n    import groundplan_runtime\n")
    passed = command(pair, "test", "-q", "test_it.py")
    assert (passed.returncode, (pair / ".env").exists()) == (0, True)


def test_help_and_version_are_told(pair: Path) -> None:
    assert f"groundplan_runtime {__version__}" in command(pair, "--version").stdout
    assert "--until-eof" in command(pair, "run", "--help").stdout


def test_an_interrupted_command_gives_130(pair: Path) -> None:
    (pair / "test_it.py").write_text("import os, signal\nos.kill(os.getppid(), signal.SIGINT)\n")
    assert command(pair, "test", "test_it.py").returncode == 130


def findings(root: Path) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(root)}


@pytest.fixture
def healthy(pair: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a project with secrets and a list of what is installed here."""
    monkeypatch.setenv("SECRET_KEY", STRONG)
    manifest = pair / "project.toml"
    manifest.write_text(manifest.read_text().replace("port = 8000", f"port = {free_port()}"))
    (pair / "requirements.txt").write_text("# pins\nstarlette==0.0.1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n")
    return pair


def test_doctor_prints_a_line_for_each_check_and_leaves_with_4_when_one_needs_a_cure(pair: Path) -> None:
    ended = command(pair, "doctor", SECRET_KEY=STRONG)
    assert ended.returncode == 4
    lines = ended.stdout.splitlines()
    assert [line.split()[0] for line in lines if "packages" in line] == ["FIX"]
    assert all(" -> " in line for line in lines if line.startswith("FIX"))
    told = [line.split()[1] for line in lines]
    assert told == ["interpreter", "packages", "runtime", "programs", "secrets", "env", "data", "address", "database", "events"]


def test_doctor_stops_at_settings_that_cannot_be_read(pair: Path) -> None:
    ended = command(pair, "doctor", SECRET_KEY="weak")
    assert ended.returncode == 4
    assert "SECRET_KEY has 4 characters" in ended.stdout


def test_doctor_finds_all_well_on_a_fresh_project(healthy: Path) -> None:
    told = findings(healthy)
    assert {name for name, finding in told.items() if finding.cure} == {"interpreter", "packages"}  # these tests use another one
    assert told["database"].told == "sqlite answers and can be written"
    assert not (healthy / "data/tiny.sqlite3").exists()


@pytest.mark.parametrize(
    ("pins", "told"),
    [
        ("", "requirements.txt pins nothing"),
        ("no-such-package==1.0\n", "1 of 1 differ from the pins: no-such-package is missing"),
        ("no-such-package==1.0 ; sys_platform == 'win32'\n", "1 installed as pinned"),
        ("click[extra]==0.1\n", "not 0.1"),
    ],
)
def test_doctor_compares_packages_with_their_pins(healthy: Path, pins: str, told: str) -> None:
    (healthy / "requirements.txt").write_text(pins)
    assert told in findings(healthy)["packages"].told


def test_doctor_names_files_of_the_runtime_that_were_edited(healthy: Path) -> None:
    (healthy / "vendor").mkdir()
    (healthy / "vendor/groundplan_runtime.json").write_text(json.dumps({"files": {"groundplan_runtime/cli.py": "0"}}))
    assert "groundplan_runtime/cli.py first" in findings(healthy)["runtime"].told


def test_doctor_and_run_warn_of_a_version_known_to_be_bad(healthy: Path) -> None:
    (healthy / ".groundplan").mkdir()
    (healthy / ".groundplan/advisories.json").write_text(json.dumps({__version__: "sign-out is not seen; take 9.9.9"}))
    assert "sign-out is not seen; take 9.9.9" in findings(healthy)["runtime"].told
    assert "known to be bad: sign-out is not seen" in command(healthy, "prepare").stderr


@pytest.mark.parametrize("content", ["not json", "[]"])
def test_advisories_that_cannot_be_read_are_none(healthy: Path, content: str) -> None:
    (healthy / ".groundplan").mkdir()
    (healthy / ".groundplan/advisories.json").write_text(content)
    assert not findings(healthy)["runtime"].cure


def test_doctor_finds_an_open_env_file_a_short_password_and_no_server(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (healthy / ".env").write_text("OWNER_PASSWORD=short\n")
    (healthy / ".env").chmod(0o644)
    monkeypatch.setenv("DATABASE_URL", "postgresql://127.0.0.1:1/x")
    monkeypatch.setenv("EVENTS_URL", "redis://127.0.0.1:1")
    told = findings(healthy)
    assert told["env file"].cure == f"run: chmod 600 {healthy}/.env"
    assert told["secrets"].told == "OWNER_PASSWORD is short"
    assert "refused" in told["database"].told
    assert told["events"].told == "redis server does not answer"


def test_doctor_knows_a_copy_that_runs(healthy: Path) -> None:
    with running(healthy, "--layout", "together") as copy:
        assert findings(healthy)["address"].told == f"a copy runs at {copy.url}"


def test_doctor_reaches_real_servers(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    show = "import json, os\nfrom pathlib import Path\n"
    show += "def prepare(): Path('urls.json').write_text(json.dumps([os.environ['DATABASE_URL'], os.environ['EVENTS_URL']]))\n"
    (healthy / "parts/pages/app.py").write_text(PAIR[0].code + show)
    with running(healthy, "--services", "--layout", "together"):
        database, events = json.loads((healthy / "urls.json").read_text())
        monkeypatch.setenv("DATABASE_URL", database)
        monkeypatch.setenv("EVENTS_URL", events)
        told = findings(healthy)
    assert told["database"].told == "postgresql answers and can be written"
    assert told["events"].told == "unix server answers"


def test_a_process_can_be_served_by_hand_and_names_what_is_wrong(pair: Path) -> None:
    base = [sys.executable, "-m", "groundplan_runtime.serve"]
    environment = {"PYTHONPATH": f"{pair}:{SOURCES}", "SECRET_KEY": STRONG, "PATH": ""}
    wrong = subprocess.run([*base, "--process", "asink"], cwd=pair, env=environment, capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert wrong.stderr == "layout split has no process 'asink'; its processes are sync, async.\n"


def test_a_project_of_asynchronous_parts_alone_needs_no_front_door(tmp_path: Path) -> None:
    root = write(tmp_path, (Part("public", "asgi", "/", PAIR[1].code),))
    with running(root) as copy:
        assert [entry["name"] for entry in copy.ready["processes"]] == ["async"]


def test_doctor_tries_an_existing_sqlite_file(healthy: Path) -> None:
    (healthy / "data").mkdir()
    (healthy / "data/tiny.sqlite3").write_bytes(b"this is no database, whatever its name says" * 9)
    assert findings(healthy)["database"].told == "file is not a database"
    (healthy / "data/tiny.sqlite3").write_bytes(b"")
    assert not findings(healthy)["database"].cure
    assert (healthy / "data/tiny.sqlite3").read_bytes() == b""


def test_doctor_changes_nothing(healthy: Path) -> None:
    before = sorted(healthy.rglob("*"))
    findings(healthy)
    assert sorted(healthy.rglob("*")) == before


def test_doctor_names_a_data_folder_that_is_a_file(healthy: Path) -> None:
    (healthy / "data").write_text("")
    assert findings(healthy)["data"].told == f"{healthy}/data is not writable for this user"


DRAINING = """\
from pathlib import Path
from groundplan_runtime import current

class Gateway:
    async def drain(self, within):
        Path("drained.txt").write_text(str(within))
    async def stop(self):
        Path("ended.txt").write_text(Path("drained.txt").read_text())

class Runtime:
    def __init__(self):
        self.gateway = Gateway()
    async def start(self):
        Path("started.txt").touch()
    async def stop(self):
        Path("drained.txt").rename("stopped.txt")

current.use(Runtime())

async def app(scope, receive, send):
    raise NotImplementedError
"""


def test_a_process_asked_to_stop_lets_its_live_clients_leave_first(tmp_path: Path) -> None:
    root = write(tmp_path, (Part("live", "asgi", "/", DRAINING),))
    port = free_port()
    arguments = [sys.executable, "-m", "groundplan_runtime.serve", "--port", str(port), "--drain", "2.5"]
    environment = clean_environment() | {"PYTHONPATH": f"{root}:{SOURCES}", "SECRET_KEY": STRONG, "GROUNDPLAN_INSTANCE": "one"}
    with subprocess.Popen(arguments, cwd=root, env=environment, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 20
        while not answers(port, "one") and time.monotonic() < deadline:
            time.sleep(0.02)
        process.terminate()
        assert process.wait(20) == -signal.SIGTERM
    assert (root / "started.txt").exists()
    assert (root / "ended.txt").read_text() == "2.5"
    assert (root / "stopped.txt").read_text() == "2.5"
