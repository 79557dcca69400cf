"""Several applications in one: the longest prefix wins, every lifespan runs, and failures are told with their reason."""

import asyncio
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from groundplan_runtime.compose import Mount, RuntimeLike, asgi_app, load_object, wsgi_app
from groundplan_runtime.errors import ManifestError
from groundplan_runtime.health import Health
from groundplan_runtime.lifespan import ASGIApp, Message, Receive, Scope, Send


def telling(name: str, seen: list[str], fail: str = "") -> ASGIApp:
    """Give an application that tells its name and scope, and notes its lifespan. fail: the lifespan event it refuses."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            scope["state"]["from"] = name
            for event in ("startup", "shutdown"):
                await receive()
                seen.append(f"{name} {event}")
                ending = "failed" if fail == event else "complete"
                await send({"type": f"lifespan.{event}.{ending}", "message": f"Traceback\n  no {event} for {name}\n"})
                if fail == event:
                    return
            return
        told = {"name": name, "root_path": scope["root_path"], "path": scope["path"], "state": scope["state"]}
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": json.dumps(told).encode()})

    return app


class Client:
    """Speaks ASGI to an application: start, requests, stop."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.inbox: asyncio.Queue[Message] = asyncio.Queue()
        self.told: asyncio.Queue[Message] = asyncio.Queue()
        self.task: asyncio.Task[None] | None = None

    async def start(self) -> Message:
        self.task = asyncio.ensure_future(self.app({"type": "lifespan", "state": {}}, self.inbox.get, self.told.put))
        await self.inbox.put({"type": "lifespan.startup"})
        return await self.told.get()

    async def stop(self) -> Message:
        await self.inbox.put({"type": "lifespan.shutdown"})
        answer = await self.told.get()
        assert self.task is not None
        await self.task
        return answer

    async def get(self, path: str, kind: str = "http") -> list[Message]:
        sent: list[Message] = []
        scope = {"type": kind, "path": path, "method": "GET", "query_string": b"", "headers": [], "http_version": "1.1"}

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        await self.app(scope, receive, send)
        return sent

    async def json(self, path: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(b"".join(message.get("body", b"") for message in await self.get(path)))
        return told


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"script": environ["SCRIPT_NAME"], "path": environ["PATH_INFO"]}).encode()]


def health() -> Health:
    return Health("one", "abc", ["a", "b"])


def client(*mounts: Mount, runtime: RuntimeLike | None = None, state: Health | None = None) -> Client:
    return Client(asgi_app(mounts, state or health(), runtime))


async def test_the_longest_prefix_answers_and_sees_the_whole_path() -> None:
    seen: list[str] = []
    mounts = [Mount(name, prefix, "asgi", telling(name, seen)) for name, prefix in (("a", "/"), ("b", "/api"), ("c", "/api/v1"))]
    many = client(*mounts)
    told = [await many.json(path) for path in ("/", "/apis", "/api", "/api/v2", "/api/v1", "/api/v1/x")]
    assert [answer["name"] for answer in told] == ["a", "a", "b", "b", "c", "c"]
    assert [answer["root_path"] for answer in told] == ["", "", "/api", "/api", "/api/v1", "/api/v1"]
    assert told[-1]["path"] == "/api/v1/x"


async def test_lifespans_run_in_order_and_stop_in_reverse_with_a_state_of_their_own() -> None:
    seen: list[str] = []
    many = client(Mount("a", "/", "asgi", telling("a", seen)), Mount("b", "/b", "asgi", telling("b", seen)))
    assert (await many.start())["type"] == "lifespan.startup.complete"
    assert (await many.json("/"))["state"] == {"from": "a"}
    assert (await many.json("/b"))["state"] == {"from": "b"}
    assert (await many.stop())["type"] == "lifespan.shutdown.complete"
    assert seen == ["a startup", "b startup", "b shutdown", "a shutdown"]


async def test_a_failing_start_stops_what_was_started_and_gives_its_reason() -> None:
    seen: list[str] = []
    many = client(Mount("a", "/", "asgi", telling("a", seen)), Mount("b", "/b", "asgi", telling("b", seen, fail="startup")))
    told = await many.start()
    assert told == {"type": "lifespan.startup.failed", "message": "part b did not start: no startup for b"}
    assert seen == ["a startup", "b startup", "a shutdown"]


async def test_a_failing_stop_does_not_keep_the_others_from_stopping() -> None:
    seen: list[str] = []
    many = client(Mount("a", "/", "asgi", telling("a", seen)), Mount("b", "/b", "asgi", telling("b", seen, fail="shutdown")))
    await many.start()
    told = await many.stop()
    assert told == {"type": "lifespan.shutdown.failed", "message": "part b did not stop cleanly: no shutdown for b"}
    assert seen[-1] == "a shutdown"


