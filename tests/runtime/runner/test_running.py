"""A project started for real: three layouts, one address, everything up in order and down again."""

import os
import signal
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest
from websockets.sync.client import connect

from runtime.runner.projects import PAIR, TRIO, Part, command, get, running, write


def gone(pids: Sequence[int], seconds: float = 10) -> list[int]:
    """Give those that still run after a while."""
    living = [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]
    return [process.pid for process in psutil.wait_procs(living, timeout=seconds)[1]]


@pytest.mark.parametrize(("layout", "processes"), [("together", 1), ("split", 3), ("apart", 4)])
def test_every_layout_answers_alike_at_one_address(tmp_path: Path, layout: str, processes: int) -> None:
    root = write(tmp_path, TRIO, layout=layout)
    with running(root) as copy:
        assert len(copy.ready["processes"]) == processes
        assert get(f"{copy.url}/")[1] == {"framework": "flask", "path": "/"}
        assert get(f"{copy.url}/api/v1/items")[1] == {"framework": "fastapi", "opened": True}
        with connect(copy.url.replace("http", "ws") + "/live/ws") as client:
            client.send("hello")
            assert client.recv() == "hello"
        pids = copy.pids()
        assert copy.end() == 0
    assert gone(pids) == []
    assert (root / "fastapi.txt").read_text() == (root / "quart.txt").read_text() == "up\ndown\n"


def test_applications_see_the_whole_path_their_prefix_and_who_asked(pair: Path) -> None:
    with running(pair) as copy:
        _, asynchronous = get(f"{copy.url}/api/v1/items")
        _, synchronous = get(f"{copy.url}/some/page", **{"X-Forwarded-For": "203.0.113.9"})
    host = copy.url.removeprefix("http://")
    expected = {"root_path": "/api/v1", "path": "/api/v1/items", "opened": True, "url": f"{copy.url}/api/v1/items"}
    assert asynchronous == {**expected, "client": "127.0.0.1"}
    place = {"SCRIPT_NAME": "", "PATH_INFO": "/some/page", "wsgi.url_scheme": "http", "HTTP_HOST": host}
    assert synchronous == {**place, "REMOTE_ADDR": "127.0.0.1"}


