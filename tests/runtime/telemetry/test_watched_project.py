"""From a request to the sockets of others: one trace, one request id, and figures, in a generated project."""

import http.client
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from runtime.events.services import until
from runtime.telemetry.collector import Span
from runtime.telemetry.conftest import Watched
from templates.rows import Rows
from templates.sockets import connected
from templates.visitor import Visitor

NAME = "shown-in-the-log-01"
FORM = {"amount": "1", "sold_at": "2026-03-01T09:30:00", "state": "open"}


def by_django(watched: Watched, shop: int) -> str:
    """Add a sale on the pages and give the request's id."""
    form = {**FORM, "shop": shop, "csrfmiddlewaretoken": watched.ada.cookies["csrftoken"]}
    answer = watched.ada.post("/sales/add/", data=form)
    assert answer.status_code == 302
    return answer.headers["x-request-id"]


def by_fastapi(watched: Watched, shop: int) -> str:
    """Add a sale through the API, whose transaction is SQLAlchemy's, and give the request's id."""
    answer = watched.ada.post("/api/v1/sales", json={**FORM, "sold_at": "2026-03-01T09:30:00Z", "shop_id": shop})
    assert answer.status_code == 201, answer.text
    return answer.headers["x-request-id"]


@pytest.fixture
def shop(watched: Watched) -> int:
    return int(Rows(watched.ada, "/api/v1").shop()["id"])


def traced(watched: Watched, name: str) -> dict[str, Span]:
    """Give the spans of a request by name, once the last of them was received."""

    def found() -> dict[str, Span]:
        traces = [span.trace for span in watched.collector.spans if span.told.get("groundplan.request_id") == name]
        return watched.collector.trace(traces[0]) if traces else {}

    until(lambda: {"POST", "publish sale", "relay sale", "deliver sale"} <= found().keys())
    return found()


def ancestors(spans: dict[str, Span], name: str) -> list[str]:
    """Give the names of the spans around one; FastAPI and others may have put their own between ours."""
    around = [span.name for span in spans.values() if span.id == spans[name].parent]
    return [*around, *(further for outer in around for further in ancestors(spans, outer))]


@pytest.mark.parametrize("add", [by_django, by_fastapi])
def test_one_trace_leads_from_the_request_through_transaction_and_relay_to_sockets(watched: Watched, shop: int, add: Any) -> None:
    with connected(watched.ada, "/live") as one, connected(watched.ada, "/live") as other:
        one.follow("sale")
        other.follow("sale")
        name = add(watched, shop)
        events = [one.next(), other.next()]
        spans = traced(watched, name)
    assert [event["event"] for event in events] == ["sale.created"] * 2
    assert "POST" in ancestors(spans, "publish sale")
    assert spans["relay sale"].parent == spans["publish sale"].id
    assert spans["deliver sale"].parent == spans["relay sale"].id
    assert spans["deliver sale"].told["groundplan.sockets"] == "2"
    assert {span.service for span in spans.values()} == {"pulse.all"}


