"""The pieces of the runner by themselves: output, ports, readiness, leashes, routes."""

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from shutil import which

import pytest

from groundplan_runtime.errors import MissingProgramError, NotReadyError, PartDiedError, PortTakenError, ServiceError, SettingsError
from groundplan_runtime.forwarded import believe_forwarded
from groundplan_runtime.interpreter import refuse_old
from groundplan_runtime.manifest import load_project
from groundplan_runtime.runner import leash, pids, ports, processes
from groundplan_runtime.runner.console import Console, ProcessLine, Ready
from groundplan_runtime.runner.frontdoor import caddyfile
from groundplan_runtime.runner.plan import make_plan
from groundplan_runtime.runner.postgresql import PostgreSQL
from groundplan_runtime.runner.processes import Child, Command, StopRequestedError, Supervisor
from groundplan_runtime.runner.readiness import answers, wait_until
from groundplan_runtime.runner.requests import stop_requests
from groundplan_runtime.runner.scratch import socket_folder
from groundplan_runtime.serve import build_asgi
from groundplan_runtime.settings import Settings
from runtime.runner.projects import PAIR, TRIO, Part, write

STRONG = "0123456789abcdef" * 2
WAITING = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ready(notes: list[str]) -> Ready:
    lines = [ProcessLine("async", 7, 8001, ["public", "live"], 0.5), ProcessLine("front", 8, 8000, [], 0.1)]
    return Ready(
        "http://127.0.0.1:8000", "split", "sqlite", "database", "abc", lines, [ProcessLine("valkey", 6, 0, [], 0.2)], notes
    )


def test_people_get_a_table_an_address_and_notes() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(as_json=False, out=out, err=err)
    console.expect(["async", "front"])
    console.line("async", "hello")
    console.step("start", 1.234)
    console.ready(ready(["sign in as owner"]))
    console.stopped()
    assert out.getvalue() == (
        "  process  parts         pid  port  start   state\n"
        "  valkey   -             6    -     0.20 s  ready\n"
        "  async    public, live  7    8001  0.50 s  ready\n"
        "  front    -             8    8000  0.10 s  ready\n"
        "\n"
        "  http://127.0.0.1:8000\n"
        "  sign in as owner\n"
    )
    assert err.getvalue() == "async | hello\nstart: 1.23 s\nstopped\n"


def test_programs_get_one_object_per_line_and_no_talk() -> None:
    out, err = io.StringIO(), io.StringIO()
    console = Console(as_json=True, out=out, err=err)
    console.line("async", "hello")
    console.step("start", 1.2345)
    console.ready(ready(["sign in as owner"]))
    console.died(PartDiedError("it died", "async", -9, "/x.log"))
    console.stopped()
    step, told, died, stopped = map(json.loads, out.getvalue().splitlines())
    assert step == {"event": "step", "name": "start", "seconds": 1.234}
    assert set(told) == {"event", "url", "layout", "database", "events", "instance", "processes", "services"}
    assert told["processes"][0] == {"name": "async", "pid": 7, "port": 8001, "parts": ["public", "live"], "start_seconds": 0.5}
    assert died == {"event": "died", "process": "async", "code": -9, "log": "/x.log"}
    assert stopped == {"event": "stopped"}
    assert err.getvalue() == ""


def test_a_terminal_gets_coloured_prefixes_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured, plain = Terminal(), Terminal()
    console = Console(as_json=False, err=coloured)
    console.expect(["async"])
    console.line("async", "a")
    console.line("other", "b")
    monkeypatch.setenv("NO_COLOR", "1")
    Console(as_json=False, err=plain).line("async", "a")
    assert coloured.getvalue() == "\x1b[36masync\x1b[0m | a\n\x1b[37mother\x1b[0m | b\n"
    assert plain.getvalue() == "async | a\n"


def test_a_terminal_that_went_away_does_not_stop_the_logs() -> None:
    gone = Terminal()
    gone.close()
    Console.line(_console_of(gone), "async", "a")


def _console_of(stream: Terminal) -> Console:
    console = Console(as_json=False, err=io.StringIO())
    console._err = stream
    return console


def test_the_listener_on_a_port_is_named() -> None:
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        port = listener.getsockname()[1]
        assert str(ports.holder(port)).startswith(f"process {os.getpid()} (")
        with pytest.raises(PortTakenError) as refused:
            ports.check_free(port)
    assert refused.value.port == port
    ports.check_free(port)


