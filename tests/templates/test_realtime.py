"""Every realtime template: the live protocol of docs/reference/protocol.md, on one gateway."""

import time
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from templates.building import Served
from templates.rows import Rows
from templates.sockets import connected
from templates.visitor import Visitor


@pytest.fixture
def sales(ada: Visitor) -> Rows:
    return Rows(ada, "/api/v1")


def test_the_first_frame_says_who_was_recognised(ada: Visitor, live: str) -> None:
    with connected(ada, live) as socket:
        welcome = socket.next()
    assert (welcome["type"], welcome["protocol"], welcome["user"]["username"]) == ("welcome", 1, "ada")


def test_a_new_row_of_the_api_comes_live(ada: Visitor, live: str, sales: Rows) -> None:
    sales.sale()
    with connected(ada, live) as socket:
        reset = socket.follow("sale")
        sale = sales.sale()
        event = socket.event_about(sale["id"], reset["position"])
    assert (reset["type"], reset["reason"]) == ("reset", "new")
    assert (event["channel"], event["event"], event["version"]) == ("sale", "sale.created", 1)
    assert event["data"] == sale
    # The gateway may not have heard of the channel's first event yet: then it stands at the start, and tells that event too.
    assert reset["position"]["epoch"] in {"", event["epoch"]}


def test_a_new_row_of_the_pages_comes_live(ada: Visitor, live: str, sales: Rows) -> None:
    shop = sales.shop()["id"]
    with connected(ada, live) as socket:
        reset = socket.follow("sale")
        form = {"shop": shop, "amount": "1", "sold_at": "2026-03-01T09:30:00", "state": "open"}
        assert ada.post("/sales/add/", data={**form, "csrfmiddlewaretoken": ada.cookies["csrftoken"]}).status_code == 302
        newest = ada.get("/api/v1/sales?limit=1").json()["items"][0]
        event = socket.event_about(newest["id"], reset["position"])
    assert (event["event"], event["data"]) == ("sale.created", newest)


def test_what_was_missed_comes_in_order_after_a_reconnect(ada: Visitor, live: str, sales: Rows) -> None:
    position = _position(ada)
    missed = [sales.sale()["id"] for _ in range(5)]
    with connected(ada, live) as socket:
        answer = socket.follow("sale", position)
        events = [socket.next() for _ in missed]
    assert (answer["type"], answer["recovered"]) == ("subscribed", True)
    assert [event["data"]["id"] for event in events] == missed
    assert [event["seq"] for event in events] == list(range(position["seq"] + 1, position["seq"] + 6))


def test_state_and_events_since_are_the_fresh_state(ada: Visitor, live: str, sales: Rows) -> None:
    sales.sale()
    state = ada.get("/api/v1/sales?limit=50").json()
    gone, changed = sales.sale(), sales.sale()
    ada.patch(f"/api/v1/sales/{changed['id']}", json={"note": "changed"})
    ada.delete(f"/api/v1/sales/{gone['id']}")
    fresh = ada.get("/api/v1/sales?limit=50").json()
    rows = {row["id"]: row for row in state["items"]}
    position = {name: state["position"][name] for name in ("epoch", "seq", "id")}
    with connected(ada, live) as socket:
        assert socket.follow("sale", position)["type"] == "subscribed"
        for _ in range(fresh["position"]["seq"] - position["seq"]):
            event = socket.next()
            rows[event["data"]["id"]] = event["data"]
            if event["event"] == "sale.deleted":
                del rows[event["data"]["id"]]
    assert [rows[row["id"]] for row in fresh["items"]] == fresh["items"]
    assert gone["id"] not in rows


@pytest.mark.parametrize("position", [{"epoch": "another", "seq": 0, "id": None}, {"epoch": "", "seq": 10**9, "id": "x"}])
def test_a_position_that_cannot_be_led_on_from_is_a_reset(
    ada: Visitor, live: str, sales: Rows, position: dict[str, str | int | None]
) -> None:
    sales.sale()
    with connected(ada, live) as socket:
        assert socket.follow("sale", position)["type"] == "reset"


@pytest.mark.parametrize("channel", ["identity", "nothing", "sale.created", ""])
def test_channels_that_are_not_for_clients_are_forbidden(ada: Visitor, live: str, channel: str) -> None:
    with connected(ada, live) as socket:
        answer = socket.follow(channel)
    assert (answer["type"], answer["code"]) in {("error", "forbidden"), ("error", "bad_frame")}


def test_following_needs_the_view_permission(people: dict[str, Visitor], live: str) -> None:
    with connected(people["only_add"], live) as socket:
        assert socket.follow("sale")["code"] == "forbidden"
    with connected(people["only_view"], live) as socket:
        assert socket.follow("sale")["type"] == "reset"
        socket.send({"type": "subscribe", "channel": "shop"})
        assert socket.next()["code"] == "forbidden"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1.evil.example", "http://127.0.0.1:1", ""]
)
def test_a_handshake_of_another_site_is_refused(ada: Visitor, live: str, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused, connected(ada, live, origin):
        pass
    assert refused.value.response.status_code == 403


def test_nobody_signed_in_is_told_by_the_close_code(stranger: Visitor, live: str) -> None:
    with connected(stranger, live) as socket:
        assert socket.close_code() == 4401


def test_a_made_up_session_is_told_by_the_close_code(stranger: Visitor, live: str) -> None:
    stranger.cookies.set("sessionid", "b" * 32)
    with connected(stranger, live) as socket:
        assert socket.close_code() == 4401


def test_signing_out_closes_the_socket_within_two_seconds(project: Served, people: dict[str, Visitor], live: str) -> None:
    with Visitor(project) as ben, connected(ben.sign_in("ben"), live) as socket, connected(people["ben"], live) as elsewhere:
        assert socket.next()["type"] == elsewhere.next()["type"] == "welcome"
        ben.sign_out()
        began = time.monotonic()
        assert socket.close_code() == 4401
        assert time.monotonic() - began < 2
        elsewhere.send({"type": "subscribe", "channel": "sale"})
        assert elsewhere.next()["code"] == "forbidden"  # a sign-in of the same account in another browser stays


def test_three_bad_frames_end_the_socket(ada: Visitor, live: str) -> None:
    with connected(ada, live) as socket:
        for frame in ("{", "[]", '{"type": "shout"}'):
            socket.send(frame)
        assert socket.close_code() == 4400


def test_nothing_is_served_beside_the_socket(ada: Visitor, live: str) -> None:
    assert ada.get(f"{live}/ws").status_code in {400, 404}
    with pytest.raises(InvalidStatus) as refused, connected(ada, f"{live}/other"):
        pass
    assert refused.value.response.status_code in {403, 404}


def _position(visitor: Visitor) -> dict[str, Any]:
    told = visitor.get("/api/v1/sales?limit=1").json()["position"]
    return {name: told[name] for name in ("epoch", "seq", "id")}
