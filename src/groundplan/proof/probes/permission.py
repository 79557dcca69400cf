"""An account without the permission is kept out everywhere; one with it is let in."""

from groundplan.proof.probes.finding import Findings, Probe, has_rows
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.sockets import line
from groundplan.proof.visitor import Visitor

__all__ = ["PROBE"]

FORBIDDEN = 403


def _run(scene: Scene) -> Findings:
    if scene.insider is None or scene.outsider is None:
        raise UnprovableError("the project has no part that owns sign-in")
    found, member, outsider = Findings(), scene.member, scene.visitor(scene.outsider)
    if scene.web is not None:
        _pages(scene, member, outsider, found)
    if scene.api is not None:
        _api(scene, member, outsider, found)
    if scene.live is not None:
        _live(scene, member, outsider, found)
    return found


def _pages(scene: Scene, member: Visitor, outsider: Visitor, found: Findings) -> None:
    inside, kept_out = member.get(scene.page()), outsider.get(scene.page())
    found.check("the page is refused", _refused(kept_out.status), kept_out)
    found.control("the page opens with the permission", inside.good, inside)
    owner = scene.surface.owner
    admin = f"{scene.owner_prefix}/admin/{owner.name if owner else ''}/{scene.entity.name.replace('_', '')}/"
    inside, kept_out = member.get(admin), outsider.get(admin)
    found.check("the admin is refused", _refused(kept_out.status), kept_out)
    found.control("the admin opens with the permission", inside.good, inside)


def _api(scene: Scene, member: Visitor, outsider: Visitor, found: Findings) -> None:
    path = scene.api_rows()
    known = outsider.get(f"{scene.api.prefix if scene.api else ''}/me")
    found.control("the account without permission is signed in", known.good, known)
    inside, kept_out = member.get(path), outsider.get(path)
    found.check("reading by the API is refused", kept_out.status == FORBIDDEN, kept_out)
    found.control("reading by the API works with the permission", inside.good, inside)
    inside, kept_out = member.post_json(path, scene.row()), outsider.post_json(path, scene.row())
    found.check("writing by the API is refused", kept_out.status == FORBIDDEN, kept_out)
    found.control("writing by the API works with the permission", inside.good, inside)


def _live(scene: Scene, member: Visitor, outsider: Visitor, found: Findings) -> None:
    kept_out, inside = _subscribe(scene, outsider), _subscribe(scene, member)
    found.check("the subscription is refused", kept_out == "error forbidden", kept_out)
    found.control("the subscription works with the permission", inside in ("reset", "subscribed"), inside)


def _subscribe(scene: Scene, visitor: Visitor) -> str:
    with line(visitor, scene.socket_path, scene.url) as open_line:
        open_line.receive()
        answer = open_line.subscribe(scene.entity.name)
    return " ".join(str(answer[name]) for name in ("type", "code") if name in answer)


def _refused(status: int) -> bool:
    """Tell whether a page kept somebody out: 403, or sent to the sign-in."""
    return status in (302, 303, 401, FORBIDDEN)


PROBE = Probe(
    "permission",
    "permission",
    "without permission: refused in page, admin, API, socket",
    "the same requests by an account without any permission and by one with all",
    _run,
    has_rows,
)
