"""What a process answers at ``/-/health``: who it is, which start it belongs to, and whether it is ready."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["PATH", "Health"]

PATH = "/-/health"


@dataclass(slots=True)
class Health:
    """State of one process. instance: id of the start, so that a dying older copy on the same port is not taken for this one."""

    process: str
    instance: str
    parts: Sequence[str]
    status: str = "starting"

    @property
    def code(self) -> int:
        """Give the HTTP status: 200 once ready, 503 before and while stopping."""
        return 200 if self.status == "ok" else 503

    def body(self) -> bytes:
        """Give the answer as JSON."""
        answer = {"process": self.process, "instance": self.instance, "parts": list(self.parts), "status": self.status}
        return json.dumps(answer).encode()
