"""The pages of the Django part, served for real."""

import re

import httpx
import pytest

from templates.rows import Log
from templates.visitor import Visitor

HTMX = {"HX-Request": "true"}


def token(visitor: Visitor) -> dict[str, str]:
    return {"csrfmiddlewaretoken": visitor.cookies["csrftoken"]}


def made_shop(visitor: Visitor, name: str) -> int:
    """Make a shop on its page and give its id."""
    answer = visitor.post("/shops/add/", data={**token(visitor), "name": name, "mail": "", "site": ""})
    assert answer.status_code == 302, answer.text
    made: int = next(row["id"] for row in visitor.get("/shops/state").json()["items"] if row["name"] == name)
    return made


def test_the_first_page_leads_to_the_list_of_the_first_entity(ada: Visitor) -> None:
    answer = ada.get("/")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/shops/"


def test_who_may_see_nothing_is_told_so_and_not_sent_in_circles(people: dict[str, Visitor]) -> None:
    answer = people["ben"].get("/")
    assert answer.status_code == 200
    assert "no page here that your account may see yet" in answer.text


@pytest.mark.parametrize("address", ["/sales/", "/sales/add/", "/sales/live/", "/admin/"])
def test_a_stranger_is_sent_to_the_sign_in(stranger: Visitor, address: str) -> None:
    answer = stranger.get(address)
    assert answer.status_code == 302
    assert "/login/" in answer.headers["location"]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("/sales/", "only_view"), ("/sales/live/", "only_view"), ("/sales/state", "only_view"), ("/sales/add/", "only_add")],
)
def test_each_page_needs_its_own_permission(people: dict[str, Visitor], address: str, allowed: str) -> None:
    found = {name: people[name].get(address).status_code for name in ("only_view", "only_add", "only_change", "only_delete", "ben")}
    assert found == {name: 200 if name == allowed else 403 for name in found}


def test_a_row_can_be_made_changed_and_deleted_and_each_step_is_an_event(ada: Visitor, log: Log) -> None:
    made = made_shop(ada, "Made on a page")
    changed = {**token(ada), "name": "Changed on a page", "mail": "", "site": ""}
    assert ada.post(f"/shops/{made}/", data=changed).status_code == 302
    assert ada.post(f"/shops/{made}/delete/", data=token(ada)).status_code == 302
    assert [kind for kind, _ in log.about("shop", made)] == ["shop.created", "shop.changed", "shop.deleted"]


def test_a_form_in_the_dialog_answers_with_an_order_to_load_the_rows_again(ada: Visitor) -> None:
    form = {**token(ada), "name": "Made in the dialog", "mail": "", "site": ""}
    assert "<html" not in ada.get("/shops/add/", headers=HTMX).text
    answer = ada.post("/shops/add/", data=form, headers=HTMX)
    assert answer.status_code == 204
    assert answer.headers["HX-Trigger"] == "rows-changed"
    again = ada.post("/shops/add/", data=form, headers=HTMX)
    assert again.status_code == 200
    assert "already exists" in again.text


def test_a_form_without_its_token_changes_nothing(ada: Visitor, log: Log) -> None:
    before = log.head("shop")
    with httpx.Client(base_url=ada.base_url, cookies=dict(ada.cookies)) as forged:
        assert forged.post("/shops/add/", data={"name": "Forged"}).status_code == 403
    assert log.head("shop") == before


def test_many_rows_come_page_by_page_and_are_found_by_their_texts(ada: Visitor) -> None:
    for number in range(21):
        made_shop(ada, f"Row {number:02} of many")
    first, second = ada.get("/shops/?q=of+many"), ada.get("/shops/?q=of+many&page=2")
    assert first.text.count("of many</td>") == 20
    assert second.text.count("of many</td>") == 1
    assert "?q=of+many&amp;page=2" in first.text


def test_what_people_write_is_shown_and_never_run(ada: Visitor) -> None:
    made_shop(ada, "<script>alert(1)</script>")
    text = ada.get("/shops/?q=alert").text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script>alert" not in text


def test_every_script_and_style_of_the_pages_is_served_from_here(ada: Visitor) -> None:
    pages = "".join(ada.get(address).text for address in ("/accounts/login/", "/shops/", "/shops/live/"))
    addresses = set(re.findall(r'(?:src|href)="([^"]+\.(?:js|css|svg))"', pages))
    assert {"/static/office/style.css", "/static/office/live.js", "/static/django_htmx/htmx-2.min.js"} <= addresses
    assert {address: ada.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
    assert ada.get("/static/groundplan/groundplan-live.js").headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("name", ["python.py", "groundplan-live.d.ts", "__init__.py"])
def test_what_is_no_script_of_a_page_is_not_served(ada: Visitor, name: str) -> None:
    assert ada.get(f"/static/groundplan/{name}").status_code == 404


def test_the_admin_shows_and_makes_records(ada: Visitor, log: Log) -> None:
    answer = ada.post(
        "/admin/office/shop/add/", data={**token(ada), "name": "Made in the admin", "mail": "", "site": "example.com"}
    )
    assert answer.status_code == 302, answer.text
    assert "Made in the admin" in ada.get("/admin/office/shop/?q=admin").text
    made = next(row for row in ada.get("/shops/state").json()["items"] if row["name"] == "Made in the admin")
    assert log.about("shop", made["id"]) == [("shop.created", {**made, "site": "https://example.com", "mail": None})]