def test_a_port_held_without_listening_is_taken_by_somebody() -> None:
    with socket.socket() as held:
        held.bind((ports.HOST, 0))
        with pytest.raises(PortTakenError, match="is taken by another program"):
            ports.check_free(held.getsockname()[1])


def test_an_old_python_is_refused_in_one_sentence() -> None:
    with pytest.raises(SystemExit, match=r"Python 3\.10 is too old for this project; start it with Python 3\.11 or newer\."):
        refuse_old((3, 10))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may open every port")
def test_a_port_that_only_root_may_open_is_said_so() -> None:
    with pytest.raises(PortTakenError, match="port 1 cannot be opened by this user"):
        ports.check_free(1)


@pytest.mark.skipif(which("ps") is None, reason="this way is for systems without /proc, which have ps")
def test_without_proc_the_start_of_a_process_is_asked_from_ps() -> None:
    token = pids._ps_token(os.getpid())
    assert token
    assert token == pids._ps_token(os.getpid())
    assert pids._ps_token(2**22 + 1) is None


def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(tmp_path / "logs", lambda _process, _line: None)


def start(runner: Supervisor, tmp_path: Path, code: str, *, brief: bool = False, grace: float = 8.0) -> Child:
    return runner.start(Command("one", [sys.executable, "-c", code], os.environ, tmp_path, ("a",), 0, brief=brief, grace=grace))


def up(child: Child) -> bool:
    return "up" in child.tail


def test_output_goes_to_the_log_and_to_the_listener(tmp_path: Path) -> None:
    heard: list[tuple[str, str]] = []
    runner = Supervisor(tmp_path / "logs", lambda process, line: heard.append((process, line)))
    child = start(runner, tmp_path, "print('one'); print('two')", brief=True)
    assert runner.finish(child) == 0
    assert heard == [("one", "one"), ("one", "two")]
    assert (tmp_path / "logs/one.log").read_text() == "one\ntwo\n"


def test_a_big_log_is_put_aside(tmp_path: Path) -> None:
    log = tmp_path / "logs/one.log"
    log.parent.mkdir()
    log.write_bytes(b"x" * (processes.MAX_LOG_BYTES + 1))
    runner = supervisor(tmp_path)
    runner.finish(start(runner, tmp_path, "print('fresh')", brief=True))
    assert log.read_text() == "fresh\n"
    assert (tmp_path / "logs/one.log.1").stat().st_size == processes.MAX_LOG_BYTES + 1


def test_a_process_that_ignores_the_request_is_killed_after_its_grace(tmp_path: Path) -> None:
    runner = supervisor(tmp_path)
    child = start(runner, tmp_path, STUBBORN, grace=0.1)
    wait_until(runner, [child], up)
    runner.stop([child])
    assert child.process.returncode == -signal.SIGKILL


def test_one_more_ctrl_c_kills_at_once(tmp_path: Path) -> None:
    runner = supervisor(tmp_path)
    child = start(runner, tmp_path, STUBBORN, grace=60)
    wait_until(runner, [child], up)
    runner.ask_to_stop(processes.INTERRUPTED)
    runner.stop([child])
    assert child.process.returncode == -signal.SIGKILL


def test_a_second_polite_request_keeps_the_stop_gentle(tmp_path: Path) -> None:
    slow = "import signal, sys, time\nsignal.signal(signal.SIGTERM, lambda *_: (time.sleep(0.3), sys.exit(5)))\n"
    slow += "print('up', flush=True)\ntime.sleep(60)"
    runner = supervisor(tmp_path)
    child = start(runner, tmp_path, slow)
    wait_until(runner, [child], up)
    runner.ask_to_stop(0)
    runner.stop([child])
    assert child.process.returncode == 5


def test_descendants_end_with_the_process_that_leads_them(tmp_path: Path) -> None:
    code = f"import subprocess, sys\nprint(subprocess.Popen([sys.executable, '-c', {WAITING!r}]).pid, flush=True)"
    runner = supervisor(tmp_path)
    child = start(runner, tmp_path, code, brief=True)
    runner.finish(child)
    grandchild = int(child.tail[0])
    deadline = time.monotonic() + 5
    while pids.start_token(grandchild) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert pids.start_token(grandchild) is None


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingProgramError, match="/no/such/program is missing"):
        supervisor(tmp_path).start(Command("one", ["/no/such/program"], {}, tmp_path))


