"""The stand-in's application: pages, admin, API and live socket over one list in memory.

``off`` names protections that are left out and faults that are put in; see OFF.
"""

import asyncio
import html
import json
import os
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

OFF = frozenset({
    # protections
    "password", "sign-in-page", "sign-in-api", "sign-in-socket", "recognised-api", "recognised-socket", "recognised-page",
    "csrf-form", "csrf-api", "origin-form", "origin-api",
    "origin-socket", "origin-missing", "origin-lookalike", "socket",
    "permission-page", "permission-admin", "permission-read", "permission-write", "permission-socket",
    "revoke-api", "revoke-socket",
    "escape", "json-type", "sql", "sql-search", "sql-sign-in", "sql-drop",
    "host", "nosniff", "framing", "referrer", "httponly", "samesite", "errors",
    # faults
    "lose", "double", "swap", "phantom", "gap", "too-far", "state-fails", "slow", "broken", "drop-writes", "vanish", "die",
    "form-fails",
})  # fmt: skip

LOGIN = (
    '<form method="post" action=""><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    '<input name="username"><input name="password"></form>'
)
FORM = (
    '<html><form method="post" action=""><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    '<input name="shop" value="{}"><input name="amount"><input name="sold_at"></form></html>'
)


class Project:
    """All state, and the answers."""

    def __init__(self, accounts: list[dict[str, Any]], host: str, off: list[str], tell: Callable[..., None]) -> None:
        self.accounts = {account["username"]: account for account in accounts}
        self.host, self.off, self.tell = host, set(off), tell
        self.sessions: dict[str, str] = {}
        self.gone: set[str] = set()
        self.rows: list[dict[str, Any]] = []
        self.log: list[dict[str, Any]] = []
        self.sockets: dict[WebSocket, str] = {}
        self.last_id = 0
        self.writes = 0

    def on(self, protection: str) -> bool:
        return protection not in self.off

    def who(self, connection: HTTPConnection) -> dict[str, Any] | None:
        return self.accounts.get(self.sessions.get(connection.cookies.get("sessionid", ""), ""))

    @staticmethod
    def may(account: dict[str, Any], verb: str) -> bool:
        return f"office.{verb}_sale" in account["permissions"]

    # -- writing -------------------------------------------------------------------------------------------------------

    async def write(self, given: dict[str, Any]) -> dict[str, Any]:
        self.last_id += 1
        self.writes += 1
        row = {"id": self.last_id, "shop": given["shop"], "amount": given["amount"], "sold_at": given["sold_at"]}
        if not self.on("sql-drop") and "DELETE" in given["shop"]:
            self.rows.clear()
        if not (not self.on("vanish") and self.writes % 10 == 0):
            self.rows.append(row)
        if not self.on("die") and self.writes == 5:
            self.tell(event="died", process="all", code=1, log="")
            os._exit(1)
        if not self.on("phantom") and self.writes % 10 == 0:
            await self.announce({**row, "id": self.last_id + 1_000_000})
        await self.announce(row)
        return row

    async def announce(self, row: dict[str, Any]) -> None:
        seq = len(self.log) + 1
        if not self.on("swap") and seq % 10 == 0 and self.log:
            row, self.log[-1]["data"] = self.log[-1]["data"], row
        event = {
            "type": "event",
            "channel": "sale",
            **self.position(seq),
            "event": "sale.created",
            "version": 1,
            "data": row,
            "at": "x",
        }
        self.log.append(event)
        if not self.on("swap") and seq % 10 == 9:
            return
        batch = self.log[-2:] if not self.on("swap") and seq % 10 == 0 else [event]
        for number, socket in enumerate(list(self.sockets)):
            for told in batch:
                await self.pass_on(number, socket, told)

    async def pass_on(self, number: int, socket: WebSocket, event: dict[str, Any]) -> None:
        if not self.on("gap") and number == 0 and event["seq"] % 10 == 5:
            return
        if not self.on("lose") and number == 0 and event["seq"] > 20:
            return
        try:
            for _ in range(1 if self.on("double") else 2):
                await socket.send_text(json.dumps(event))
        except (RuntimeError, WebSocketDisconnect):
            self.sockets.pop(socket, None)

    @staticmethod
    def position(seq: int) -> dict[str, Any]:
        return {"epoch": "e1", "seq": seq, "id": f"i{seq}"}

    # -- checks --------------------------------------------------------------------------------------------------------

    def own(self, origin: str | None) -> bool:
        return origin == f"http://{self.host}"

    def csrf(self, request: Request, token: str | None, kind: str) -> Response | None:
        if self.on(f"origin-{kind}") and not self.own(request.headers.get("origin")):
            return problem(403)
        if self.on(f"csrf-{kind}") and token != request.cookies.get("csrftoken"):
            return problem(403)
        return None

    def member(self, request: Request, verb: str, switch: str) -> Response | None:
        """Refuse a request to the API of somebody who may not."""
        account = self.who(request)
        if account is None or not self.on("recognised-api"):
            return problem(401) if self.on("sign-in-api") else None
        return None if self.may(account, verb) or not self.on(switch) else problem(403)

    # -- pages ---------------------------------------------------------------------------------------------------------

    async def login(self, request: Request) -> Response:
        token = request.cookies.get("csrftoken") or secrets.token_hex(8)
        if request.method == "GET":
            answer: Response = HTMLResponse(LOGIN.format(token))
            answer.set_cookie("csrftoken", token)
            return answer
        form = await form_of(request)
        username = str(form["username"])
        if not self.on("sql-sign-in") and "OR" in username:
            username = next(iter(self.accounts))
        account = self.accounts.get(username)
        if account is None or (self.on("password") and self.on("sql-sign-in") and account["password"] != form["password"]):
            return HTMLResponse(LOGIN.format(token))
        session = secrets.token_hex(8)
        self.sessions[session] = username
        answer = RedirectResponse("/", 302)
        answer.set_cookie("sessionid", session, httponly=self.on("httponly"), samesite="lax" if self.on("samesite") else None)
        return answer

    async def logout(self, request: Request) -> Response:
        session = request.cookies.get("sessionid", "")
        form = await form_of(request)
        if form.get("csrfmiddlewaretoken") != request.cookies.get("csrftoken"):
            return problem(403)
        if self.on("revoke-api"):
            self.sessions.pop(session, None)
        self.gone.add(session)
        for socket, own in list(self.sockets.items()):
            if own == session and self.on("revoke-socket"):
                await socket.close(4401)
                self.sockets.pop(socket, None)
        return RedirectResponse("/accounts/login/", 302)

    def page_of(self, request: Request, verb: str, switch: str) -> Response | None:
        account = self.who(request)
        left = request.cookies.get("sessionid", "") in self.gone
        if account is None or left or not self.on("recognised-page"):
            answer = RedirectResponse("/accounts/login/", 302)
            answer.delete_cookie("sessionid")  # as Django does when a session is gone
            return answer if self.on("sign-in-page") else None
        return None if self.may(account, verb) or not self.on(switch) else problem(403)

    def shown(self, text: str) -> str:
        return html.escape(text) if self.on("escape") else text

    async def sales(self, request: Request) -> Response:
        if refused := self.page_of(request, "view", "permission-page"):
            return refused
        asked = request.query_params.get("q", "")
        found = [row for row in self.rows if asked in row["shop"] or (not self.on("sql-search") and "OR" in asked)]
        lines = "".join(f"<li>{self.shown(row['shop'])}</li>" for row in reversed(found[-20:]))
        return HTMLResponse(f"<html><ul>{lines}</ul></html>")

    async def state(self, request: Request) -> Response:
        refused = self.page_of(request, "view", "permission-page")
        position = {"channel": "sale", **self.position(len(self.log))}
        return refused or JSONResponse({"items": self.rows[::-1][:200], "position": position})

    async def add(self, request: Request) -> Response:
        if refused := self.page_of(request, "add", "permission-page"):
            return refused
        if request.method == "GET":
            return HTMLResponse(FORM.format(request.cookies["csrftoken"], ""))
        form = await form_of(request)
        if refused := self.csrf(request, str(form.get("csrfmiddlewaretoken")), "form"):
            return refused
        if not self.on("form-fails"):
            return problem(500)
        await self.write({name: str(form[name]) for name in ("shop", "amount", "sold_at")})
        return RedirectResponse("/sales/", 302)

    async def change(self, request: Request) -> Response:
        if refused := self.page_of(request, "change", "permission-page"):
            return refused
        row = next((row for row in self.rows if row["id"] == request.path_params["id"]), None)
        return HTMLResponse(FORM.format(request.cookies["csrftoken"], self.shown(row["shop"]))) if row else problem(404)

    async def admin(self, request: Request) -> Response:
        account = self.who(request)
        if account is None or (not account["staff"] and self.on("permission-admin")):
            return RedirectResponse("/admin/login/", 302)
        return HTMLResponse("<html>admin</html>")

    # -- API -----------------------------------------------------------------------------------------------------------

    async def me(self, request: Request) -> Response:
        account = self.who(request) if self.on("recognised-api") else None
        if account is None and self.on("sign-in-api"):
            return problem(401)
        return JSONResponse({"id": 1, "username": account["username"] if account else "nobody", "permissions": []})

    async def rows_of(self, request: Request) -> Response:
        if not self.on("broken") and self.writes > 70:
            return problem(500)
        if not self.on("slow"):
            await asyncio.sleep(0.2)
        if request.method == "POST":
            return await self.create(request)
        if refused := self.member(request, "view", "permission-read"):
            return refused
        limit, after = request.query_params.get("limit", "50"), request.query_params.get("after")
        if self.on("sql") and not (limit.isdecimal() and (after is None or after.isdecimal())):
            return problem(422)
        if not self.on("state-fails") and limit == "200" and self.log:
            return problem(500)
        size = int(limit) if limit.isdecimal() else 50
        rows = [row for row in reversed(self.rows) if after is None or not after.isdecimal() or row["id"] < int(after)]
        position = {"channel": "sale", **self.position(len(self.log))}
        told = {"items": rows[:size], "next": str(rows[size - 1]["id"]) if len(rows) > size else None, "position": position}
        return JSONResponse(told, media_type="application/json" if self.on("json-type") else "text/html")

    async def create(self, request: Request) -> Response:
        refused = self.csrf(request, request.headers.get("x-csrftoken"), "api") or self.member(request, "add", "permission-write")
        if refused:
            return refused
        if not self.on("drop-writes"):
            return problem(503)
        return JSONResponse(await self.write(await request.json()), 201)

    async def one(self, request: Request) -> Response:
        if refused := self.member(request, "view", "permission-read"):
            return refused
        asked = str(request.path_params["id"])
        if not asked.isdecimal():
            return problem(422) if self.on("sql") else JSONResponse(self.rows[0])
        row = next((row for row in self.rows if row["id"] == int(asked)), None)
        return JSONResponse(row) if row else problem(404)

    # -- live socket ---------------------------------------------------------------------------------------------------

    async def live(self, socket: WebSocket) -> None:
        origin, account = socket.headers.get("origin"), self.who(socket)
        right = self.own(origin) or (origin is None and not self.on("origin-missing"))
        right = right or (not self.on("origin-lookalike") and (origin or "").startswith(f"http://{self.host}"))
        if (self.on("origin-socket") and not right) or not self.on("socket"):
            await socket.close(1008)
            return
        await socket.accept()
        if (account is None or not self.on("recognised-socket")) and self.on("sign-in-socket"):
            await socket.close(4401)
            return
        name = account["username"] if account else "nobody"
        await socket.send_json({"type": "welcome", "protocol": 1, "user": {"id": 1, "username": name}})
        try:
            while True:
                await self.subscribe(socket, await socket.receive_json(), account)
        except (WebSocketDisconnect, RuntimeError):
            self.sockets.pop(socket, None)

    async def subscribe(self, socket: WebSocket, asked: dict[str, Any], account: dict[str, Any] | None) -> None:
        if account is not None and not self.may(account, "view") and self.on("permission-socket"):
            await socket.send_json({"type": "error", "code": "forbidden", "detail": "no", "channel": "sale"})
            return
        position, head = asked.get("position"), len(self.log)
        if position is None or not self.on("too-far"):
            reason = "new" if position is None else "too_far"
            await socket.send_json({"type": "reset", "channel": "sale", "reason": reason, "position": self.position(head)})
        else:
            missed = self.log[position["seq"] :]
            answer = {"type": "subscribed", "channel": "sale", "recovered": True, "position": self.position(head)}
            await socket.send_json({**answer, "replayed": len(missed)})
            for event in missed:
                await socket.send_text(json.dumps(event))
        self.sockets[socket] = socket.cookies.get("sessionid", "")


