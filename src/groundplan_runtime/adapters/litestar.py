"""Litestar: ``request.user``, guards and a dependency for the signed-in account, and every refusal as problem details.

::

    @get("/sales", guards=[require_permission("office.view_sale")], dependencies={"user": Provide(current_user)})
    async def sales(user: User) -> dict[str, str]:
        return {"hello": user.username}

    app = Litestar([sales], plugins=[SignInPlugin()])
"""

import logging
from collections.abc import Callable
from typing import Any, NoReturn

from litestar import Request, Response
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers.base import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.plugins import InitPlugin
from litestar.types import ExceptionHandlersMap, Scope

from groundplan_runtime.current import Runtime
from groundplan_runtime.identity import User
from groundplan_runtime.problems import MEDIA_TYPE, NOT_SIGNED_IN, UNFORESEEN, Problem, lacks, problem_for_status
from groundplan_runtime.protect import App, Message, Protect, Receive, Send, refuse, session_of
from groundplan_runtime.protect import Scope as AnyScope

__all__ = ["RefusedError", "SignInPlugin", "current_user", "login_required", "require_permission"]

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], None]

_REFUSAL = "groundplan_refusal"
_log = logging.getLogger("groundplan.litestar")


class RefusedError(HTTPException):
    """A refusal with its problem details. Without the plugin it is still the right status."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(detail=problem.detail, status_code=problem.status, headers=problem.headers())
        self.problem = problem


class SignInPlugin(InitPlugin):
    """Puts Protect in front of every route, and answers errors as problem details unless the application has handlers of its own.

    runtime: instead of this process's own.
    """

    def __init__(self, runtime: Runtime | None = None) -> None:
        self._runtime = runtime

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        """Do so; Litestar calls this."""
        app_config.middleware[:0] = [
            DefineMiddleware(Protect, runtime=self._runtime),  # type: ignore[arg-type]  # the same protocol, typed otherwise
            DefineMiddleware(_Handshakes),  # type: ignore[arg-type]  # as above
        ]
        unforeseen: ExceptionHandlersMap = {} if app_config.debug else {Exception: _on_unforeseen}  # Litestar's own page tells more
        app_config.exception_handlers = {
            **unforeseen,
            RefusedError: _on_refused,
            ValidationException: _on_invalid,
            HTTPException: _on_http_exception,
            **app_config.exception_handlers,
        }
        return app_config


async def current_user(scope: Scope) -> User:
    """Give the account behind a request or a socket, for ``Provide``; answers 401 when nobody is signed in."""
    session = session_of(scope)  # type: ignore[arg-type]  # a TypedDict, the same mapping
    if session is None:
        _refuse(scope, NOT_SIGNED_IN)
    return session.user


def login_required(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Let only signed-in accounts pass this guard."""
    if not connection.user.is_authenticated:
        _refuse(connection.scope, NOT_SIGNED_IN)


def require_permission(permission: str) -> Guard:
    """Give a guard that lets only accounts with ``permission`` pass."""

    def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        login_required(connection, handler)
        if not connection.user.has_permission(permission):
            _refuse(connection.scope, lacks(permission))

    return guard


class _Handshakes:
    """Gives a refused handshake the status of its refusal; Litestar by itself has only one for all of them."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: AnyScope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def outward(message: Message) -> None:
            refusal = scope["state"].pop(_REFUSAL, None)
            if refusal is not None and message["type"] == "websocket.close":
                await refuse(refusal, scope, receive, send)
            else:
                await send(message)

        await self.app(scope, receive, outward)


def _refuse(scope: Scope, problem: Problem) -> NoReturn:
    scope["state"][_REFUSAL] = problem  # for _Handshakes: of an exception Litestar tells a socket only its text
    raise RefusedError(problem)


def _response(problem: Problem) -> Response[bytes]:
    headers = {name: value for name, value in problem.headers().items() if name != "content-type"}
    return Response(problem.body(), status_code=problem.status, headers=headers, media_type=MEDIA_TYPE)


def _on_refused(_request: Request[Any, Any, Any], error: RefusedError) -> Response[bytes]:
    return _response(error.problem)


def _on_invalid(_request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    found = [each for each in error.extra or () if isinstance(each, dict)]
    errors = tuple(
        {"type": "value", "loc": [each.get("source", "body"), each.get("key", "")], "msg": each.get("message", "")}
        for each in found
    )
    return _response(Problem(422, "validation", "Some values do not fit; errors names them.", errors))


def _on_http_exception(_request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    response = _response(problem_for_status(error.status_code, error.detail))
    response.headers.update({name.lower(): value for name, value in (error.headers or {}).items()})
    return response


def _on_unforeseen(_request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    _log.error("a request failed", exc_info=error)
    return _response(UNFORESEEN)
