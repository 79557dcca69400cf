"""Flask: decorators for the signed-in account and its permissions, and every refusal as problem details.

::

    app = Flask(__name__)
    init_app(app)

    @app.get("/sales")
    @permission_required("office.view_sale")
    def sales() -> dict[str, str]:
        return {"hello": current_user().username}
"""

import atexit
import logging
from collections.abc import Callable
from functools import wraps
from typing import NoReturn, ParamSpec, TypeVar

from flask import Flask, Response, abort, current_app, g, request
from werkzeug.exceptions import HTTPException

from groundplan_runtime.blocking import open_blocking_database
from groundplan_runtime.identity import Session, User
from groundplan_runtime.identity.blocking import BlockingIdentity
from groundplan_runtime.identity.checks import Asked, parse_cookies, refusal
from groundplan_runtime.problems import NOT_SIGNED_IN, Problem, lacks, problem_for_status
from groundplan_runtime.protect import UNKNOWN
from groundplan_runtime.settings import Settings

__all__ = ["current_user", "init_app", "login_required", "permission_required"]

Params = ParamSpec("Params")
Answer = TypeVar("Answer")

_KEY = "groundplan"
_log = logging.getLogger("groundplan.protect")


def init_app(app: Flask, settings: Settings | None = None) -> None:
    """Refuse what must not reach ``app`` and answer its errors as problem details. settings: instead of the project's own.

    Raises SettingsError when Django has told something about its sign-ins that cannot be read safely.
    """
    settings = settings or Settings.load()
    database = open_blocking_database(settings.database_url)
    identity = BlockingIdentity(settings, database)
    if settings.identity_file.exists():  # before the project was prepared nothing is told yet, and every sign-in is refused
        identity.check()
    atexit.register(database.close)
    app.extensions[_KEY] = (settings, identity, database)
    app.before_request(_protect)
    app.register_error_handler(HTTPException, _on_http_exception)


def current_user() -> User:
    """Give the account behind the present request; answers 401 when nobody is signed in."""
    session: Session | None = g.groundplan_session
    if session is None:
        _refuse(NOT_SIGNED_IN)
    return session.user


def login_required(view: Callable[Params, Answer]) -> Callable[Params, Answer]:
    """Let only signed-in accounts reach a view."""
    return _guarded(view, lambda _user: None)


def permission_required(permission: str) -> Callable[[Callable[Params, Answer]], Callable[Params, Answer]]:
    """Let only accounts with ``permission`` reach a view."""

    def check(user: User) -> None:
        if not user.has_permission(permission):
            _refuse(lacks(permission))

    return lambda view: _guarded(view, check)


def _guarded(view: Callable[Params, Answer], check: Callable[[User], None]) -> Callable[Params, Answer]:
    @wraps(view)
    def guarded(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        check(current_user())
        answer: Answer = current_app.ensure_sync(view)(*args, **kwargs)
        return answer

    return guarded


def _protect() -> Response | None:
    settings, identity, _ = current_app.extensions[_KEY]
    asked = _asked()
    problem = refusal(asked, settings)
    if problem is not None:
        return _response(problem)
    try:
        g.groundplan_session = identity.resolve(asked.cookies)
    except Exception:  # noqa: BLE001 - whatever went wrong, the answer must not be a pass
        _log.exception("the sign-in could not be read")
        return _response(UNKNOWN)
    return None


def _asked() -> Asked:
    headers = {name.lower(): value for name, value in request.headers.items()}
    cookies = parse_cookies(headers.get("cookie", ""))
    return Asked(request.method, request.scheme, request.remote_addr, headers, cookies)


def _refuse(problem: Problem) -> NoReturn:
    abort(_response(problem))


def _response(problem: Problem) -> Response:
    return Response(problem.body(), problem.status, problem.headers())


def _on_http_exception(error: HTTPException) -> Response | HTTPException:
    if error.response is not None:
        return error
    return _response(problem_for_status(error.code or 500, error.description or ""))
