"""Quart: decorators for the signed-in account and its permissions, and every refusal as problem details.

::

    app = Quart(__name__)
    init_app(app)

    @app.get("/sales")
    @permission_required("office.view_sale")
    async def sales() -> dict[str, str]:
        return {"hello": current_user().username}
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, NoReturn, ParamSpec

from quart import Quart, Response, abort, current_app, has_websocket_context, request, websocket
from werkzeug.exceptions import HTTPException

from groundplan_runtime.current import Runtime
from groundplan_runtime.identity import User
from groundplan_runtime.problems import NOT_SIGNED_IN, Problem, lacks, problem_for_status
from groundplan_runtime.protect import Protect, session_of

__all__ = ["current_user", "init_app", "login_required", "permission_required"]

Params = ParamSpec("Params")


def init_app(app: Quart, runtime: Runtime | None = None) -> None:
    """Put Protect in front of ``app`` and answer its errors as problem details. runtime: instead of this process's own."""
    app.asgi_app = Protect(app.asgi_app, runtime)  # type: ignore[method-assign, assignment, arg-type]  # Quart's documented place for middleware
    app.register_error_handler(HTTPException, _on_http_exception)


def current_user() -> User:
    """Give the account behind the present request or socket; answers 401 when nobody is signed in."""
    connection = websocket if has_websocket_context() else request
    session = session_of(connection.scope)  # type: ignore[arg-type]  # a TypedDict of hypercorn's, the same mapping
    if session is None:
        _refuse(NOT_SIGNED_IN)
    return session.user


def login_required(view: Callable[Params, Any]) -> Callable[Params, Awaitable[Any]]:
    """Let only signed-in accounts reach a view, for requests or for sockets."""
    return _guarded(view, lambda _user: None)


def permission_required(permission: str) -> Callable[[Callable[Params, Any]], Callable[Params, Awaitable[Any]]]:
    """Let only accounts with ``permission`` reach a view, for requests or for sockets."""

    def check(user: User) -> None:
        if not user.has_permission(permission):
            _refuse(lacks(permission))

    return lambda view: _guarded(view, check)


def _guarded(view: Callable[Params, Any], check: Callable[[User], None]) -> Callable[Params, Awaitable[Any]]:
    @wraps(view)
    async def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Any:
        check(current_user())
        return await current_app.ensure_async(view)(*args, **kwargs)

    return guarded


def _refuse(problem: Problem) -> NoReturn:
    abort(_response(problem))


def _response(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, problem.headers())


async def _on_http_exception(error: HTTPException) -> Any:
    if error.response is not None:
        return error.response
    return _response(problem_for_status(error.code or 500, error.description or ""))
