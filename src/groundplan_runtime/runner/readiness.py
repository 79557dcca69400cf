"""Waits until processes answer for themselves: by the id of this start, never by an open port alone."""

import http.client
import json
import time
from collections.abc import Callable, Sequence

from groundplan_runtime.errors import NotReadyError
from groundplan_runtime.health import PATH
from groundplan_runtime.runner.ports import HOST
from groundplan_runtime.runner.processes import Child, Supervisor

__all__ = ["INSTANCE_HEADER", "answers", "door_answers", "wait_until"]

READY_SECONDS = 60.0
POLL_SECONDS = 0.03
INSTANCE_HEADER = "X-Groundplan-Instance"


def wait_until(
    supervisor: Supervisor, children: Sequence[Child], ready: Callable[[Child], bool], seconds: float = READY_SECONDS
) -> None:
    """Wait for all; sets ``start_seconds`` of each. Raises NotReadyError, or what the supervisor raises when one dies."""
    waiting = list(children)
    deadline = time.monotonic() + seconds
    while waiting:
        for child in [child for child in waiting if ready(child)]:
            child.start_seconds = time.monotonic() - child.born
            waiting.remove(child)
        if waiting and time.monotonic() > deadline:
            names = ", ".join(child.command.name for child in waiting)
            raise NotReadyError(f"process {names} runs but did not answer within {seconds:g} s; see {waiting[0].log}.")
        if waiting:
            supervisor.wait(POLL_SECONDS)


def answers(port: int, instance: str) -> bool:
    """Tell whether the process of this very start answers on the port and is ready."""
    status, _, body = _get(port, PATH)
    try:
        return status == http.HTTPStatus.OK and json.loads(body).get("instance") == instance
    except (ValueError, AttributeError):
        return False


def door_answers(port: int, instance: str) -> bool:
    """Tell whether the front door of this very start answers on the port."""
    return _get(port, PATH)[1] == instance


def _get(port: int, path: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(HOST, port, timeout=1.0)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.getheader(INSTANCE_HEADER, ""), answer.read()
    except (OSError, http.client.HTTPException):
        return 0, "", b""
    finally:
        connection.close()
