"""The smallest project that speaks the runner's language: one process, data in memory, protections that can be left out.

It is started by ``groundplan.proof.running`` exactly like a generated project.
"""

import argparse
import json
import os
import socket
import sys
import threading
import time
from pathlib import Path

import uvicorn

sys.path.insert(0, str(Path(__file__).resolve().parent))
from app import make_app  # type: ignore[import-not-found]  # a copy of this folder runs by itself


def tell(**told: object) -> None:
    print(json.dumps(told), flush=True)


class Server(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config, options: argparse.Namespace, began: float) -> None:
        super().__init__(config)
        self.options, self.began = options, began

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        seconds = time.monotonic() - self.began
        names = [] if os.environ.get("STANDIN_NO_PIDS") else ["office", "public", "live"]
        process = {"name": "all", "pid": os.getpid(), "port": self.options.port, "parts": names, "start_seconds": seconds}
        url = f"http://127.0.0.1:{self.options.port}"
        database = "postgresql" if self.options.services else "sqlite"
        layout = self.options.layout or "together"
        tell(event="ready", url=url, layout=layout, database=database, events="", instance="i", processes=[process])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    for flag in ("--json", "--until-eof", "--services"):
        parser.add_argument(flag, action="store_true")
    parser.add_argument("--layout")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--accounts", type=Path)
    parser.add_argument("--port", type=int)
    options = parser.parse_args()
    options.data.mkdir(exist_ok=True)
    starts = options.data / "starts"
    number = int(starts.read_text()) + 1 if starts.exists() else 1
    starts.write_text(str(number))
    if number > int(os.environ.get("STANDIN_STARTS", "99")):
        sys.exit("the database is gone")
    if os.environ.get("STANDIN_HANGS"):
        time.sleep(60)
    accounts = json.loads(options.accounts.read_text()) if options.accounts else []
    app = make_app(accounts, f"127.0.0.1:{options.port}", os.environ.get("STANDIN_OFF", "").split(","), tell)
    config = uvicorn.Config(app, port=options.port, log_level="error", ws_per_message_deflate=False, timeout_graceful_shutdown=1)
    server = Server(config, options, time.monotonic())

    def watch() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=watch, daemon=True).start()
    server.run()
    tell(event="stopped")


if __name__ == "__main__":
    main()
