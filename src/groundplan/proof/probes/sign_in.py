"""One sign-in is recognised by every part, and by none without it."""

from websockets.exceptions import ConnectionClosed, InvalidStatus

from groundplan.proof.probes.finding import Findings, Probe, has_rows
from groundplan.proof.running import Account
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.sockets import line
from groundplan.proof.visitor import CannotSignInError, Visitor, sign_in

__all__ = ["PROBE"]


def _run(scene: Scene) -> Findings:
    if scene.insider is None:
        raise UnprovableError("the project has no part that owns sign-in")
    found, stranger = Findings(), scene.visitor(None)
    member = scene.another(scene.insider)
    found.control("a right password gives a session", bool(member.session), "session" if member.session else "none")
    found.check("a wrong password gives none", _refused(scene, scene.insider), "no session")
    if scene.web is not None:
        inside, outside = member.get(scene.page()), stranger.get(scene.page())
        found.check("pages know the account", inside.good, inside)
        found.check("pages ask a stranger to sign in", outside.status in (302, 303, 401, 403), outside)
    if scene.api is not None:
        _api(scene, member, stranger, found)
    if scene.live is not None:
        _live(scene, member, stranger, found)
    return found


def _refused(scene: Scene, account: Account) -> bool:
    try:
        return not sign_in(scene.url, scene.owner_prefix, account.username, f"not {account.password}").session
    except CannotSignInError:
        return True


def _api(scene: Scene, member: Visitor, stranger: Visitor, found: Findings) -> None:
    me = f"{scene.api.prefix if scene.api else ''}/me"
    inside, outside = member.get(me), stranger.get(me)
    told = inside.json()
    name = told.get("username") if isinstance(told, dict) else None
    found.check("the API knows the account", scene.insider is not None and name == scene.insider.username, inside)
    found.check("the API answers a stranger with 401", outside.status == 401, outside)  # noqa: PLR2004  (RFC 9110)


def _live(scene: Scene, member: Visitor, stranger: Visitor, found: Findings) -> None:
    name = _welcomed(member, scene)
    found.check("the socket knows the account", scene.insider is not None and name == scene.insider.username, name or "nobody")
    seen = _stranger_at_socket(stranger, scene)
    found.check("the socket turns a stranger away", seen in (4401, 401, 403), seen)


def _welcomed(member: Visitor, scene: Scene) -> str | None:
    """Give whom the socket welcomes, None when it hangs up instead."""
    try:
        with line(member, scene.socket_path, scene.url) as open_line:
            name = (open_line.receive().get("user") or {}).get("username")
    except (ConnectionClosed, InvalidStatus):
        return None
    return str(name)


def _stranger_at_socket(stranger: Visitor, scene: Scene) -> int | None:
    """Give the close code or the HTTP status; None when the stranger may stay."""
    try:
        with line(stranger, scene.socket_path, scene.url) as open_line:
            return open_line.close_code(2.0)
    except InvalidStatus as refused:
        return refused.response.status_code


PROBE = Probe(
    "one-sign-in",
    "sign-in",
    "one sign-in, recognised by all parts",
    "sign in by the form; ask every part with and without the session",
    _run,
    has_rows,
)
