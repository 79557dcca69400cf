"""The same trace and the same id across processes: a front door, Django under granian, and the sockets in another process."""

import json
from pathlib import Path

import httpx
import pytest

from runtime.events.services import until, valkey_server
from runtime.runner.projects import running
from runtime.telemetry.collector import collecting
from runtime.telemetry.conftest import PARTS
from runtime.telemetry.test_watched_project import FORM
from templates.building import ACCOUNTS, Served, build
from templates.rows import Rows
from templates.sockets import connected
from templates.visitor import Visitor

pytestmark = pytest.mark.long


def test_a_sale_on_the_pages_is_one_trace_and_one_id_in_two_processes(tmp_path: Path) -> None:
    root, accounts, data = build(tmp_path / "pulse", PARTS), tmp_path / "accounts.json", tmp_path / "data"
    accounts.write_text(json.dumps(ACCOUNTS))
    flags = ("--layout", "split", "--data", str(data), "--accounts", str(accounts))
    with valkey_server() as valkey, collecting() as collector:
        told = {"LOG_FORMAT": "json", "METRICS": "1", "EVENTS_URL": valkey.url, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        with running(root, *flags, **told) as copy, Visitor(Served(copy.url, root, "", {})) as ada:  # type: ignore[arg-type]  # variables only
            ada.sign_in("ada")
            shop = Rows(ada, "/api/v1").shop()["id"]
            with connected(ada, "/live") as socket:
                socket.follow("sale")
                form = {**FORM, "shop": shop, "csrfmiddlewaretoken": ada.cookies["csrftoken"]}
                name = ada.post("/sales/add/", data=form).headers["x-request-id"]
                assert socket.next()["event"] == "sale.created"
            through_the_door = httpx.get(f"{copy.url}/-/metrics")
            live = next(entry["port"] for entry in copy.ready["processes"] if entry["name"] == "async")
            figures = httpx.get(f"http://127.0.0.1:{live}/-/metrics").text
            until(lambda: any(span.told.get("groundplan.sockets") == "1" for span in collector.spans))
        (root_span,) = [span for span in collector.named("POST") if span.told.get("groundplan.request_id") == name]
        spans = collector.trace(root_span.trace)
    services = {what: spans[what].service for what in ("POST", "publish sale", "relay sale", "deliver sale")}
    assert services == {
        "POST": "pulse.sync",
        "publish sale": "pulse.sync",
        "relay sale": "pulse.async",
        "deliver sale": "pulse.async",
    }
    assert spans["publish sale"].parent == root_span.id
    for process, words in {"sync": {"POST", "published"}, "async": {"carried", "delivered"}}.items():
        lines = [json.loads(line) for line in (data / "logs" / f"{process}.log").read_text().splitlines()]
        assert words == {line["message"].split()[0] for line in lines if line.get("request_id") == name}
    assert through_the_door.status_code == 404
    assert "groundplan_gateway_sockets 0.0" in figures
