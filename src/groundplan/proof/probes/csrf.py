"""Another site cannot write in the name of somebody who is signed in here."""

from groundplan.proof.probes.finding import Findings, Probe, has_rows
from groundplan.proof.rows import as_form
from groundplan.proof.scene import Scene, UnprovableError

__all__ = ["PROBE"]

FOREIGN = "https://attacker.example"
FORBIDDEN = 403


def _run(scene: Scene) -> Findings:
    if scene.insider is None:
        raise UnprovableError("the project has no part that owns sign-in")
    found = Findings()
    if scene.web is not None:
        _form(scene, found)
    if scene.api is not None:
        _api(scene, found)
    return found


def _form(scene: Scene, found: Findings) -> None:
    path, hidden = scene.form(scene.member)
    mark = scene.mark()
    row = as_form(scene.entity, scene.row(mark))
    bare = scene.member.post_form(path, {name: value for name, value in row.items() if name not in hidden})
    found.check("a form without its token is refused", _kept_out(scene, bare.status, mark), bare)
    foreign = scene.member.post_form(path, {**hidden, **row}, origin=FOREIGN)
    found.check("a form from another site is refused", _kept_out(scene, foreign.status, mark), foreign)
    right = scene.member.post_form(path, {**hidden, **row})
    written = right.status in (200, 201, 204, 302, 303) and (not scene.marks or scene.has(mark))
    found.control("the same form with its token is taken", written, right)


def _api(scene: Scene, found: Findings) -> None:
    path, mark = scene.api_rows(), scene.mark()
    row = scene.row(mark)
    bare = scene.member.post_json(path, row, token=False)
    found.check("an API request without the token is refused", _kept_out(scene, bare.status, mark), bare)
    foreign = scene.member.post_json(path, row, origin=FOREIGN)
    found.check("an API request from another site is refused", _kept_out(scene, foreign.status, mark), foreign)
    opaque = scene.member.post_json(path, row, origin="null")
    found.check("an API request from nowhere (null) is refused", _kept_out(scene, opaque.status, mark), opaque)
    right = scene.member.post_json(path, row)
    found.control("the same API request with its token is taken", right.good and (not scene.marks or scene.has(mark)), right)


def _kept_out(scene: Scene, status: int, mark: str) -> bool:
    return status == FORBIDDEN and not (scene.marks and scene.has(mark))


PROBE = Probe(
    "csrf",
    "csrf",
    "writes without token or from another site: 403",
    "POST to the form and the API with a valid session, without token and with a foreign Origin",
    _run,
    has_rows,
)
