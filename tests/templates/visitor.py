"""Somebody who signs in on the pages and then uses the APIs as a script of those pages would."""

from typing import Any, Self

import httpx

from templates.building import PASSWORD, Served


class Visitor(httpx.Client):
    """An HTTP client with cookies that sends Origin and the CSRF token, unless told not to."""

    def __init__(self, served: Served) -> None:
        super().__init__(base_url=served.url, headers={"Origin": served.url}, timeout=20)
        self.served = served

    def sign_in(self, username: str) -> Self:
        self.get("/accounts/login/").raise_for_status()
        form = {"username": username, "password": PASSWORD, "csrfmiddlewaretoken": self.cookies["csrftoken"]}
        answer = self.post("/accounts/login/", data=form)
        assert answer.status_code == 302, answer.text
        self.headers["X-CSRFToken"] = self.cookies["csrftoken"]
        return self

    def sign_out(self) -> None:
        answer = self.post("/accounts/logout/", data={"csrfmiddlewaretoken": self.cookies["csrftoken"]})
        assert answer.status_code == 302, answer.text

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """Give the problem details of an answer, after checking what all of them must show."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    told: dict[str, Any] = answer.json()
    assert told["status"] == status
    assert told["type"]
    assert told["title"]
    assert isinstance(told["detail"], str)
    return told
