"""Requests for a host that is not ours are not answered (poisoned links and caches)."""

from groundplan.proof.probes.finding import Findings, Probe, has_rows
from groundplan.proof.scene import Scene
from groundplan.proof.visitor import LOGIN

__all__ = ["PROBE"]

FOREIGN = "attacker.example"


def _run(scene: Scene) -> Findings:
    found = Findings()
    for name, path in _addresses(scene).items():
        right, wrong = scene.member.get(path), scene.member.send("GET", path, headers={"Host": FOREIGN})
        found.control(f"{name} answers to its own host", right.status < 400, right)  # noqa: PLR2004  (4xx and 5xx are refusals)
        found.check(f"{name} refuses a foreign host", 400 <= wrong.status < 500, wrong)  # noqa: PLR2004  (a refusal is a 4xx)
    return found


def _addresses(scene: Scene) -> dict[str, str]:
    pages = {"the sign-in": scene.owner_prefix + LOGIN, "the page": scene.page()} if scene.web is not None else {}
    return {**pages, **({"the API": scene.api_rows()} if scene.api is not None else {})}


PROBE = Probe(
    "host-header",
    "host",
    "a foreign Host header: refused",
    f"the same requests with the right Host and with {FOREIGN}",
    _run,
    has_rows,
)
