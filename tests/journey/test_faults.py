"""What goes wrong on a user's machine: one clear sentence, the right exit code, nothing left running."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path

import psutil
import pytest

from journey.product import GROUNDPLAN, ROOT, Running, clean_environment, running, stop

pytestmark = pytest.mark.long

LAYOUTS = ["together", "split", "apart"]
GONE_SECONDS = 15


def processes_of(product: Running) -> list[psutil.Process]:
    """Give the runner and everything below it, also what has moved out of its group (the database keeps its own)."""
    runner = psutil.Process(product.process.pid)
    mine = str(product.data)
    services = [process for process in psutil.process_iter(["cmdline"]) if mine in " ".join(process.info["cmdline"] or ())]
    return list({process.pid: process for process in (runner, *runner.children(recursive=True), *services)}.values())


def assert_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=GONE_SECONDS)
    assert not alive, [process.cmdline() for process in alive]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_ctrl_c_stops_everything_with_code_130(pulse: Path, tmp_path: Path, layout: str) -> None:
    with running(pulse, tmp_path, "--layout", layout) as product:
        everything = processes_of(product)
        product.process.send_signal(signal.SIGINT)
        assert product.process.wait(GONE_SECONDS) == 130
        assert_gone(everything)


def test_services_stop_with_the_product(pulse: Path, tmp_path: Path) -> None:
    with running(pulse, tmp_path, "--layout", "apart", "--services") as product:
        everything = processes_of(product)
        names = " ".join(" ".join(process.cmdline()) for process in everything)
        assert "postgres" in names
        assert "valkey" in names or "redis" in names
        assert stop(product.process) == 0
        assert_gone(everything)


@pytest.mark.parametrize("victim", [0, 1, 2])
def test_a_killed_part_stops_the_product_with_its_name_and_code_4(pulse: Path, tmp_path: Path, victim: int) -> None:
    with running(pulse, tmp_path, "--layout", "apart") as product:
        everything = processes_of(product)
        told = product.ready["processes"][victim]
        os.kill(told["pid"], signal.SIGKILL)
        assert product.process.wait(GONE_SECONDS) == 4
        assert product.process.stdout is not None
        died = [event for event in map(json.loads, product.process.stdout) if event["event"] == "died"]
        assert [event["process"] for event in died] == [told["name"]]
        assert_gone(everything)


def test_a_killed_runner_leaves_nothing_after_the_next_stop(pulse: Path, tmp_path: Path) -> None:
    with running(pulse, tmp_path, "--layout", "split", "--services") as product:
        everything = processes_of(product)
        product.process.kill()
        product.process.wait()
        subprocess.run([pulse / ".venv/bin/python", "project.py", "stop", "--data", tmp_path], cwd=pulse, check=True)
        assert_gone(everything)


def test_an_occupied_port_is_refused_in_one_sentence_before_anything_starts(pulse: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        python = str(pulse / ".venv/bin/python")
        command = [python, "project.py", "run", "--port", port, "--data", str(tmp_path)]
        ended = subprocess.run(command, cwd=pulse, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 4
    assert port in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(tmp_path.glob("*.sqlite3"))


def test_a_target_that_is_not_empty_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ended = subprocess.run(
        [GROUNDPLAN, "build", ROOT / "examples/pulse.toml", tmp_path], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert str(tmp_path) in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_wrong_brief_is_refused_with_line_value_and_nearest_spelling(tmp_path: Path) -> None:
    brief = tmp_path / "brief.toml"
    brief.write_text((ROOT / "examples/pulse.toml").read_text().replace("relational_data = 3", "relational_date = 7", 1))
    ended = subprocess.run([GROUNDPLAN, "build", brief, tmp_path / "out"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "relational_data" in ended.stderr
    assert "brief.toml:" in ended.stderr
    assert not (tmp_path / "out").exists()


def test_a_missing_package_index_is_one_sentence_and_leaves_no_environment(pulse: Path, tmp_path: Path) -> None:
    copy = tmp_path / "pulse"
    _copy_without_environment(pulse, copy)
    nowhere = {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
    }
    hidden = {name: value for name, value in clean_environment().items() if not name.startswith("PIP_")}
    ended = subprocess.run(
        [sys.executable, "project.py", "setup"], cwd=copy, env=hidden | nowhere, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 4
    assert "index" in ended.stderr.splitlines()[-1]
    assert not (copy / ".venv").exists()


def _copy_without_environment(project: Path, copy: Path) -> None:
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".venv", "data", "__pycache__"))


def test_four_writers_at_once_on_sqlite_lose_nothing(pulse: Path, tmp_path: Path) -> None:
    writers, each = 4, 25
    with running(pulse, tmp_path, "--layout", "split") as product:
        clients = [_Client(product.url) for _ in range(writers)]
        with ThreadPoolExecutor(writers) as pool:
            futures = [pool.submit(client.add_sales, each) for client in clients]
        statuses = [status for future in futures for status in future.result()]
        assert statuses == [201] * (writers * each)
        assert clients[0].position()["seq"] == writers * each


class _Client:
    """A signed-in person with a cookie jar, standard library only."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.opener.open(f"{url}/accounts/login/")
        form = f"username=ada&password=ada-pass-7351&csrfmiddlewaretoken={self.token}"
        self.opener.open(urllib.request.Request(f"{url}/accounts/login/", form.encode(), {"Origin": url}))

    @property
    def token(self) -> str:
        return next(str(cookie.value) for cookie in self.jar if cookie.name.endswith("csrftoken"))

    def add_sale(self, shop: str) -> int:
        body = json.dumps({"shop": shop, "amount": "1.00", "sold_at": "2026-11-22T10:00:00Z"}).encode()
        headers = {"Content-Type": "application/json", "Origin": self.url, "X-CSRFToken": self.token}
        with self.opener.open(urllib.request.Request(f"{self.url}/api/v1/sales", body, headers)) as answer:
            return int(answer.status)

    def add_sales(self, count: int) -> list[int]:
        return [self.add_sale(f"row {number}") for number in range(count)]

    def position(self) -> dict[str, int]:
        with self.opener.open(f"{self.url}/api/v1/sales") as answer:
            position: dict[str, int] = json.load(answer)["position"]
            return position
