"""FastAPI: dependencies for the signed-in account and its permissions, and every refusal as problem details.

::

    app = FastAPI()
    app.add_middleware(Protect)
    install_problem_handlers(app)

    @app.get("/sales", dependencies=[Depends(require_permission("office.view_sale"))], responses=problem_responses(401, 403))
    async def sales(user: Annotated[User, Depends(current_user)]) -> list[Sale]: ...
"""

from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.models import APIKey
from fastapi.security.base import SecurityBase
from starlette.requests import HTTPConnection
from starlette.responses import Response

from groundplan_runtime.adapters import starlette
from groundplan_runtime.adapters.starlette import RefusedError, check_permission, problem_response
from groundplan_runtime.current import current
from groundplan_runtime.identity import User
from groundplan_runtime.problems import Problem, problem_responses

__all__ = ["RefusedError", "current_user", "install_problem_handlers", "problem_responses", "require_permission"]


class _SignedIn(SecurityBase):
    """The account, and what OpenAPI says about the sign-in: one dependency, because each costs FastAPI about as much as Protect.

    The cookie's name depends on the settings, which are read when somebody asks.
    """

    scheme_name = "session"

    @cached_property
    def model(self) -> APIKey:  # type: ignore[override]  # computed here, an attribute in the base class
        """The scheme as OpenAPI writes it."""
        name = current().settings.session_cookie_name
        description = "The cookie of the sign-in at /accounts/login/."
        return APIKey.model_validate({"in": "cookie", "name": name, "description": description})

    async def __call__(self, connection: HTTPConnection) -> User:
        """Give the account behind a request or a socket; 401 when nobody is signed in."""
        return starlette.current_user(connection)


current_user = _SignedIn()
"""The dependency that gives the account behind a request or a socket; 401 when nobody is signed in."""


def require_permission(permission: str) -> Callable[[User], Awaitable[User]]:
    """Give a dependency that lets only accounts with ``permission`` pass, and gives the account; 403 otherwise."""

    async def permitted(user: Annotated[User, Depends(current_user)]) -> User:  # async: a plain def would cost a thread
        return check_permission(user, permission)

    return permitted


def install_problem_handlers(app: FastAPI) -> None:
    """Answer every HTTPException, every failed validation and every error nobody foresaw of ``app`` as problem details."""
    starlette.install_problem_handlers(app)
    app.add_exception_handler(RequestValidationError, _on_invalid)


async def _on_invalid(_connection: Any, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = tuple({"type": each["type"], "loc": list(each["loc"]), "msg": each["msg"]} for each in error.errors())
    return problem_response(Problem(422, "validation", "Some values do not fit; errors names them.", errors))
