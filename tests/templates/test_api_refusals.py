"""Every API template: what is refused, and that each refusal is problem details."""

import time
from typing import Any

import pytest

from templates.building import Served
from templates.rows import Log, Rows
from templates.visitor import Visitor, problem

UNSAFE = [("POST", "/sales"), ("PATCH", "/sales/1"), ("DELETE", "/sales/1")]
EVERY = [("GET", "/me"), ("GET", "/sales"), ("GET", "/sales/1"), *UNSAFE]
NEEDED = {
    ("GET", "/sales"): "view",
    ("GET", "/sales/1"): "view",
    ("POST", "/sales"): "add",
    ("PATCH", "/sales/1"): "change",
    ("DELETE", "/sales/1"): "delete",
}


def test_nobody_gets_in_without_a_sign_in(stranger: Visitor, api: str) -> None:
    for method, path in EVERY:
        answer = stranger.request(method, f"{api}{path}", json={} if method != "GET" else None)
        assert problem(answer, 401)["type"].endswith("sign-in")
        assert answer.headers["www-authenticate"]


def test_a_made_up_session_is_no_sign_in(stranger: Visitor, api: str) -> None:
    stranger.cookies.set("sessionid", "a" * 32)
    problem(stranger.get(f"{api}/sales"), 401)


def test_an_account_without_permissions_may_nothing(people: dict[str, Visitor], api: str) -> None:
    for method, path in NEEDED:
        answer = people["ben"].request(method, f"{api}{path}", json={} if method != "GET" else None)
        assert problem(answer, 403)["type"].endswith("permission")


@pytest.mark.parametrize(("method", "path"), NEEDED)
@pytest.mark.parametrize("held", ["view", "add", "change", "delete"])
def test_each_method_needs_its_own_permission(people: dict[str, Visitor], api: str, method: str, path: str, held: str) -> None:
    needed = NEEDED[method, path]
    answer = people[f"only_{held}"].request(method, f"{api}{path}", json={"pieces": "no number"} if method != "GET" else None)
    if held == needed:
        assert answer.status_code != 403
    else:
        told = problem(answer, 403)
        assert told["type"].endswith("permission")
        assert f"office.{needed}_sale" in told["detail"]


def test_an_account_without_permissions_still_knows_itself(people: dict[str, Visitor], api: str) -> None:
    assert people["ben"].get(f"{api}/me").json()["permissions"] == []


def test_an_unsafe_request_needs_the_csrf_token(ada: Visitor, api: str) -> None:
    for method, path in UNSAFE:
        answer = ada.request(method, f"{api}{path}", json={}, headers={"X-CSRFToken": ""})
        assert problem(answer, 403)["type"].endswith("csrf")


@pytest.mark.parametrize("token", ["x", "a" * 32, "a" * 64, "ä" * 32])
def test_another_csrf_token_is_refused(ada: Visitor, api: str, token: str) -> None:
    answer = ada.post(f"{api}/sales", json={}, headers={b"X-CSRFToken": token.encode()})
    assert problem(answer, 403)["type"].endswith("csrf")


def test_an_unsafe_request_from_another_site_is_refused(ada: Visitor, api: str) -> None:
    for method, path in UNSAFE:
        answer = ada.request(method, f"{api}{path}", json={}, headers={"Origin": "https://evil.example"})
        assert problem(answer, 403)["type"].endswith("origin")


@pytest.mark.parametrize("origin", ["null", "http://127.0.0.1.evil.example", "http://127.0.0.1:1", "http://"])
def test_another_origin_is_refused(ada: Visitor, api: str, origin: str) -> None:
    answer = ada.post(f"{api}/sales", json={}, headers={"Origin": origin})
    assert problem(answer, 403)["type"].endswith("origin")


def test_an_unsafe_request_without_an_origin_stands_by_its_token(ada: Visitor, api: str) -> None:
    for token, status in ((ada.cookies["csrftoken"], 422), ("", 403)):
        request = ada.build_request("POST", f"{api}/sales", json={}, headers={"X-CSRFToken": token})
        del request.headers["Origin"]
        problem(ada.send(request), status)


def test_a_browser_that_tells_of_another_site_is_believed(ada: Visitor, api: str) -> None:
    request = ada.build_request("POST", f"{api}/sales", json={}, headers={"Sec-Fetch-Site": "cross-site"})
    del request.headers["Origin"]
    assert problem(ada.send(request), 403)["type"].endswith("origin")