def test_waiting_ends_with_the_time_or_with_a_request(tmp_path: Path) -> None:
    runner = supervisor(tmp_path)
    runner.wait(0.01)
    runner.ask_to_stop(7)
    with pytest.raises(StopRequestedError) as asked:
        runner.wait(5)
    assert asked.value.code == 7


def test_a_process_that_does_not_answer_in_time_is_named_with_its_log(tmp_path: Path) -> None:
    runner = supervisor(tmp_path)
    child = start(runner, tmp_path, WAITING)
    with pytest.raises(NotReadyError, match=r"process one runs but did not answer within 0.05 s; see .*one\.log"):
        wait_until(runner, [child], lambda _: False, seconds=0.05)
    runner.stop([child])


def test_an_answer_of_another_start_or_of_another_program_does_not_count() -> None:
    with socket.socket() as listener:
        listener.bind((ports.HOST, 0))
        listener.listen()
        bodies = [b'{"instance": "old"}', b"[]", b"no json", b'{"instance": "new"}']
        thread = threading.Thread(target=_answer, args=(listener, bodies))
        thread.start()
        told = [answers(listener.getsockname()[1], "new") for _ in bodies]
        thread.join()
    assert told == [False, False, False, True]


def _answer(listener: socket.socket, bodies: list[bytes]) -> None:
    for body in bodies:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def test_signals_become_requests_and_handlers_come_back(tmp_path: Path) -> None:
    runner = supervisor(tmp_path)
    before = signal.getsignal(signal.SIGTERM)
    with stop_requests(runner, until_eof=False):
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(StopRequestedError):
            runner.wait(5)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_closed_terminal_that_is_to_be_ignored_stays_ignored(tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with stop_requests(supervisor(tmp_path), until_eof=False):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


LEASH = """\
import signal, sys
from groundplan_runtime.runner.leash import {what}
{code}
"""


def leashed(what: str, code: str) -> "subprocess.CompletedProcess[str]":
    script = LEASH.format(what=what, code=code)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash is Linux's")
def test_a_leash_to_a_parent_that_has_gone_ends_the_process_at_once() -> None:
    ended = leashed("die_with_parent", "die_with_parent(signal.SIGTERM, 1)\nprint('still here')")
    assert (ended.returncode, ended.stdout) == (0, "")


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="only root gives root up")
def test_root_becomes_another_user_who_still_passes_closed_folders(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "file").write_text("read")
    look = "'import os, sys; print(os.geteuid(), os.access(sys.argv[1], os.R_OK), open(sys.argv[1]).read())'"
    code = f"become_user(65534)\nimport os\nos.execv(sys.executable, [sys.executable, '-c', {look}, {str(closed / 'file')!r}])"
    ended = leashed("become_user", code)
    assert ended.stdout == "65534 True read\n", ended.stderr


def test_a_leash_as_a_program_becomes_the_program() -> None:
    arguments = processes.tied(signal.SIGTERM, [sys.executable, "-c", "print('became')"])
    assert subprocess.run(arguments, check=True, capture_output=True, text=True).stdout == "became\n"
    assert arguments[2] == leash.__file__


def test_sockets_move_to_a_short_folder_when_the_data_lies_deep(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 120)
    short = socket_folder(deep, "name.sock")
    assert socket_folder(Path("/a/b"), "name.sock") == Path("/a/b")
    assert len(str(short)) < 60
    assert short.stat().st_mode & 0o777 == 0o700
    short.rmdir()


def test_data_of_another_postgresql_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgresql").mkdir()
    (tmp_path / "postgresql/PG_VERSION").write_text("15\n")
    with pytest.raises(ServiceError, match="this is data of PostgreSQL 15, the wheel is 18; move the folder away"):
        PostgreSQL(tmp_path, "tiny").start(supervisor(tmp_path))


def test_a_cluster_that_cannot_be_made_is_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "postgresql").mkdir()
    (tmp_path / "postgresql/mine.txt").write_text("mine")
    with pytest.raises(ServiceError, match="could not be made"):
        PostgreSQL(tmp_path, "tiny").start(supervisor(tmp_path))
    assert (tmp_path / "postgresql/mine.txt").exists()


def test_the_front_door_tries_longer_prefixes_first() -> None:
    text = caddyfile(8000, "abc", {"/": [1], "/api/v1": [2, 3], "/live": [2]})
    patterns = [line.split()[-1] for line in text.splitlines() if "path_regexp" in line]
    assert patterns == ["^/-(/|$)", "^/api/v1(/|$)", "^/live(/|$)", "^/"]
    assert "reverse_proxy 127.0.0.1:2 127.0.0.1:3 {" in text


