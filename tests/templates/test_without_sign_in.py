"""API templates in a project without a Django part: their own tables, no sign-in, and so answers for this machine only."""

from collections.abc import Iterator

import pytest

from groundplan_runtime.identity.checks import Asked
from groundplan_runtime.local_only import local_refusal
from groundplan_runtime.settings import Settings
from templates.building import Served, prepare
from templates.described import Described
from templates.rows import Log, Rows
from templates.visitor import Visitor, problem


@pytest.fixture(params=["/api/v1", "/readings"], ids=["fastapi", "flask"])
def rows(request: pytest.FixtureRequest, lonely: Served) -> Iterator[Rows]:
    with Visitor(lonely) as visitor:
        yield Rows(visitor, request.param)


def test_rows_are_made_read_changed_and_deleted(rows: Rows) -> None:
    sale = rows.sale(amount="1")
    place = f"{rows.api}/sales/{sale['id']}"
    assert rows.visitor.get(place).json() == sale
    assert rows.visitor.patch(place, json={"amount": "2"}).json() == {**sale, "amount": "2.00"}
    assert rows.visitor.delete(place).status_code == 204
    problem(rows.visitor.get(place), 404)


def test_every_change_is_an_event(rows: Rows, lonely: Served) -> None:
    sale = rows.sale()
    assert Log(lonely.database_url).about("sale", sale["id"]) == [("sale.created", sale)]
    assert rows.visitor.get(f"{rows.api}/sales").json()["position"]["channel"] == "sale"


def test_the_id_of_a_deleted_row_is_not_given_out_again(rows: Rows) -> None:
    shop = rows.shop()
    rows.visitor.delete(f"{rows.api}/shops/{shop['id']}")
    assert rows.shop()["id"] > shop["id"]


def test_rules_of_the_database_are_told(rows: Rows) -> None:
    sale = rows.sale()
    shop = rows.visitor.get(f"{rows.api}/shops/{sale['shop_id']}").json()
    problem(rows.visitor.post(f"{rows.api}/shops", json={"name": shop["name"]}), 409)
    problem(rows.visitor.delete(f"{rows.api}/shops/{shop['id']}"), 409)
    problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(shop_id=987654321)), 422)


def test_the_description_is_true(rows: Rows) -> None:
    described = Described(rows.visitor.get(f"{rows.api}/openapi.json").json())
    assert "securitySchemes" not in described.document["components"]
    sale = rows.sale()
    for answer in (
        rows.visitor.get(f"{rows.api}/sales?limit=1"),
        rows.visitor.get(f"{rows.api}/sales/{sale['id']}"),
        rows.visitor.post(f"{rows.api}/sales", json={}),
        rows.visitor.get(f"{rows.api}/sales", headers={"X-Forwarded-For": "203.0.113.7"}),
    ):
        described.check(answer)


def test_nobody_is_pretended_to_be_signed_in(rows: Rows) -> None:
    problem(rows.visitor.get(f"{rows.api}/me"), 404)


def test_cookies_of_other_programs_mean_nothing(rows: Rows) -> None:
    rows.visitor.cookies.set("sessionid", "a" * 32)
    rows.shop()


@pytest.mark.parametrize(
    "sender", ["203.0.113.7", "127.0.0.1, 203.0.113.7", "::ffff:203.0.113.7", "localhost", "127.0.0.1.evil.example"]
)
def test_another_machine_is_refused(rows: Rows, sender: str) -> None:
    answer = rows.visitor.get(f"{rows.api}/shops", headers={"X-Forwarded-For": sender})
    assert problem(answer, 403)["type"].endswith("local")


def test_this_machine_behind_a_front_door_is_answered(rows: Rows) -> None:
    assert rows.visitor.get(f"{rows.api}/shops", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_is_refused(rows: Rows, origin: str) -> None:
    answer = rows.visitor.post(f"{rows.api}/shops", json={"name": "from elsewhere"}, headers={"Origin": origin})
    assert problem(answer, 403)["type"].endswith("origin")


def test_another_host_name_is_refused(rows: Rows) -> None:
    problem(rows.visitor.get(f"{rows.api}/shops", headers={"Host": "evil.example"}), 400)


def test_preparing_again_keeps_what_is_there(lonely: Served) -> None:
    with Visitor(lonely) as visitor:
        made = [Rows(visitor, api) for api in ("/api/v1", "/readings")]
        shops = [rows.shop() for rows in made]
        prepare(lonely)
        for rows, shop in zip(made, shops, strict=True):
            assert visitor.get(f"{rows.api}/shops/{shop['id']}").json() == shop


def test_a_peer_on_another_machine_is_refused(lonely: Served) -> None:
    settings = Settings.load(lonely.root, {"SECRET_KEY": "k3yk4yk5yk6yk7yk8yk9ykaykbykcykd"})
    headers = {"host": "127.0.0.1:8000"}
    assert local_refusal(Asked("GET", "http", "127.0.0.1", headers, {}), settings) is None
    assert local_refusal(Asked("GET", "http", None, headers, {}), settings) is None
    refused = local_refusal(Asked("GET", "http", "192.0.2.1", headers, {}), settings)
    assert refused is not None
    assert refused.status == 403
