"""Starlette: who is signed in, what it may do, and refusals as problem details.

::

    @require_permission("office.view_sale")
    async def sales(request: Request) -> JSONResponse:
        return JSONResponse({"hello": current_user(request).username})

    app = Starlette(routes=[Route("/sales", sales)], middleware=[Middleware(Protect)])
    install_problem_handlers(app)
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

from groundplan_runtime.identity import User
from groundplan_runtime.problems import NOT_SIGNED_IN, UNFORESEEN, Problem, lacks, problem_for_status
from groundplan_runtime.protect import session_of

__all__ = [
    "RefusedError",
    "check_permission",
    "current_user",
    "install_problem_handlers",
    "login_required",
    "problem_response",
    "require_permission",
]

Connection = TypeVar("Connection", bound=HTTPConnection)
Answer = TypeVar("Answer")


class RefusedError(HTTPException):
    """A refusal with its problem details. Without the handlers installed it is still the right status."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.status, problem.detail, problem.headers())
        self.problem = problem


def current_user(connection: HTTPConnection) -> User:
    """Give the account behind a request or a socket. Raises RefusedError (401) when nobody is signed in."""
    session = session_of(connection.scope)
    if session is None:
        raise RefusedError(NOT_SIGNED_IN)
    return session.user


def check_permission(user: User, permission: str) -> User:
    """Give the account back if it holds ``permission``. Raises RefusedError (403) otherwise."""
    if not user.has_permission(permission):
        raise RefusedError(lacks(permission))
    return user


def login_required(endpoint: Callable[[Connection], Awaitable[Answer]]) -> Callable[[Connection], Awaitable[Answer]]:
    """Let only signed-in accounts reach an asynchronous endpoint for requests or for sockets."""

    @wraps(endpoint)
    async def guarded(connection: Connection) -> Answer:
        current_user(connection)
        return await endpoint(connection)

    return guarded


def require_permission(
    permission: str,
) -> Callable[[Callable[[Connection], Awaitable[Answer]]], Callable[[Connection], Awaitable[Answer]]]:
    """Let only accounts with ``permission`` reach an asynchronous endpoint for requests or for sockets."""

    def decorate(endpoint: Callable[[Connection], Awaitable[Answer]]) -> Callable[[Connection], Awaitable[Answer]]:
        @wraps(endpoint)
        async def guarded(connection: Connection) -> Answer:
            check_permission(current_user(connection), permission)
            return await endpoint(connection)

        return guarded

    return decorate


def install_problem_handlers(app: Starlette) -> None:
    """Answer every HTTPException of ``app``, and every error that nobody foresaw, as problem details."""
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(Exception, _on_unforeseen)  # Starlette raises it again after the answer, and the server logs it


def problem_response(problem: Problem) -> Response:
    """Give the response that carries ``problem``."""
    return Response(problem.body(), problem.status, problem.headers())


async def _on_unforeseen(_connection: Any, _error: Exception) -> Response:
    response = problem_response(UNFORESEEN)
    response.headers["connection"] = "close"  # the server closes after an error, and a client must not send into that
    return response


async def _on_http_exception(_connection: Any, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    problem = error.problem if isinstance(error, RefusedError) else problem_for_status(error.status_code, str(error.detail))
    response = problem_response(problem)
    response.headers.update({name.lower(): value for name, value in (error.headers or {}).items()})
    return response