def test_asynchronous_processes_get_a_doorbell_and_all_know_them(tmp_path: Path) -> None:
    workers = Part("public", "asgi", "/api/v1", "", {"workers": 2})
    plan = make_plan(load_project(write(tmp_path, (TRIO[0], workers))), "split", 8000, {"PUBLIC_URL": "https://x.example"})
    site, first, second = plan.processes
    assert [planned.name for planned in plan.processes] == ["site" if plan.layout == "apart" else "sync", "async-1", "async-2"]
    assert plan.environment(site)["GROUNDPLAN_DOORBELL"] == ""
    assert plan.environment(first)["GROUNDPLAN_DOORBELL"] == f"127.0.0.1:{first.doorbell}"
    bells = {f"127.0.0.1:{first.doorbell}", f"127.0.0.1:{second.doorbell}"}
    assert set(plan.environment(site)["GROUNDPLAN_DOORBELLS"].split(",")) == bells
    assert plan.environment(site)["PUBLIC_URL"] == "https://x.example"
    assert plan.routes() == {"/": [site.port], "/api/v1": [first.port, second.port]}


def test_one_process_listens_on_the_address_itself(tmp_path: Path) -> None:
    plan = make_plan(load_project(write(tmp_path, PAIR)), "together", 8123, {})
    assert not plan.needs_door
    assert plan.processes[0].port == plan.port == 8123
    assert plan.environment()["PUBLIC_URL"] == "http://127.0.0.1:8123"


def test_an_empty_public_address_is_none(tmp_path: Path) -> None:
    plan = make_plan(load_project(write(tmp_path, PAIR)), "together", 8123, {"PUBLIC_URL": ""})
    assert plan.environment()["PUBLIC_URL"] == "http://127.0.0.1:8123"


@pytest.mark.parametrize(
    ("peer", "chain", "proto", "told"),
    [
        ("10.0.0.1", "203.0.113.9", "https", ("203.0.113.9", "https")),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2", "https", ("203.0.113.9", "https")),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "gopher", ("10.0.0.3", "http")),
        ("10.0.0.1", "written by anybody", None, ("written by anybody", "http")),
        ("10.0.0.1", None, "https", ("10.0.0.1", "https")),
        ("192.0.2.1", "203.0.113.9", "https", ("192.0.2.1", "http")),
        ("", "203.0.113.9", "https", ("", "http")),
    ],
)
def test_forwarded_headers_count_from_trusted_addresses_only(
    peer: str, chain: str | None, proto: str | None, told: tuple[str, str]
) -> None:
    seen = believed("10.0.0.0/24, 192.0.2.9", peer, chain, proto)
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"]) == told


def test_everybody_who_reaches_the_port_may_be_trusted() -> None:
    assert believed("*", "192.0.2.1", "203.0.113.9, 198.51.100.1", None)["REMOTE_ADDR"] == "203.0.113.9"


def test_a_trusted_address_that_is_none_is_refused() -> None:
    with pytest.raises(SettingsError, match="FORWARDED_ALLOW_IPS holds 'door' but must hold addresses, networks or"):
        believed("door", "", None, None)


def believed(trusted: str, peer: str, chain: str | None, proto: str | None) -> dict[str, str]:
    """Give what an application sees of a forwarded request."""
    seen: dict[str, str] = {}

    def app(environ: dict[str, str], _start_response: object) -> list[bytes]:
        seen.update(environ)
        return []

    headers = {"HTTP_X_FORWARDED_FOR": chain, "HTTP_X_FORWARDED_PROTO": proto}
    environ = {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", **{name: value for name, value in headers.items() if value}}
    believe_forwarded(app, trusted)(environ, lambda *_: None)
    return seen


def test_a_process_without_identity_and_events_has_no_runtime_to_start(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(pair))
    monkeypatch.delitem(sys.modules, "groundplan_runtime.current", raising=False)
    app = build_asgi(load_project(pair).processes("split")["async"], Settings.load(pair, {"SECRET_KEY": STRONG}), "async")
    assert app._runtime is None  # type: ignore[attr-defined]  # looked at from inside
    _forget_parts()


def _forget_parts() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "parts"]:
        del sys.modules[name]
