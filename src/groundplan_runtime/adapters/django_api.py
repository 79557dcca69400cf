"""What an API on Django needs besides Django: the same checks and the same refusals as every other part of the project."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from groundplan_runtime.identity.checks import Asked, refusal
from groundplan_runtime.problems import MEDIA_TYPE, NOT_SIGNED_IN, Problem, lacks, problem_for_status
from groundplan_runtime.settings import Settings

__all__ = ["RefusedError", "answering", "check_permission", "problem_response", "problem_responses", "refuse_unprotected"]

_FIELD_ERROR = {
    "type": "object",
    "required": ["type", "loc", "msg"],
    "properties": {
        "type": {"type": "string"},
        "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        "msg": {"type": "string"},
    },
}


class RefusedError(Exception):
    """A refusal with its problem details, for the exception handler of the API to answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def refuse_unprotected(request: HttpRequest, settings: Settings) -> None:
    """Raise RefusedError unless a request that carries the session cookie comes from this site and proves it."""
    problem = refusal(_asked(request), settings)
    if problem is not None:
        raise RefusedError(problem)


def check_permission(request: HttpRequest, permission: str | None = None) -> None:
    """Raise RefusedError unless somebody is signed in (401) and holds ``permission`` (403)."""
    user = getattr(request, "user", AnonymousUser())
    if not user.is_authenticated:
        raise RefusedError(NOT_SIGNED_IN)
    if permission is not None and not user.has_perm(permission):
        raise RefusedError(lacks(permission))


def answering(status: int, detail: str = "") -> Callable[..., HttpResponse]:
    """Give an error view for ``handler404`` and its like: a part without pages answers with problem details.

    detail: what to do about it; 500 always has the same words, which tell nothing of the inside.
    """

    def view(_request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        del exception  # Django passes it by name
        return problem_response(problem_for_status(status, detail))

    return view


def problem_response(problem: Problem) -> HttpResponse:
    """Give the response that carries ``problem``."""
    return HttpResponse(problem.body(), status=problem.status, headers=problem.headers())


def problem_responses(*statuses: int) -> dict[int, dict[str, Any]]:
    """Give what OpenAPI should say about refusals with these statuses."""
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": _schema(status)}}}
        for status in statuses
    }


def _asked(request: HttpRequest) -> Asked:
    return Asked(
        method=request.method or "GET",
        scheme=request.scheme or "http",
        peer=request.META.get("REMOTE_ADDR") or None,
        headers={name.lower(): value for name, value in request.headers.items()},
        cookies=request.COOKIES,
    )


def _schema(status: int) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer", "const": status},
        "detail": {"type": "string"},
    }
    if status == HTTPStatus.UNPROCESSABLE_ENTITY:
        properties["errors"] = {"type": "array", "items": _FIELD_ERROR}
    return {"type": "object", "required": ["type", "title", "status", "detail"], "properties": properties}
