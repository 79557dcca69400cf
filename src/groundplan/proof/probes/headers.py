"""Answers carry the headers that keep browsers from guessing, framing and leaking, and errors tell nothing."""

from groundplan.proof.probes.finding import Findings, Probe, has_rows
from groundplan.proof.scene import Scene
from groundplan.proof.visitor import Said, Visitor

__all__ = ["PROBE"]

NOT_FOUND = 404


def _run(scene: Scene) -> Findings:
    found = Findings()
    if scene.web is not None:
        _page(scene.member.get(scene.page()), found)
    if scene.api is not None:
        said = scene.member.get(scene.api_rows())
        found.control("the API answers", said.good, said)
        _sniffing("API", said, found)
    if scene.insider is not None:
        _cookie(scene.another(scene.insider), found)
    missing = scene.member.get(f"{scene.owner_prefix}/no-such-page-{next(scene.numbers)}")
    found.control("an unknown page is not found", missing.status == NOT_FOUND, missing)
    silent = not any(word in missing.text for word in ("Traceback", "DEBUG = True", "URLconf"))
    found.check("an error page tells nothing about the code", silent, "nothing" if silent else "details of the code")
    return found


def _page(said: Said, found: Findings) -> None:
    found.control("the page opens", said.good, said)
    policy = said.headers.get("content-security-policy", "")
    framing = said.headers.get("x-frame-options", "").upper() in ("DENY", "SAMEORIGIN") or "frame-ancestors" in policy
    _sniffing("page", said, found)
    found.check("page: no framing by others", framing, _or_none(said, "x-frame-options"))
    referrer = said.headers.get("referrer-policy", "unsafe-url")
    found.check("page: no addresses to other sites", "unsafe-url" not in referrer, _or_none(said, "referrer-policy"))


def _sniffing(name: str, said: Said, found: Findings) -> None:
    given = _or_none(said, "x-content-type-options")
    found.check(f"{name}: browsers may not guess the type", given == "nosniff", given)


def _cookie(visitor: Visitor, found: Findings) -> None:
    lines = [line.lower() for name, line in visitor.cookie_lines.items() if name.endswith("sessionid")]
    found.control("signing in sets a session cookie", bool(lines), len(lines))
    line = lines[0] if lines else ""
    found.check("the session cookie is not for scripts", "httponly" in line, "HttpOnly" if "httponly" in line else "readable")
    strict = "samesite=lax" in line or "samesite=strict" in line
    found.check("the session cookie does not go to other sites", strict, "SameSite" if strict else "no SameSite")


def _or_none(said: Said, header: str) -> str:
    return said.headers.get(header, "no such header")


PROBE = Probe(
    "headers",
    "headers",
    "protective headers and cookie flags present",
    "read the headers of page, API, session cookie and an unknown page",
    _run,
    has_rows,
)