def test_a_proxy_with_the_certificate_is_believed_by_the_front_door(pair: Path) -> None:
    with running(pair, PUBLIC_URL="https://shop.example") as copy:
        _, seen = get(f"{copy.url}/some/page", **{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
    assert (seen["wsgi.url_scheme"], seen["REMOTE_ADDR"]) == ("https", "203.0.113.9")


def test_each_process_tells_its_health_and_the_front_door_does_not(pair: Path) -> None:
    with running(pair) as copy:
        told = {entry["name"]: get(f"http://127.0.0.1:{entry['port']}/-/health") for entry in copy.ready["processes"]}
        hidden = [get(f"{copy.url}{path}")[0] for path in ("/-/health", "/-", "/x/../-/health", "/%2d/health", "//-/health")]
    instance = copy.ready["instance"]
    assert told["sync"] == (200, {"process": "sync", "instance": instance, "parts": ["pages"], "status": "ok"})
    assert told["async"] == (200, {"process": "async", "instance": instance, "parts": ["public"], "status": "ok"})
    assert hidden == [404] * 5


def test_a_path_that_no_part_holds_is_not_found(tmp_path: Path) -> None:
    with running(write(tmp_path, PAIR[1:])) as copy:
        assert get(f"{copy.url}/elsewhere")[0] == 404
        assert get(f"{copy.url}/api/v10")[0] == 404
        assert get(f"{copy.url}/api/v1/items")[0] == 200


def test_a_part_with_two_workers_runs_in_two_processes_behind_the_door(tmp_path: Path) -> None:
    public = Part("public", "asgi", "/api/v1", PAIR[1].code, {"workers": 2})
    with running(write(tmp_path, (public,))) as copy:
        assert [entry["name"] for entry in copy.ready["processes"]] == ["async-1", "async-2", "front"]
        assert {get(f"{copy.url}/api/v1/items")[0] for _ in range(4)} == {200}


def test_preparation_runs_once_before_the_start(pair: Path) -> None:
    with running(pair):
        assert (pair / "prepared.txt").read_text() == "prepared\n"


def test_ctrl_c_stops_everything_with_code_130(pair: Path) -> None:
    with running(pair) as copy:
        pids = copy.pids()
        assert copy.end(signal.SIGINT) == 130
        assert copy.told() == [{"event": "stopped"}]
    assert gone(pids) == []
    assert not (pair / "data/run/state.json").exists()


def test_the_end_of_input_stops_it_when_asked_for(pair: Path) -> None:
    with running(pair, "--until-eof", "--layout", "together", stdin=subprocess.PIPE) as copy:
        assert copy.process.stdin is not None
        copy.process.stdin.close()
        assert copy.process.wait(20) == 0
        copy.process.stdin = None


@pytest.mark.parametrize("victim", ["sync", "async", "front"])
def test_a_killed_process_stops_the_rest_with_its_name_and_code_4(pair: Path, victim: str) -> None:
    with running(pair) as copy:
        pids = copy.pids()
        os.kill(copy.pid(victim), signal.SIGKILL)
        assert copy.process.wait(20) == 4
        died, stopped = copy.told()
        assert copy.process.stderr is not None
        sentence = copy.process.stderr.read()
    log = pair / f"data/logs/{victim}.log"
    assert died == {"event": "died", "process": victim, "code": -signal.SIGKILL, "log": str(log)}
    assert stopped == {"event": "stopped"}
    assert f"process {victim}" in sentence
    assert "was ended by SIGKILL" in sentence
    assert str(log) in sentence
    assert "Traceback" not in sentence
    assert gone(pids) == []


def test_a_part_that_ends_by_itself_is_named_with_its_exit_code(pair: Path) -> None:
    with running(pair, "--layout", "apart") as copy:
        get(f"{copy.url}/api/v1/crash")
        assert copy.process.wait(20) == 4
        assert copy.told()[0]["code"] == 7
        assert copy.process.stderr is not None
        assert "process public (parts public) ended by itself with exit code 7" in copy.process.stderr.read()


def test_a_part_that_refuses_to_start_says_why_and_nothing_stays(pair: Path) -> None:
    (pair / "refuse.txt").touch()
    ended = command(pair, "run", "--port", "0")
    assert ended.returncode == 4
    assert "part public did not start: RuntimeError: the cellar is flooded" in ended.stderr
    assert not (pair / "data/run/state.json").exists()


def test_a_killed_runner_takes_its_processes_along(pair: Path) -> None:
    with running(pair, "--services") as copy:
        pids = copy.pids()
        copy.process.kill()
        copy.process.wait()
        assert gone(pids) == []
    with running(pair) as again:
        assert get(f"{again.url}/api/v1/items")[0] == 200


def test_services_are_started_below_the_data_folder_used_and_stopped(pair: Path, tmp_path: Path) -> None:
    data = tmp_path / "own data"
    show = "import os\ndef app(environ, start_response):\n    start_response('200 OK', [])\n"
    show += "    return [(__import__('json').dumps([os.environ['DATABASE_URL'], os.environ['EVENTS_URL']])).encode()]\n"
    (pair / "parts/pages/app.py").write_text(f"{show}\ndef prepare(): pass\n")
    with running(pair, "--services", "--data", str(data), "--layout", "together") as copy:
        assert (copy.ready["database"], copy.ready["events"]) == ("postgresql", "valkey")
        _, (database, events) = get(copy.url)
        assert psycopg_answer(database) == "tiny"
        assert valkey_answer(events)
        pids = copy.pids()
        copy.end()
        assert gone(pids, seconds=0) == []  # stopped by the runner before it left, not by its end
    assert (data / "postgresql/PG_VERSION").is_file()
    assert not Path(events.removeprefix("unix://")).exists()


def psycopg_answer(url: str) -> str:
    import psycopg  # noqa: PLC0415  only this test needs it

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_database()").fetchone()
        assert row is not None
        return str(row[0])


def valkey_answer(url: str) -> bool:
    import redis  # noqa: PLC0415  only this test needs it

    with redis.Redis.from_url(url) as client:
        return bool(client.ping())


def test_an_occupied_port_is_refused_before_anything_starts(pair: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        ended = command(pair, "run", "--port", port)
    assert ended.returncode == 4
    assert f"port {port} on 127.0.0.1 is taken by process {os.getpid()}" in ended.stderr
    assert "--port" in ended.stderr
    assert not (pair / "data/logs").exists()


def test_a_second_run_in_the_same_folder_is_refused(pair: Path) -> None:
    with running(pair, "--layout", "together") as copy:
        second = command(pair, "run", "--port", "0")
    assert second.returncode == 4
    assert f"a copy already runs at {copy.url}" in second.stderr


def test_stop_ends_the_running_copy_and_says_so(pair: Path) -> None:
    with running(pair, "--layout", "together") as copy:
        pids = copy.pids()
        assert command(pair, "stop").stdout == "stopped\n"
        assert copy.process.wait(10) == 0
    assert gone(pids) == []
    assert command(pair, "stop").stdout == "nothing runs here\n"
