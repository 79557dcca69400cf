"""A process that has as many live connections as it may have: 503 with Retry-After, before anybody is recognised."""

import json
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
    with connect(f"ws://{host}/live", additional_headers=headers, proxy=None) as socket:
        assert json.loads(socket.recv(timeout=5))["type"] == "welcome"