async def test_an_application_without_lifespan_is_served_all_the_same() -> None:
    async def bare(scope: Scope, _receive: Receive, send: Send) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def silent(_scope: Scope, _receive: Receive, _send: Send) -> None:
        return

    many = client(Mount("bare", "/", "asgi", bare), Mount("silent", "/silent", "asgi", silent))
    assert (await many.start())["type"] == "lifespan.startup.complete"
    assert await many.json("/") == {}
    assert (await many.stop())["type"] == "lifespan.shutdown.complete"


async def test_a_lifespan_that_breaks_after_the_start_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    async def breaking(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        message = "broke while stopping"
        raise RuntimeError(message)

    many = client(Mount("a", "/", "asgi", breaking))
    await many.start()
    assert (await many.stop())["type"] == "lifespan.shutdown.complete"
    assert "broke while stopping" in caplog.text


class Noting:
    """A runtime that notes when it starts and stops."""

    def __init__(self, seen: list[str], *, broken: bool = False) -> None:
        self.seen = seen
        self.broken = broken

    async def start(self) -> None:
        self.seen.append("runtime start")
        if self.broken:
            message = "identity.json is missing"
            raise ValueError(message)

    async def stop(self) -> None:
        self.seen.append("runtime stop")
        if self.broken:
            message = "nothing to stop"
            raise ValueError(message)


async def test_the_runtime_starts_before_all_parts_and_stops_after_them() -> None:
    seen: list[str] = []
    many = client(Mount("a", "/", "asgi", telling("a", seen)), runtime=Noting(seen))
    await many.start()
    await many.stop()
    assert seen == ["runtime start", "a startup", "a shutdown", "runtime stop"]


async def test_a_runtime_that_refuses_gives_its_reason_even_when_it_cannot_stop() -> None:
    seen: list[str] = []
    told = await client(Mount("a", "/", "asgi", telling("a", seen)), runtime=Noting(seen, broken=True)).start()
    assert told == {"type": "lifespan.startup.failed", "message": "identity.json is missing"}


async def test_health_is_503_until_ready_and_again_while_stopping() -> None:
    state = health()
    many = client(Mount("a", "/", "asgi", telling("a", [])), state=state)
    before = await many.get("/-/health")
    await many.start()
    ready = await many.get("/-/health")
    await many.stop()
    after = await many.get("/-/health")
    assert [answer[0]["status"] for answer in (before, ready, after)] == [503, 200, 503]
    assert json.loads(ready[1]["body"]) == {"process": "one", "instance": "abc", "parts": ["a", "b"], "status": "ok"}


async def test_a_synchronous_part_is_served_beside_an_asynchronous_one() -> None:
    many = client(Mount("a", "/", "asgi", telling("a", [])), Mount("old", "/old", "wsgi", echo))
    assert await many.json("/old/page") == {"script": "/old", "path": "/page"}


@pytest.mark.parametrize("path", ["/old/ws", "/nowhere", "/-/health"])
async def test_a_websocket_where_there_is_none_is_closed_with_4404(path: str) -> None:
    sent = await client(Mount("old", "/old", "wsgi", echo)).get(path, "websocket")
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[1]["code"] == 4404


async def test_a_path_without_part_is_a_problem_document() -> None:
    sent = await client(Mount("a", "/a", "asgi", telling("a", []))).get("/b")
    assert sent[0]["status"] == 404
    assert dict(sent[0]["headers"])[b"content-type"] == b"application/problem+json"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/old", {"script": "/outer/old", "path": ""}),
        ("/old/x", {"script": "/outer/old", "path": "/x"}),
        ("/older", {"script": "/outer", "path": "/older"}),
        ("", {"script": "/outer", "path": "/"}),
    ],
)
def test_wsgi_parts_get_their_prefix_in_script_name(path: str, expected: dict[str, str]) -> None:
    app = wsgi_app([Mount("a", "/", "wsgi", echo), Mount("old", "/old", "wsgi", echo)], health())
    body = app({"PATH_INFO": path, "SCRIPT_NAME": "/outer"}, lambda *_: None)
    assert json.loads(b"".join(body)) == expected


@pytest.mark.parametrize(("path", "status"), [("/-/health", "503 Service Unavailable"), ("/x", "404 Not Found")])
def test_a_wsgi_process_answers_health_and_unknown_paths_itself(path: str, status: str) -> None:
    told: list[str] = []
    app = wsgi_app([Mount("a", "/a", "wsgi", echo)], health())
    assert list(app({"PATH_INFO": path}, lambda line, _headers: told.append(line)))
    assert told == [status]


@pytest.mark.parametrize(
    ("reference", "sentence"),
    [
        ("parts.nowhere:app", "project.toml: part a app: there is no module 'parts'; correct 'parts.nowhere:app'."),
        ("json:nothing", "project.toml: part a app: module 'json' has no 'nothing'; correct 'json:nothing'."),
    ],
)
def test_an_application_that_is_not_there_is_named(reference: str, sentence: str) -> None:
    with pytest.raises(ManifestError) as refused:
        load_object("part a app", reference)
    assert str(refused.value) == sentence


def test_a_module_that_lacks_something_itself_shows_its_own_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "needy.py").write_text("import there_is_no_such_package\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_package"):
        load_object("part a app", "needy:app")
