"""Text that looks like SQL stays text. A smoke test of each entrance, no replacement for a review."""

from urllib.parse import quote

from groundplan.proof.probes.finding import Findings, Probe, has_texts
from groundplan.proof.scene import Scene
from groundplan.proof.visitor import CannotSignInError, sign_in

__all__ = ["PROBE"]

ALWAYS_TRUE = "x' OR '1' LIKE '1"  # true in ``= '…'`` and in ``LIKE '%…%'``
SERVER_ERROR = 500


def _run(scene: Scene) -> Findings:
    found = Findings()
    _round_trip(scene, found)
    if scene.api is not None:
        _api(scene, found)
    if scene.web is not None:
        _search(scene, found)
    if scene.insider is not None:
        found.check("SQL as a user name signs nobody in", not _signs_in(scene), "no session")
    return found


def _round_trip(scene: Scene, found: Findings) -> None:
    before = len(scene.newest())
    mark = scene.mark("');DELETE--")
    said = scene.add(scene.row(mark))
    found.control("a row with SQL in it can be written", said.status in (200, 201, 204, 302, 303), said)
    found.check("it is read back letter by letter", scene.has(mark), "same text")
    after = len(scene.newest())
    found.check("the other rows are still there", after >= before, f"{before} rows before, {after} after")


def _api(scene: Scene, found: Findings) -> None:
    path, evil = scene.api_rows(), quote(ALWAYS_TRUE, safe="")
    for name, address in (("a cursor", f"{path}?after={evil}"), ("a limit", f"{path}?limit={evil}"), ("an id", f"{path}/{evil}")):
        said = scene.member.get(address)
        found.check(f"SQL as {name} is refused", 400 <= said.status < SERVER_ERROR, said)  # noqa: PLR2004  (a refusal is a 4xx)
    said = scene.member.get(f"{path}?limit=1")
    found.control("a right limit is taken", said.good, said)


def _search(scene: Scene, found: Findings) -> None:
    mark = scene.mark()
    scene.add(scene.row(mark))
    page = scene.page()
    everything, plain = scene.member.get(page), scene.member.get(f"{page}?q=nothing")
    evil = scene.member.get(f"{page}?q={quote('nothing' + ALWAYS_TRUE)}")
    found.control("the page shows a new row", mark in everything.text, everything)
    harmless = evil.status < SERVER_ERROR and (mark not in evil.text or mark in plain.text)
    found.check("SQL in the search finds no more than it should", harmless, evil)


def _signs_in(scene: Scene) -> bool:
    try:
        return bool(sign_in(scene.url, scene.owner_prefix, ALWAYS_TRUE, ALWAYS_TRUE).session)
    except CannotSignInError:
        return False


PROBE = Probe(
    "sql-injection",
    "sql_injection",
    "SQL in any input stays text",
    "pieces of SQL as row, cursor, limit, id, search and user name",
    _run,
    has_texts,
)