def test_another_host_is_refused(stranger: Visitor, api: str) -> None:
    assert stranger.get(f"{api}/me", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/sales/987654321", "/sales/0", "/shops/987654321", "/nothing", "/sales/1/more"])
def test_what_does_not_exist_is_not_found(ada: Visitor, api: str, path: str) -> None:
    problem(ada.get(f"{api}{path}"), 404)


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_missing_row_cannot_be_written(ada: Visitor, api: str, method: str) -> None:
    problem(ada.request(method, f"{api}/sales/987654321", json={}), 404)


def test_a_method_that_is_not_offered_is_told(ada: Visitor, api: str) -> None:
    assert ada.put(f"{api}/sales/1", json={}).status_code == 405


def test_a_value_that_is_taken_is_a_conflict(rows: Rows) -> None:
    shop = rows.shop()
    told = problem(rows.visitor.post(f"{rows.api}/shops", json={"name": shop["name"]}), 409)
    assert "name" in told["detail"]


def test_a_change_to_a_value_that_is_taken_is_a_conflict(rows: Rows, log: Log) -> None:
    first, second = rows.shop(), rows.shop()
    problem(rows.visitor.patch(f"{rows.api}/shops/{second['id']}", json={"name": first["name"]}), 409)
    assert rows.visitor.get(f"{rows.api}/shops/{second['id']}").json() == second
    assert [kind for kind, _ in log.about("shop", second["id"])] == ["shop.created"]


def test_a_row_that_others_need_stays(rows: Rows, log: Log) -> None:
    sale = rows.sale()
    problem(rows.visitor.delete(f"{rows.api}/shops/{sale['shop_id']}"), 409)
    assert rows.visitor.get(f"{rows.api}/shops/{sale['shop_id']}").status_code == 200
    assert [kind for kind, _ in log.about("shop", sale["shop_id"])] == ["shop.created"]


def test_a_reference_to_nothing_is_refused(rows: Rows) -> None:
    told = problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(shop_id=987654321)), 422)
    assert told["errors"][0]["loc"][-1] == "shop_id"


def test_a_change_to_a_reference_to_nothing_is_refused(rows: Rows) -> None:
    sale = rows.sale()
    problem(rows.visitor.patch(f"{rows.api}/sales/{sale['id']}", json={"shop_id": 987654321}), 422)


def test_all_wrong_fields_are_named_at_once(rows: Rows) -> None:
    given = {"amount": "x", "sold_at": "yesterday", "colour": "red"}
    told = problem(rows.visitor.post(f"{rows.api}/sales", json=given), 422)
    assert {error["loc"][-1] for error in told["errors"]} == {"shop_id", "amount", "sold_at", "colour"}
    assert all(set(error) == {"type", "loc", "msg"} for error in told["errors"])


def test_a_change_that_holds_an_unknown_field_is_refused(rows: Rows) -> None:
    problem(rows.visitor.patch(f"{rows.api}/sales/{rows.sale()['id']}", json={"colour": "red"}), 422)


@pytest.mark.parametrize("field", ["amount", "sold_at", "shop_id", "paid", "state"])
def test_null_is_refused_where_a_value_must_be(rows: Rows, field: str) -> None:
    problem(rows.visitor.patch(f"{rows.api}/sales/{rows.sale()['id']}", json={field: None}), 422)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"null", b'"text"', b"\xff\xfe", b'{"name": "\\ud800"}'])
def test_a_body_that_is_no_object_is_refused(ada: Visitor, api: str, body: bytes) -> None:
    answer = ada.post(f"{api}/shops", content=body, headers={"Content-Type": "application/json"})
    problem(answer, 422)


def test_a_form_is_no_json(ada: Visitor, api: str) -> None:
    answer = ada.post(f"{api}/shops", data={"name": "by form"})
    assert answer.status_code in {415, 422}
    problem(answer, answer.status_code)


def test_a_refused_row_leaves_no_event(rows: Rows, log: Log) -> None:
    rows.shop()
    before = log.head("shop")
    problem(rows.visitor.post(f"{rows.api}/shops", json={"name": ""}), 422)
    assert log.head("shop") == before


def test_signing_out_ends_the_api_within_two_seconds(project: Served, api: str) -> None:
    with Visitor(project) as ben:
        kept: Any = dict(ben.sign_in("ben").cookies)
        assert ben.get(f"{api}/me").status_code == 200
        ben.sign_out()
        ben.cookies.update(kept)
        deadline = time.monotonic() + 2
        while ben.get(f"{api}/me").status_code != 401:
            assert time.monotonic() < deadline
