"""Somebody who uses the project from outside: keeps cookies, follows no redirect, sends exactly the headers it is told to."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from groundplan.measure.wire import cookie_header
from groundplan.proof.pages import Form, forms

__all__ = ["CannotSignInError", "Said", "Visitor", "sign_in"]

SECONDS = 20.0
LOGIN = "/accounts/login/"
LOGOUT = "/accounts/logout/"


class CannotSignInError(Exception):
    """An account could not sign in; the message says what was answered."""


@dataclass(frozen=True, slots=True)
class Said:
    """An answer. headers: lower-case names, the first value of each."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Give the body as text."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Give the body as JSON, None when it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def good(self) -> bool:
        """Tell whether the request was done as asked; a redirect is not."""
        return 200 <= self.status < 300  # noqa: PLR2004  (RFC 9110, section 15.3)

    def __str__(self) -> str:
        return f"{self.status}"


@dataclass(slots=True)
class Visitor:
    """Sends requests to one address. url: without a slash at its end. prefix: of the part that holds sign-in.

    cookie_lines: cookie name -> the Set-Cookie line that set it last, with its attributes. stubborn: keeps its cookies
    whatever an answer says, as somebody who stole them would.
    """

    url: str
    prefix: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    cookie_lines: dict[str, str] = field(default_factory=dict)
    stubborn: bool = False

    def get(self, path: str) -> Said:
        """Ask for a page."""
        return self.send("GET", path)

    def post_form(self, path: str, fields: Mapping[str, str], *, origin: str | None = None) -> Said:
        """Send a form, as a browser would from a page of this address. origin: of another address."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url if origin is None else origin}
        return self.send("POST", path, headers=headers, body=urlencode(fields).encode())

    def post_json(self, path: str, value: object, *, token: bool = True, origin: str | None = None) -> Said:
        """Send JSON, as a script of a page of this address would. token: with the CSRF token. origin: of another address."""
        return self.send("POST", path, headers=self.json_headers(token=token, origin=origin), body=json.dumps(value).encode())

    def json_headers(self, *, token: bool = True, origin: str | None = None) -> dict[str, str]:
        """Give the headers of a script's request, without the cookies."""
        headers = {"Content-Type": "application/json", "Origin": self.url if origin is None else origin}
        return {**headers, "X-CSRFToken": self.token} if token and self.token else headers

    def send(self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Said:
        """Send a request and give the answer as it is. Raises OSError or HTTPException when there is none."""
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=SECONDS)
        given = {"Connection": "close", **({"Cookie": cookie_header(self.cookies)} if self.cookies else {}), **(headers or {})}
        try:
            connection.request(method, path, body or None, given)
            answer = connection.getresponse()
            said = Said(answer.status, {name.lower(): value for name, value in reversed(answer.getheaders())}, answer.read())
            self._keep(answer.headers.get_all("Set-Cookie") or [])
        finally:
            connection.close()
        return said

    @property
    def token(self) -> str:
        """Give the CSRF cookie's value, empty without one."""
        return next((value for name, value in self.cookies.items() if name.endswith("csrftoken")), "")

    @property
    def session(self) -> str:
        """Give the session cookie's value, empty without one."""
        return next((value for name, value in self.cookies.items() if name.endswith("sessionid")), "")

    def form_at(self, path: str, *names: str) -> tuple[str, Form] | None:
        """Give the form of a page that asks for all these names, and the path it goes to; None when there is none."""
        said = self.get(path)
        found = (form for form in forms(said.text) if form.method == "post" and set(names) <= form.fields.keys())
        form = next(found, None) if said.good else None
        return None if form is None else (urlsplit(urljoin(path, form.action or path)).path, form)

    def sign_out(self) -> Said:
        """Sign out by the form of the project."""
        return self.post_form(self.prefix + LOGOUT, {"csrfmiddlewaretoken": self.token})

    def _keep(self, lines: list[str]) -> None:
        for line in lines if not self.stubborn else ():
            for name, morsel in SimpleCookie(line).items():
                self.cookie_lines[name] = line
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)


def sign_in(url: str, prefix: str, username: str, password: str) -> Visitor:
    """Give somebody who signed in by the project's own form, and keeps those cookies from then on.

    Raises CannotSignInError with what was answered.
    """
    visitor = Visitor(url, prefix)
    found = visitor.form_at(prefix + LOGIN, "username", "password")
    if found is None:
        raise CannotSignInError(f"{prefix + LOGIN} shows no sign-in form")
    path, form = found
    said = visitor.post_form(path, {**form.fields, "username": username, "password": password})
    if not visitor.session or said.status not in (302, 303, 200, 204):
        raise CannotSignInError(f"signing in as {username} at {path} was answered with {said.status} and no session")
    visitor.stubborn = True
    return visitor
