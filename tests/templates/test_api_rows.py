"""Every API template: rows are made, listed, read, changed and deleted."""

import pytest

from templates.rows import Rows
from templates.visitor import Visitor


def test_a_new_row_is_told_with_its_place(rows: Rows) -> None:
    answer = rows.visitor.post(f"{rows.api}/shops", json={"name": f"Told {rows.api}", "site": "https://example.com"})
    assert answer.status_code == 201
    row = answer.json()
    assert list(row) == ["id", "name", "mail", "site"]
    assert row == {"id": row["id"], "name": f"Told {rows.api}", "mail": None, "site": "https://example.com"}
    assert answer.headers["location"] == f"{rows.api}/shops/{row['id']}"


def test_defaults_fill_what_is_left_out(rows: Rows) -> None:
    sale = rows.sale()
    assert (sale["paid"], sale["state"], sale["day"], sale["pieces"], sale["note"]) == (False, "open", None, None, None)


def test_a_row_is_read_as_it_was_told(rows: Rows) -> None:
    sale = rows.sale(note="two lines\nand ümlauts €", day="2026-03-01", pieces=-3, paid=True, state="done")
    assert rows.visitor.get(f"{rows.api}/sales/{sale['id']}").json() == sale


def test_only_given_fields_change(rows: Rows) -> None:
    sale = rows.sale(note="kept", amount="1.00")
    answer = rows.visitor.patch(f"{rows.api}/sales/{sale['id']}", json={"amount": "2.00"})
    assert answer.status_code == 200
    assert answer.json() == {**sale, "amount": "2.00"}
    assert rows.visitor.get(f"{rows.api}/sales/{sale['id']}").json() == {**sale, "amount": "2.00"}


def test_null_empties_a_field_that_may_be_empty(rows: Rows) -> None:
    sale = rows.sale(note="gone soon")
    assert rows.visitor.patch(f"{rows.api}/sales/{sale['id']}", json={"note": None}).json()["note"] is None


def test_a_change_of_nothing_is_fine(rows: Rows) -> None:
    sale = rows.sale()
    assert rows.visitor.patch(f"{rows.api}/sales/{sale['id']}", json={}).json() == sale


def test_a_deleted_row_is_gone(rows: Rows) -> None:
    sale = rows.sale()
    answer = rows.visitor.delete(f"{rows.api}/sales/{sale['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert rows.visitor.get(f"{rows.api}/sales/{sale['id']}").status_code == 404


def test_pages_are_newest_first_and_lead_to_the_end(rows: Rows) -> None:
    made = [rows.sale()["id"] for _ in range(3)]
    first = rows.visitor.get(f"{rows.api}/sales", params={"limit": 2}).json()
    assert [row["id"] for row in first["items"]] == [made[2], made[1]]
    second = rows.visitor.get(f"{rows.api}/sales", params={"limit": 2, "after": first["next"]}).json()
    assert second["items"][0]["id"] == made[0]


def test_the_last_page_has_no_next(rows: Rows) -> None:
    oldest = rows.visitor.get(f"{rows.api}/shops", params={"limit": 200}).json()["items"][-1]["id"]
    page = rows.visitor.get(f"{rows.api}/shops", params={"limit": 1, "after": str(oldest + 1)}).json()
    assert (len(page["items"]), page["next"]) == (1, None)


def test_rows_that_come_meanwhile_do_not_shift_a_page(rows: Rows) -> None:
    made = [rows.sale()["id"] for _ in range(2)]
    first = rows.visitor.get(f"{rows.api}/sales", params={"limit": 1}).json()
    rows.sale()
    second = rows.visitor.get(f"{rows.api}/sales", params={"limit": 1, "after": first["next"]}).json()
    assert second["items"][0]["id"] == made[0]


@pytest.mark.parametrize("given", [51])
def test_fifty_rows_are_the_default_page(rows: Rows, given: int) -> None:
    for _ in range(given):
        rows.shop()
    page = rows.visitor.get(f"{rows.api}/shops").json()
    assert len(page["items"]) == 50
    assert page["next"] == str(page["items"][-1]["id"])


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"after": "x"}, {"after": "-1"}, {"page": 2}])
def test_a_page_that_makes_no_sense_is_refused(rows: Rows, asked: dict[str, str]) -> None:
    assert rows.visitor.get(f"{rows.api}/sales", params=asked).status_code == 422


def test_every_api_shows_the_rows_of_the_others(rows: Rows, people: dict[str, Visitor]) -> None:
    sale = rows.sale()
    for prefix in ("/api/v1", "/via_ninja"):
        assert people["ada"].get(f"{prefix}/sales/{sale['id']}").json() == sale
    state = people["ada"].get("/sales/state").json()
    assert sale in state["items"]


def test_me_tells_who_is_signed_in_and_what_they_may(people: dict[str, Visitor], api: str) -> None:
    told = people["only_view"].get(f"{api}/me").json()
    assert told["username"] == "only_view"
    assert told["permissions"] == ["office.view_sale"]
    assert isinstance(told["id"], int)
