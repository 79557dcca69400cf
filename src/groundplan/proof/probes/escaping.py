"""Markup in a row is shown as text, never run (cross-site scripting)."""

from groundplan.proof.probes.finding import Findings, Probe, has_texts
from groundplan.proof.scene import Scene
from groundplan.proof.visitor import Said

__all__ = ["PROBE"]


def _run(scene: Scene) -> Findings:
    found, mark = Findings(), scene.mark()
    said = scene.add(scene.row(f'"><b>{mark}'))
    found.control("a row with markup can be written", said.status in (200, 201, 204, 302, 303), said)
    if scene.web is not None:
        _pages(scene, mark, found)
    if scene.api is not None:
        kind = scene.member.get(scene.api_rows()).headers.get("content-type", "")
        found.check("the API says that its answer is JSON", kind.startswith("application/json"), kind)
    return found


def _pages(scene: Scene, mark: str, found: Findings) -> None:
    _page("the page", scene.member.get(scene.page()), mark, found)
    row = next((row for row in scene.newest() if any(mark in str(value) for value in row.values())), None)
    if row is not None:
        _page("the form", scene.member.get(f"{scene.page()}{row['id']}/"), mark, found)


def _page(name: str, said: Said, mark: str, found: Findings) -> None:
    found.control(f"{name} shows the row", said.good and mark in said.text, said)
    found.check(f"{name} shows its markup as text", f"<b>{mark}" not in said.text, "escaped" if said.good else said)


PROBE = Probe(
    "escaping",
    "escaping",
    "markup in a row is shown as text",
    "write a row with markup through the API; look for it raw and escaped in list and form",
    _run,
    has_texts,
)
