"""Every API template: a change is an event in the same transaction, the same bytes as the row and as Django's own events."""

from concurrent.futures import ThreadPoolExecutor

from templates.rows import Log, Rows
from templates.visitor import Visitor


def test_every_change_is_told_once_and_in_order(rows: Rows, log: Log) -> None:
    sale = rows.sale()
    changed = rows.visitor.patch(f"{rows.api}/sales/{sale['id']}", json={"amount": "3"}).json()
    rows.visitor.delete(f"{rows.api}/sales/{sale['id']}")
    assert log.about("sale", sale["id"]) == [
        ("sale.created", sale),
        ("sale.changed", changed),
        ("sale.deleted", {"id": sale["id"]}),
    ]


def test_answer_and_event_are_the_same_bytes(rows: Rows, log: Log) -> None:
    sale = rows.sale(note='ü "quoted" <b> \u2028', sold_at="2026-03-01T09:30:00.25Z", day="2026-03-01")
    answer = rows.visitor.get(f"{rows.api}/sales/{sale['id']}")
    assert answer.text == log.payload("sale", sale["id"])


def test_a_row_of_the_pages_is_told_as_one_of_the_api(rows: Rows, log: Log) -> None:
    shop = rows.shop()["id"]
    form = {"shop": shop, "amount": "12.5", "sold_at": "2026-03-01T09:30:00", "state": "open", "paid": "on", "pieces": "4"}
    token = rows.visitor.cookies["csrftoken"]
    answer = rows.visitor.post("/sales/add/", data={**form, "csrfmiddlewaretoken": token})
    assert answer.status_code == 302, answer.text
    newest = rows.visitor.get(f"{rows.api}/sales?limit=1").json()["items"][0]
    assert (newest["shop_id"], newest["amount"], newest["sold_at"]) == (shop, "12.50", "2026-03-01T09:30:00Z")
    assert log.about("sale", newest["id"]) == [("sale.created", newest)]
    assert rows.visitor.get(f"{rows.api}/sales/{newest['id']}").text == log.payload("sale", newest["id"])


def test_a_page_of_rows_tells_where_the_channel_stands(rows: Rows, log: Log) -> None:
    rows.sale()
    position = rows.visitor.get(f"{rows.api}/sales?limit=1").json()["position"]
    assert position["channel"] == "sale"
    assert position["seq"] == log.head("sale")
    assert position == rows.visitor.get("/sales/state").json()["position"]


def test_four_writers_at_once_lose_nothing(rows: Rows, log: Log, ada: Visitor) -> None:
    shop, before = rows.shop()["id"], log.head("sale")

    def write(number: int) -> int:
        given = {"shop_id": shop, "amount": f"{number}.00", "sold_at": "2026-03-01T09:30:00Z"}
        return ada.post(f"{rows.api}/sales", json=given).status_code

    with ThreadPoolExecutor(4) as writers:
        assert set(writers.map(write, range(24))) == {201}
    assert log.head("sale") == before + 24
