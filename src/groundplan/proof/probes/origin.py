"""Another site cannot open the live socket in the name of somebody who is signed in here (cross-site WebSocket hijacking)."""

from urllib.parse import urlsplit

from groundplan.proof.probes.finding import Findings, Probe, has_sockets
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.sockets import ACCEPTED, knock

__all__ = ["PROBE", "foreign_origins"]


def foreign_origins(url: str) -> dict[str, str | None]:
    """Give Origins that are not the one of ``url``, by what is wrong with them; None is no Origin at all."""
    address = urlsplit(url)
    host, port = address.hostname or "", address.port or 80
    return {
        "a foreign Origin": "https://attacker.example",
        "the Origin null": "null",
        "no Origin": None,
        "a look-alike host": f"{address.scheme}://{host}.attacker.example:{port}",
        "a look-alike port": f"{url}.attacker.example",
        "the host as user name": f"{url}@attacker.example",
        "another port": f"{address.scheme}://{host}:{port + 1}",
        "another scheme": f"https://{address.netloc}",
    }


def _run(scene: Scene) -> Findings:
    path = scene.socket_path
    if scene.insider is None:
        raise UnprovableError("the project has no part that owns sign-in")
    found = Findings()
    for name, origin in foreign_origins(scene.url).items():
        status = knock(scene.member, path, origin)
        found.check(f"{name} is refused", 400 <= status < 500, status)  # noqa: PLR2004  (a refusal is a 4xx)
    right = knock(scene.member, path, scene.url)
    found.control("the right Origin is let in", right == ACCEPTED, right)
    return found


PROBE = Probe(
    "origin",
    "origin",
    "socket handshakes from elsewhere: refused",
    "open the live socket with a valid session and eight wrong Origins, then with the right one",
    _run,
    has_sockets,
)
