"""What every project with a sign-in is held against, whether or not its brief says so."""

from groundplan.proof.probes import csrf, escaping, headers, host, injection, origin, permission, sign_in, sign_out
from groundplan.proof.probes.finding import Probe

__all__ = ["PROBES"]

PROBES: tuple[Probe, ...] = (
    sign_in.PROBE,
    csrf.PROBE,
    origin.PROBE,
    permission.PROBE,
    sign_out.PROBE,
    escaping.PROBE,
    injection.PROBE,
    host.PROBE,
    headers.PROBE,
)
