"""Signing out ends everything of that session everywhere, and soon."""

import time

from groundplan.proof.probes.finding import Findings, Probe, has_rows
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.sockets import Line, line
from groundplan.proof.visitor import Visitor

__all__ = ["PROBE"]

WITHIN = 2.0
NOT_SIGNED_IN = 401
CLOSED = 4401


def _run(scene: Scene) -> Findings:
    if scene.insider is None:
        raise UnprovableError("the project has no part that owns sign-in")
    found = Findings()
    leaving = scene.another(scene.insider)
    staying = scene.another(scene.insider)
    if scene.live is None:
        _leave(scene, leaving, None, found)
    else:
        with line(leaving, scene.socket_path, scene.url) as own, line(staying, scene.socket_path, scene.url) as other:
            own.receive()
            found.control("the socket was open before", own.subscribe(scene.entity.name)["type"] == "reset", "subscribed")
            _leave(scene, leaving, own, found)
            found.control("another session's socket stays open", other.close_code(0.1) is None, "open")
    if scene.api is not None:
        said = staying.get(_me(scene))
        found.control("another session goes on", said.good, said)
    return found


def _me(scene: Scene) -> str:
    return f"{scene.api.prefix}/me" if scene.api is not None else ""


def _leave(scene: Scene, leaving: Visitor, own: Line | None, found: Findings) -> None:
    if scene.api is not None:
        said = leaving.get(_me(scene))
        found.control("the API knew the session before", said.good, said)
    said = leaving.sign_out()
    began = time.monotonic()
    found.control("signing out was answered", said.status in (200, 204, 302, 303), said)
    if scene.web is not None:
        page = leaving.get(scene.page())
        found.check("pages do not know the session any more", not page.good, page)
    _wait(scene, leaving, own, began, found)


def _wait(scene: Scene, leaving: Visitor, own: Line | None, began: float, found: Findings) -> None:
    """Watch API and socket side by side until both have ended it or the time is up.

    Browsers are asked to drop the cookie of a dead session; whoever stole it does not, so it is sent on and on.
    """
    status, code = None if scene.api is not None else NOT_SIGNED_IN, None if own is not None else CLOSED
    while (status != NOT_SIGNED_IN or code is None) and time.monotonic() - began < WITHIN:
        if status != NOT_SIGNED_IN:
            status = leaving.get(_me(scene)).status
            found.figures["api_seconds"] = time.monotonic() - began
        if own is not None and code is None:
            code = own.close_code(0.02)
            found.figures["socket_seconds"] = time.monotonic() - began
    if scene.api is not None:
        found.check(f"the API answers 401 within {WITHIN:g} s", status == NOT_SIGNED_IN, status)
    if own is not None:
        found.check(f"the socket is closed with 4401 within {WITHIN:g} s", code == CLOSED, code if code is not None else "open")


PROBE = Probe(
    "sign-out",
    "sign_out_seconds",
    f"<= {WITHIN:g} s",
    "sign out by the form; keep asking API and socket with the old session, next to a session that stays",
    _run,
    has_rows,
)