def test_a_trace_begun_by_the_client_goes_on(watched: Watched) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    watched.ada.get("/api/v1/sales", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"}).raise_for_status()
    until(lambda: "GET" in watched.collector.trace(trace))
    span = watched.collector.trace(trace)["GET"]
    assert (span.parent, span.told["url.path"]) == ("b7ad6b7169203331", "/api/v1/sales")


@pytest.mark.parametrize("add", [by_django, by_fastapi])
def test_one_request_id_stands_in_every_line_about_a_request_and_its_event(watched: Watched, shop: int, add: Any) -> None:
    name = add(watched, shop)

    def words() -> set[str]:
        return {line["message"].split()[0] for line in watched.lines() if line.get("request_id") == name}

    until(lambda: words() >= {"POST", "published", "carried", "delivered"})
    lines = [line for line in watched.lines() if line.get("request_id") == name and line["logger"] == "groundplan.events"]
    assert len({line["event"] for line in lines}) == 1
    assert len({line["trace_id"] for line in lines}) == 1
    assert {line["process"] for line in lines} == {"all"}


def test_an_id_that_came_along_is_kept(watched: Watched) -> None:
    answer = watched.ada.get("/api/v1/sales", headers={"X-Request-Id": NAME})
    assert answer.headers["x-request-id"] == NAME
    until(lambda: any(line.get("request_id") == NAME for line in watched.lines()))


@pytest.mark.parametrize("given", ["short", "a" * 65, 'x","level":"forged', "two words here", ""])
def test_an_id_that_could_forge_a_line_is_replaced(watched: Watched, given: str) -> None:
    named = watched.ada.get("/api/v1/sales", headers={"X-Request-Id": given}).headers["x-request-id"]
    assert named != given
    assert len(named) == 32


def test_two_ids_are_none(watched: Watched) -> None:
    connection = http.client.HTTPConnection(urlsplit(watched.served.url).netloc, timeout=10)
    connection.putrequest("GET", "/accounts/login/")
    connection.putheader("X-Request-Id", NAME)
    connection.putheader("X-Request-Id", NAME)
    connection.endheaders()
    assert connection.getresponse().headers["x-request-id"] != NAME
    connection.close()


def test_what_is_rolled_back_is_neither_traced_nor_counted(watched: Watched) -> None:
    before = watched.figure('groundplan_events_published_total{channel="shop"}')
    rows = Rows(watched.ada, "/api/v1")
    taken = rows.shop()
    name = watched.ada.post("/api/v1/shops", json={"name": taken["name"]}).headers["x-request-id"]
    until(lambda: any(span.told.get("groundplan.request_id") == name for span in watched.collector.spans))
    assert watched.figure('groundplan_events_published_total{channel="shop"}') == before + 1


def test_the_metrics_tell_of_sockets_events_and_their_latency(watched: Watched, shop: int) -> None:
    counted = "groundplan_publish_to_socket_seconds_count"
    before, sent = watched.figure(counted), watched.figure("groundplan_gateway_frames_sent_total")
    with connected(watched.ada, "/live") as socket:
        position = socket.follow("sale")["position"]
        by_fastapi(watched, shop)
        socket.next()
        assert watched.figure("groundplan_gateway_sockets") == 1
        assert watched.figure("groundplan_gateway_queued_frames") == 0
        until(lambda: watched.figure(counted) == before + 1)
        until(lambda: watched.figure("groundplan_relay_pending") == 0)
    assert watched.figure("groundplan_gateway_frames_sent_total") == sent + 3  # welcome, reset, event
    assert watched.figure("groundplan_relay_carried_total") > 0
    assert watched.figure('groundplan_gateway_followed_total{outcome="new"}') > 0
    with connected(watched.ada, "/live") as socket:
        socket.follow("sale", position)
        socket.next()
    assert watched.figure('groundplan_gateway_followed_total{outcome="recovered"}') > 0
    until(lambda: watched.figure('groundplan_gateway_closed_total{code="1000"}') > 0)
    assert watched.figure("process_cpu_seconds_total") > 0


def test_a_refused_socket_is_counted_by_its_code(watched: Watched) -> None:
    before = watched.figure('groundplan_gateway_closed_total{code="4401"}')
    with Visitor(watched.served) as stranger, connected(stranger, "/live") as socket:
        assert socket.close_code() == 4401
    assert watched.figure('groundplan_gateway_closed_total{code="4401"}') == before + 1


STRANGE = [{"X-Forwarded-For": "127.0.0.1"}, {"Forwarded": "for=127.0.0.1"}, {"Host": "evil.example"}]


@pytest.mark.parametrize("headers", STRANGE, ids=str)
def test_nobody_reads_the_metrics_through_a_front_door_or_from_a_page_elsewhere(watched: Watched, headers: dict[str, str]) -> None:
    refused = httpx.get(f"{watched.served.url}/-/metrics", headers=headers)
    assert refused.status_code in {400, 404}
    assert "groundplan_" not in refused.text
