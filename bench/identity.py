"""What it costs to know who is asking: answers per second, relative to an open answer, of one server process on SQLite.

Prints for each way the ratio to the open endpoint behind the same routing (median with its 95 % interval over the rounds; every
run stands between two runs of the open one) and the server's extra processor time per answer. Ways: ``empty`` is an open endpoint
with a dependency that does nothing, which is FastAPI's own price; ``cookie`` is the open endpoint asked with a cookie, which
Starlette reads all the same; ``protected`` is Protect without a cookie; ``by request`` asks for the account without a dependency,
by Starlette's adapter; ``remembered`` is a page that asks often; ``asked`` has the memory off and a session per connection, so
each answer costs two statements; ``rival`` is Django's ORM through sync_to_async. Closed loop, so the client's own time is in
every ratio.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from support import rounds
from support.house import pin, used

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests"))

from runtime.identity.site_files import Site, write_project  # noqa: E402 - the tests' own Django project

ROUNDS = 9
SECONDS = 0.5
CONNECTIONS = 16
WAYS = {
    "empty": ("/plain/empty", False),
    "cookie": ("/plain/open", True),
    "protected": ("/remembering/open", False),
    "by request": ("/remembering/request", True),
    "remembered": ("/remembering/me", True),
    "asked": ("/asking/me", True),
    "rival": ("/rival", True),
}

Measure = Callable[[str, bool], tuple[float, float]]


async def load(port: int, path: str, cookies: Sequence[str]) -> float:
    """Give answers per second over one connection for each cookie."""
    until = time.monotonic() + SECONDS
    return sum(await asyncio.gather(*(connection(port, path, cookie, until) for cookie in cookies))) / SECONDS


async def connection(port: int, path: str, cookie: str, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < until:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{cookie}\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        await reader.readexactly(int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]))
        count += 1
    writer.close()
    return count


def compare(measure: Measure) -> dict[str, list[tuple[float, float]]]:
    """Give way -> (ratio, extra microseconds) of each round."""
    found: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
    for _ in range(ROUNDS):
        before = measure("/plain/open", False)  # noqa: FBT003 - without cookies
        for way, asked in WAYS.items():
            rate, cost = measure(*asked)
            after = measure("/plain/open", False)  # noqa: FBT003 - without cookies
            found[way].append((2 * rate / (before[0] + after[0]), cost - (before[1] + after[1]) / 2))
            before = after
    return found


def serve(folder: str, cookies: list[str]) -> dict[str, list[tuple[float, float]]]:
    """Start the server in a process of its own, measure, and end it."""
    told = {"GROUNDPLAN_ROOT": folder, "PYTHONPATH": str(HERE / "servers"), "USER_MODEL": "auth.User"}
    program = [sys.executable, "-m", "uvicorn", "identity_server:application", "--factory", "--port", "0", "--no-access-log"]
    with subprocess.Popen(program, env={**os.environ, **told}, stderr=subprocess.PIPE, text=True) as process:
        try:
            port = next(int(line.rsplit(":", 1)[1].split()[0]) for line in process.stderr or [] if "running on" in line)
            server = psutil.Process(process.pid)
            pin(0, process.pid)
            pin(1)

            def measure(path: str, signed_in: bool) -> tuple[float, float]:  # noqa: FBT001 - of the table above
                before = used(server)
                rate = asyncio.run(load(port, path, cookies if signed_in else [""] * CONNECTIONS))
                return rate, (used(server) - before) / (rate * SECONDS) * 1e6

            return compare(measure)
        finally:
            process.terminate()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        site = Site(write_project(Path(folder)))
        site("migrate")
        site("command", "export_identity")
        site("make_user", "ada", permissions=["office.view_sale"])
        cookies = [f"Cookie: sessionid={site('sign_in', 'ada')}\r\n" for _ in range(CONNECTIONS)]
        site.stop()
        found = serve(folder, cookies)
    for way, turns in found.items():
        ratios, costs = zip(*turns, strict=True)
        print(f"{way:11} ratio {rounds.shown(ratios)}  +{rounds.shown(costs, '.0f')} µs")
    where = rounds.conditions("uvicorn", "fastapi", "starlette", "django")
    print(f"{where}; {ROUNDS} rounds of {SECONDS} s, {CONNECTIONS} connections")
    rounds.keep("identity", where, found)


if __name__ == "__main__":
    main()
