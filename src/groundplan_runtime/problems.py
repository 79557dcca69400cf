"""Refusals in the one shape all parts share: problem details of RFC 9457."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

__all__ = ["CROWDED", "MEDIA_TYPE", "NOT_SIGNED_IN", "UNFORESEEN", "Problem", "lacks", "problem_for_status", "problem_responses"]

MEDIA_TYPE = "application/problem+json"

_WORDS = {
    400: "request",
    401: "sign-in",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    422: "validation",
    503: "unavailable",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was refused. word: what ``type`` ends in, None for about:blank. errors: of a validation, one per field.

    retry_after: seconds after which to ask again.
    """

    status: int
    word: str | None
    detail: str
    errors: tuple[Mapping[str, Any], ...] = field(default=())
    retry_after: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the problem as the object that is sent."""
        told: dict[str, Any] = {
            "type": "about:blank" if self.word is None else f"urn:groundplan:{self.word}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        return {**told, "errors": list(self.errors)} if self.errors else told

    def body(self) -> bytes:
        """Give the bytes to send."""
        return json.dumps(self.as_json(), ensure_ascii=False, default=str).encode()

    def headers(self) -> dict[str, str]:
        """Give the headers that belong to it. A 401 must name a way to sign in (RFC 9110, 11.6.1)."""
        headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store"}
        if self.retry_after is not None:
            headers["retry-after"] = str(self.retry_after)
        return {**headers, "www-authenticate": "Session"} if self.status == HTTPStatus.UNAUTHORIZED else headers


NOT_SIGNED_IN = Problem(401, "sign-in", "Sign in first.")
CROWDED = Problem(503, "unavailable", "Too many live connections here; try again soon.", retry_after=5)
UNFORESEEN = Problem(500, None, "Something failed here that nobody foresaw; the log tells what.")
"""The same for every error of the program: what went wrong is nothing that a caller should read."""


def lacks(permission: str) -> Problem:
    """Give the refusal for an account without ``permission``."""
    return Problem(403, "permission", f"This needs the permission {permission}.")


def problem_for_status(status: int, detail: str) -> Problem:
    """Give the problem for a status that a framework or a view chose by itself."""
    if status == UNFORESEEN.status:
        return UNFORESEEN
    return Problem(status, _WORDS.get(status), detail)


def problem_responses(*statuses: int) -> dict[Any, dict[str, Any]]:
    """Give what OpenAPI should say about refusals with these statuses: status -> response."""
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": _schema(status)}}}
        for status in statuses
    }


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


_FIELD_ERROR = {
    "type": "object",
    "required": ["type", "loc", "msg"],
    "properties": {
        "type": {"type": "string"},
        "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
        "msg": {"type": "string"},
    },
}
