"""Every API template: OpenAPI 3.1 that is valid, complete, and true to the answers."""

import re

import pytest

from templates.described import Described
from templates.rows import Rows
from templates.visitor import Visitor


@pytest.fixture(scope="module")
def known() -> dict[str, Described]:
    """Keep documents that were checked: checking one takes half a second."""
    return {}


@pytest.fixture
def described(stranger: Visitor, api: str, known: dict[str, Described]) -> Described:
    place = f"{stranger.served.url}{api}/openapi.json"
    if place not in known:
        document = stranger.get(place).raise_for_status().json()
        assert document["openapi"].startswith("3.1")
        known[place] = Described(document)
    return known[place]


def test_all_operations_are_described(described: Described, api: str) -> None:
    entities = {
        (method, f"{api}/{plural}{path}")
        for plural in ("shops", "sales")
        for method, path in (("GET", ""), ("POST", ""), ("GET", "/{}"), ("PATCH", "/{}"), ("DELETE", "/{}"))
    }
    assert described.operations() == {("GET", f"{api}/me"), *entities}


def test_operations_have_names_for_generated_clients(described: Described) -> None:
    names = [operation["operationId"] for item in described.document["paths"].values() for operation in item.values()]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalnum() for name in names)


def test_every_operation_tells_of_the_sign_in(described: Described) -> None:
    schemes = described.document["components"]["securitySchemes"]
    assert [(scheme["type"], scheme["in"], scheme["name"]) for scheme in schemes.values()] == [("apiKey", "cookie", "sessionid")]
    assert all(operation["security"] for item in described.document["paths"].values() for operation in item.values())


def test_answers_are_as_described(described: Described, rows: Rows) -> None:
    visitor, api = rows.visitor, rows.api
    sale = rows.sale(note="x", day="2026-03-01", pieces=1)
    place = f"{api}/sales/{sale['id']}"
    answers = [
        visitor.get(f"{api}/me"),
        visitor.post(f"{api}/sales", json=rows.given_sale(shop_id=sale["shop_id"])),
        visitor.get(f"{api}/sales?limit=1"),
        visitor.get(place),
        visitor.patch(place, json={"paid": True}),
        visitor.delete(place),
    ]
    assert [answer.status_code for answer in answers] == [200, 201, 200, 200, 200, 204]
    for answer in answers:
        described.check(answer)


def test_refusals_are_as_described(described: Described, rows: Rows, people: dict[str, Visitor], stranger: Visitor) -> None:
    shop = rows.sale()["shop_id"]
    place, api = f"{rows.api}/shops/{shop}", rows.api
    refused = [
        *(stranger.request(method, place) for method in ("GET", "PATCH", "DELETE")),
        *(people["ben"].request(method, place, json={}) for method in ("GET", "PATCH", "DELETE")),
        *(rows.visitor.request(method, f"{api}/shops/987654321", json={}) for method in ("GET", "PATCH", "DELETE")),
        people["ben"].get(f"{api}/shops"),
        people["ben"].post(f"{api}/shops", json={}),
        rows.visitor.get(f"{api}/shops?limit=0"),
        rows.visitor.post(f"{api}/shops", json={}),
        rows.visitor.patch(place, json={"name": ""}),
        rows.visitor.delete(place),
    ]
    assert {answer.status_code for answer in refused} == {401, 403, 404, 409, 422}
    for answer in refused:
        described.check(answer)


def test_what_a_client_sends_is_described(described: Described, rows: Rows) -> None:
    body = ("paths", *_place(described, "/sales"), "post", "requestBody", "content", "application/json", "schema")
    described.validate(rows.given_sale(), *body)


@pytest.mark.parametrize("who", ["ada", "stranger"])
def test_the_documentation_page_loads_nothing_from_elsewhere(stranger: Visitor, ada: Visitor, api: str, who: str) -> None:
    page = {"ada": ada, "stranger": stranger}[who].get(f"{api}/docs")
    assert page.status_code == 200
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", page.text)
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'self'")
    assert "script-src" not in policy


def test_the_api_on_django_rest_framework_can_be_browsed(people: dict[str, Visitor]) -> None:
    page = people["ada"].get("/via_drf/shops", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    style = re.search(r'href="(/[^"]+bootstrap\.min\.css)"', page.text)
    assert style is not None
    assert people["ada"].get(style[1]).status_code == 200


def _place(described: Described, end: str) -> tuple[str]:
    return (next(path for path in described.document["paths"] if path.endswith(end)),)