async def form_of(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))


def problem(status: int) -> Response:
    return JSONResponse({"type": "about:blank", "status": status}, status, media_type="application/problem+json")


def make_app(accounts: list[dict[str, Any]], host: str, off: list[str], tell: Callable[..., None]) -> Any:
    project = Project(accounts, host, [name for name in off if name], tell)

    async def switch(request: Request) -> Response:
        project.off = set(await request.json())
        assert project.off <= OFF
        return PlainTextResponse("switched")

    async def missing(_request: Request, _error: Exception) -> Response:
        return PlainTextResponse("not found" if project.on("errors") else "Traceback: URLconf", 404)

    app = Starlette(
        routes=[
            Route("/-/switch", switch, methods=["POST"]),
            Route("/accounts/login/", project.login, methods=["GET", "POST"]),
            Route("/accounts/logout/", project.logout, methods=["POST"]),
            Route("/sales/", project.sales),
            Route("/sales/state", project.state),
            Route("/sales/add/", project.add, methods=["GET", "POST"]),
            Route("/sales/{id:int}/", project.change),
            Route("/admin/office/sale/", project.admin),
            Route("/api/v1/me", project.me),
            Route("/api/v1/sales", project.rows_of, methods=["GET", "POST"]),
            Route("/api/v1/sales/{id}", project.one),
            WebSocketRoute("/live/ws", project.live),
        ],
        exception_handlers={404: missing},
    )
    return Guarded(app, project)


class Guarded:
    """Host check and headers around the application."""

    def __init__(self, app: Starlette, project: Project) -> None:
        self.app, self.project = app, project

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and self.project.on("host") and Request(scope).headers.get("host") != self.project.host:
            await problem(400)(scope, receive, send)
            return

        async def with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers()]
            await send(message)

        await self.app(scope, receive, with_headers)

    def headers(self) -> list[tuple[bytes, bytes]]:
        nosniff = [(b"x-content-type-options", b"nosniff")] if self.project.on("nosniff") else []
        framing = [(b"x-frame-options", b"DENY")] if self.project.on("framing") else []
        referrer = [(b"referrer-policy", b"same-origin")] if self.project.on("referrer") else []
        return [*nosniff, *framing, *referrer]
