"""Small real projects, written into a folder, and run with their own ``project.py``."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import groundplan_runtime

SOURCES = Path(groundplan_runtime.__file__).resolve().parent.parent
PROJECT_PY = f"""\
import sys
from pathlib import Path
root = Path(__file__).resolve().parent
sys.path[:0] = [str(root), {str(SOURCES)!r}]
from groundplan_runtime.cli import main
if __name__ == "__main__":
    sys.exit(main(root=root))
"""
PAGES = '''\
"""A WSGI application that tells what it was asked with."""
import json
from pathlib import Path

def prepare():
    Path("prepared.txt").open("a").write("prepared\\n")

def app(environ, start_response):
    keys = ("SCRIPT_NAME", "PATH_INFO", "wsgi.url_scheme", "REMOTE_ADDR", "HTTP_HOST")
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({key: environ.get(key) for key in keys}).encode()]
'''
PUBLIC = '''\
"""A Starlette application with a lifespan, state, a stream and an echo over WebSocket."""
import os
from contextlib import asynccontextmanager
from pathlib import Path
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute

@asynccontextmanager
async def lifespan(app):
    if Path("refuse.txt").exists():
        raise RuntimeError("the cellar is flooded")
    Path("lifespan.txt").open("a").write("up\\n")
    yield {"opened": True}
    Path("lifespan.txt").open("a").write("down\\n")

async def items(request):
    return JSONResponse({"root_path": request.scope["root_path"], "path": request.scope["path"],
                         "opened": request.state.opened, "url": str(request.url), "client": request.client.host})

async def crash(request):
    os._exit(7)

async def echo(websocket):
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)

app = Starlette(routes=[Route("/items", items), Route("/crash", crash), WebSocketRoute("/ws", echo)], lifespan=lifespan)
'''
FLASK = """\
from flask import Flask, request
app = Flask(__name__)

@app.get("/")
def index():
    return {"framework": "flask", "path": request.path}
"""
FASTAPI = """\
from contextlib import asynccontextmanager
from pathlib import Path
from fastapi import FastAPI, Request

@asynccontextmanager
async def lifespan(app):
    Path("fastapi.txt").open("a").write("up\\n")
    yield {"opened": True}
    Path("fastapi.txt").open("a").write("down\\n")

app = FastAPI(lifespan=lifespan)

@app.get("/items")
async def items(request: Request):
    return {"framework": "fastapi", "opened": request.state.opened}
"""
QUART = """\
from pathlib import Path
from quart import Quart, websocket
app = Quart(__name__)

@app.before_serving
async def up():
    Path("quart.txt").open("a").write("up\\n")

@app.after_serving
async def down():
    Path("quart.txt").open("a").write("down\\n")

@app.websocket("/ws")
async def echo():
    while True:
        await websocket.send(await websocket.receive())
"""


@dataclass(frozen=True)
class Part:
    """One part of a small project."""

    name: str
    interface: str
    prefix: str
    code: str
    more: dict[str, str | int] = field(default_factory=dict)


PAIR = (Part("pages", "wsgi", "/", PAGES, {"prepare": "parts.pages.app:prepare"}), Part("public", "asgi", "/api/v1", PUBLIC))
TRIO = (Part("site", "wsgi", "/", FLASK), Part("public", "asgi", "/api/v1", FASTAPI), Part("live", "asgi", "/live", QUART))


def write(root: Path, parts: tuple[Part, ...] = PAIR, layout: str = "split", more: str = "") -> Path:
    """Write a project and give its folder."""
    root.mkdir(parents=True, exist_ok=True)
    lines = ["format = 1", 'name = "tiny"', "[run]", f'layout = "{layout}"', "port = 8000", more]
    for part in parts:
        folder = root / "parts" / part.name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "app.py").write_text(part.code)
        values = {"kind": "web", "framework": "bare", "app": f"parts.{part.name}.app:app", **part.more}
        values |= {"name": part.name, "interface": part.interface, "prefix": part.prefix}
        lines += ["[[part]]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    (root / "project.toml").write_text("\n".join(lines) + "\n")
    (root / "project.py").write_text(PROJECT_PY)
    return root


def clean_environment() -> dict[str, str]:
    """Give the environment without settings that a shell may have for projects."""
    ours = ("GROUNDPLAN_", "DATABASE_URL", "EVENTS_URL", "SECRET_KEY", "PUBLIC_URL", "DATA_DIR", "OWNER_PASSWORD")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def command(root: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run one command of the project to its end."""
    return subprocess.run(
        [sys.executable, "project.py", *arguments],
        cwd=root,
        env=clean_environment() | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@dataclass
class Copy:
    """A running project and what it told when it was ready."""

    process: "subprocess.Popen[str]"
    ready: dict[str, Any]
    root: Path

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    def pids(self) -> list[int]:
        return [entry["pid"] for entry in (*self.ready["processes"], *self.ready["services"])]

    def pid(self, name: str) -> int:
        return next(int(entry["pid"]) for entry in (*self.ready["processes"], *self.ready["services"]) if entry["name"] == name)

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and give the exit code."""
        self.process.send_signal(number)
        return self.process.wait(30)

    def told(self) -> list[dict[str, Any]]:
        """Give what it tells until its end."""
        assert self.process.stdout is not None
        return [json.loads(line) for line in self.process.stdout]


@contextmanager
def running(root: Path, *flags: str, stdin: int = subprocess.DEVNULL, **environment: str) -> Iterator[Copy]:
    """Start the project on a free port and stop it at the end."""
    process = subprocess.Popen(
        [sys.executable, "project.py", "run", "--json", "--port", "0", *flags],
        cwd=root,
        env=clean_environment() | environment,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Copy(process, _ready(process), root)
    finally:
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def _ready(process: "subprocess.Popen[str]") -> dict[str, Any]:
    assert process.stdout is not None
    for line in process.stdout:
        told: dict[str, Any] = json.loads(line)
        if told["event"] == "ready":
            return told
    assert process.stderr is not None
    raise AssertionError(f"not ready: {process.stderr.read()}")


def get(url: str, **headers: str) -> tuple[int, dict[str, Any]]:
    """Give status and JSON of an address."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, json.loads(answer.read() or b"{}")
    except urllib.error.HTTPError as error:
        text = error.read()
        return error.code, json.loads(text) if text.startswith(b"{") else {}


def read_variables(root: Path) -> dict[str, str]:
    """Give what stands in the project's .env."""
    lines = [line for line in (root / ".env").read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)
