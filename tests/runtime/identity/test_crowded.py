"""A process that has as many live connections as it may have: 503 with Retry-After, before anybody is recognised."""

import json
import time
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from groundplan_runtime.gateway import Limits
from runtime.identity.live_serving import in_this_process
from runtime.identity.serving import APPS
from runtime.identity.site_files import Site


@pytest.fixture(params=APPS)
def host(request: pytest.FixtureRequest, sqlite: Site) -> Iterator[str]:
    """Room for one."""
    with in_this_process(request.param, sqlite, 60.0, Limits(connections=1)) as served_at:
        yield served_at


def test_the_next_one_is_told_when_to_ask_again_and_finds_room_later(host: str, sqlite: Site) -> None:
    sqlite("make_user", "ada")
    headers = {"cookie": f"sessionid={sqlite('sign_in', 'ada')}", "origin": f"http://{host}"}
    stream = f"http://{host}/events?channel=sale"
    with connect(f"ws://{host}/live", additional_headers=headers, proxy=None) as socket:
        assert json.loads(socket.recv(timeout=5))["type"] == "welcome"
        with pytest.raises(InvalidStatus) as refused, connect(f"ws://{host}/live", proxy=None):
            pass
        assert (refused.value.response.status_code, refused.value.response.headers["Retry-After"]) == (503, "5")
        answer = httpx.get(stream, headers={"accept": "text/event-stream"})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert httpx.get(f"http://{host}/open").status_code == 200
    assert _welcome_once_there_is_room(host, headers) == "welcome"


def _welcome_once_there_is_room(host: str, headers: dict[str, str]) -> object:
    """Say the first word of the server. The one who left knows it before the server does, so for 5 s a 503 may still come."""
    deadline = time.monotonic() + 5.0
    while True:
        try:
            with connect(f"ws://{host}/live", additional_headers=headers, proxy=None) as socket:
                return json.loads(socket.recv(timeout=5))["type"]
        except InvalidStatus as refused:
            if refused.response.status_code != 503 or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
