"""What an API on Django needs besides Django: the same checks and the same refusals as every other part of the project."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from groundplan_runtime.identity.checks import Asked, refusal
from groundplan_runtime.problems import NOT_SIGNED_IN, Problem, lacks, problem_for_status, problem_responses
from groundplan_runtime.settings import Settings

__all__ = ["RefusedError", "answering", "check_permission", "problem_response", "problem_responses", "refuse_unprotected"]


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


def _asked(request: HttpRequest) -> Asked:
    return Asked(
        method=request.method or "GET",
        scheme=request.scheme or "http",
        peer=request.META.get("REMOTE_ADDR") or None,
        headers={name.lower(): value for name, value in request.headers.items()},
        cookies=request.COOKIES,
    )
