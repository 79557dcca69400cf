"""Every API template: values come back exactly, or are refused; nothing is rounded or guessed."""

from typing import Any

import pytest

from templates.rows import Log, Rows
from templates.visitor import problem

DECIMALS = {
    "0": "0.00",
    "-0": "0.00",
    "7": "7.00",
    "12.5": "12.50",
    "-12.50": "-12.50",
    "0.01": "0.01",
    "9999999999.99": "9999999999.99",
    "-9999999999.99": "-9999999999.99",
}
MOMENTS = {
    "2026-03-01T09:30:00Z": "2026-03-01T09:30:00Z",
    "2026-03-01T09:30:00+00:00": "2026-03-01T09:30:00Z",
    "2026-03-01T09:30:00+05:45": "2026-03-01T03:45:00Z",
    "2026-03-01T00:30:00+02:00": "2026-02-28T22:30:00Z",
    "2026-03-01T09:30:00.5Z": "2026-03-01T09:30:00.500000Z",
    "2026-03-01T09:30:00.000001-09:30": "2026-03-01T19:00:00.000001Z",
    "1969-12-31T23:59:59Z": "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999Z": "9999-12-31T23:59:59.999999Z",
}


@pytest.mark.parametrize(("given", "told"), DECIMALS.items())
def test_decimals_keep_every_digit(rows: Rows, log: Log, given: str, told: str) -> None:
    sale = rows.sale(amount=given)
    assert sale["amount"].replace("-0.00", "0.00") == told
    assert rows.visitor.get(f"{rows.api}/sales/{sale['id']}").json() == sale
    assert log.about("sale", sale["id"]) == [("sale.created", sale)]


@pytest.mark.parametrize(
    "given",
    [
        12.5,
        7,
        "",
        " ",
        "1.234",
        "10000000000",
        "1e3000",
        "1e2",
        "+1",
        ".5",
        "5.",
        "7\n",
        "NaN",
        "Infinity",
        "1,5",
        "1_0",
        "٣",
        True,
        [],
    ],
)
def test_decimals_that_do_not_fit_are_refused(rows: Rows, given: Any) -> None:
    told = problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(amount=given)), 422)
    assert {error["loc"][-1] for error in told["errors"]} == {"amount"}


@pytest.mark.parametrize(("given", "told"), MOMENTS.items())
def test_moments_are_told_in_utc(rows: Rows, log: Log, given: str, told: str) -> None:
    sale = rows.sale(sold_at=given)
    assert sale["sold_at"] == told
    assert rows.visitor.get(f"{rows.api}/sales/{sale['id']}").json() == sale
    assert log.about("sale", sale["id"]) == [("sale.created", sale)]


@pytest.mark.parametrize(
    "given",
    [
        "2026-03-01T09:30:00",
        "2026-03-01",
        "yesterday",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+10:00",
        "9999-12-31T23:00:00-10:00",
        0,
        "",
    ],
)
def test_moments_without_an_instant_are_refused(rows: Rows, given: Any) -> None:
    problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(sold_at=given)), 422)


@pytest.mark.parametrize("given", ["2026-02-29", "2026-03-01T00:00:00Z", "01.03.2026", 20513, ""])
def test_days_that_do_not_exist_are_refused(rows: Rows, given: Any) -> None:
    problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(day=given)), 422)


@pytest.mark.parametrize("given", [0, -1, 9_223_372_036_854_775_807, -9_223_372_036_854_775_808])
def test_integers_fill_their_column(rows: Rows, log: Log, given: int) -> None:
    sale = rows.sale(pieces=given)
    assert sale["pieces"] == given
    assert log.about("sale", sale["id"])[0][1]["pieces"] == given


@pytest.mark.parametrize("given", [9_223_372_036_854_775_808, 1.5, "7", True, 10**30])
def test_integers_that_do_not_fit_are_refused(rows: Rows, given: Any) -> None:
    problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(pieces=given)), 422)


@pytest.mark.parametrize("given", ["true", 1, "yes"])
def test_booleans_are_not_guessed(rows: Rows, given: Any) -> None:
    problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(paid=given)), 422)


def test_a_choice_is_one_of_its_words(rows: Rows) -> None:
    problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(state="lost")), 422)


@pytest.mark.parametrize(
    "given", ["x" * 80, "ü" * 80, "'; DROP TABLE office_shop; --", "<script>alert(1)</script>", "\u202e\U0001f600\t\n"]
)
def test_texts_come_back_as_they_are(rows: Rows, log: Log, given: str) -> None:
    row = rows.shop(name=given)
    assert row["name"] == given
    assert log.about("shop", row["id"]) == [("shop.created", row)]
    rows.visitor.delete(f"{rows.api}/shops/{row['id']}")


@pytest.mark.parametrize("given", ["", "x" * 81, "a\x00b", 7, None])
def test_texts_that_do_not_fit_are_refused(rows: Rows, given: Any) -> None:
    problem(rows.visitor.post(f"{rows.api}/shops", json={"name": given}), 422)


@pytest.mark.parametrize(
    ("field", "given"), [("mail", "ada"), ("mail", "a@b"), ("site", "example.com"), ("site", "javascript:alert(1)")]
)
def test_addresses_that_lead_nowhere_are_refused(rows: Rows, field: str, given: str) -> None:
    problem(rows.visitor.post(f"{rows.api}/shops", json={"name": "addressed", field: given}), 422)


@pytest.mark.parametrize("given", ["abc", "1.5", "99999999999999999999"])
def test_an_id_is_a_number_of_a_row(rows: Rows, given: str) -> None:
    assert rows.visitor.get(f"{rows.api}/sales/{given}").status_code in {404, 422}


def test_a_row_too_large_for_an_event_is_refused(rows: Rows) -> None:
    problem(rows.visitor.post(f"{rows.api}/sales", json=rows.given_sale(note="x" * 70_000)), 422)
