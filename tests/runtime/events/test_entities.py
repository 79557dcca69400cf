"""Every way Django changes a row writes its event in the same transaction, or is refused."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from groundplan_runtime.events import PublishError

from runtime.events.django_here import default_database, empty  # isort: skip  it configures Django
from django.contrib import admin
from django.contrib.admin.actions import delete_selected
from django.core import serializers
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import RequestFactory

from groundplan_runtime.adapters.django.entities import entity_name
from groundplan_runtime.adapters.django.events import position
from groundplan_runtime.adapters.django.models import LoggedEvent
from runtime.events.services import fresh_postgresql, fresh_sqlite
from runtime.events.shop.models import OpenHours, Sale, Shop, Silent, Spoken

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def prepared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    lite = request.param == "sqlite"
    url = fresh_sqlite(tmp_path_factory.mktemp("shop")) if lite else fresh_postgresql(request.getfixturevalue("postgresql"))
    with default_database(url, [Shop, Sale, OpenHours]):
        yield


@pytest.fixture(autouse=True)
def tables(prepared: None) -> None:  # noqa: ARG001 after the database
    empty("shop_sale", "shop_openhours", "shop_shop", "event_log", "channel_head")


@pytest.fixture
def shop(tables: None) -> Shop:  # noqa: ARG001 after the tables
    made: Shop = Shop.objects.create(name="Zürich")
    return made


def told(channel: str = "sale", after: int = 0) -> list[tuple[str, Any]]:
    """Give type and data of the events of a channel."""
    events = LoggedEvent.objects.filter(channel=channel, seq__gt=after).order_by("seq")
    return [(event.type, json.loads(event.payload)) for event in events]


def kinds(channel: str = "sale") -> list[tuple[str, int]]:
    return [(kind.partition(".")[2], data["id"]) for kind, data in told(channel)]


def sale(shop: Shop, amount: str = "1.50") -> Sale:
    made: Sale = Sale.objects.create(shop=shop, amount=amount, sold_at=NOON)
    return made


def test_a_row_is_told_as_the_database_holds_it(shop: Shop) -> None:
    local = datetime(2026, 11, 22, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    made = Sale.objects.create(shop=shop, amount="7", sold_at=local)
    expected = {"id": made.pk, "shop_id": shop.pk, "amount": "7.00", "sold_at": "2026-11-22T12:30:00Z"}
    assert told() == [("sale.created", expected)]
    assert list(told()[0][1]) == ["id", "shop_id", "amount", "sold_at"]
    made.refresh_from_db()
    assert made.row() == expected


def test_saving_again_tells_of_a_change_and_deleting_of_the_end(shop: Shop) -> None:
    made = sale(shop)
    made.amount = Decimal("2.344")
    made.save()
    key = made.pk
    made.delete()
    assert [kind for kind, _ in told()] == ["sale.created", "sale.changed", "sale.deleted"]
    assert told()[1][1]["amount"] == "2.34"
    assert told()[2][1] == {"id": key}


def test_the_event_names_the_row_as_its_key(shop: Shop) -> None:
    made = sale(shop)
    event = LoggedEvent.objects.get(channel="sale")
    assert (event.key, event.seq, str(event)) == (str(made.pk), 1, "sale.created sale/1")
    assert position("sale").seq == 1


def test_an_expression_and_unsaved_attributes_are_told_as_written(shop: Shop) -> None:
    made = sale(shop)
    made.amount = F("amount") + 1  # type: ignore[assignment]  # django-stubs wants the plugin for expressions
    made.sold_at = NOON + timedelta(days=1)
    made.save(update_fields=["amount"])
    assert told()[1][1]["amount"] == "2.50"
    assert told()[1][1]["sold_at"] == "2026-11-22T12:00:00Z"


def test_get_or_create_and_update_or_create_tell(shop: Shop) -> None:
    made, _ = Sale.objects.get_or_create(shop=shop, defaults={"amount": 1, "sold_at": NOON})
    Sale.objects.get_or_create(shop=shop)
    Sale.objects.update_or_create(pk=made.pk, defaults={"amount": 2})
    assert kinds() == [("created", made.pk), ("changed", made.pk)]


def test_update_tells_of_each_row_that_it_changed(shop: Shop) -> None:
    first, second, third = (sale(shop, amount) for amount in ("1", "2", "3"))
    assert Sale.objects.filter(amount__lt=3).update(amount=F("amount") * 10) == 2
    assert kinds()[3:] == [("changed", first.pk), ("changed", second.pk)]
    assert [data["amount"] for _, data in told()[3:]] == ["10.00", "20.00"]
    assert Sale.objects.filter(pk=-1).update(amount=1) == 0
    assert len(told()) == 5
    assert third.amount == "3"


def test_update_works_across_a_join_and_on_distinct_rows(shop: Shop) -> None:
    made = sale(shop)
    assert Sale.objects.filter(shop__name="Zürich").distinct().order_by("-amount").update(amount=9) == 1
    assert kinds() == [("created", made.pk), ("changed", made.pk)]


def test_update_of_a_slice_is_refused_in_djangos_own_words(shop: Shop) -> None:
    sale(shop)
    with pytest.raises(TypeError, match="Cannot update a query once a slice has been taken"):
        Sale.objects.all()[:1].update(amount=1)


def test_many_rows_are_told_of_in_chunks() -> None:
    Shop.objects.bulk_create([Shop(name=f"shop {number}") for number in range(1000)])
    assert Shop.objects.update(name=F("name")) == 1000
    assert len(told("shop")) == 2000


def test_bulk_create_and_bulk_update_tell_of_each_row_once(shop: Shop) -> None:
    made = Sale.objects.bulk_create([Sale(shop=shop, amount=number, sold_at=NOON) for number in (1, 2)])
    for row in made:
        row.amount = 5
    Sale.objects.bulk_update(made, ["amount"])
    keys = [row.pk for row in made]
    assert kinds() == [("created", keys[0]), ("created", keys[1]), ("changed", keys[0]), ("changed", keys[1])]


@pytest.mark.parametrize("option", [{"ignore_conflicts": True}, {"update_conflicts": True, "update_fields": ["amount"]}])
def test_bulk_create_that_hides_what_it_wrote_is_refused(shop: Shop, option: dict[str, Any]) -> None:
    with pytest.raises(PublishError, match="bulk_create of Sale with ignore_conflicts or update_conflicts cannot tell"):
        Sale.objects.bulk_create([Sale(shop=shop, amount=1, sold_at=NOON)], **option)
    assert told() == []
    assert Sale.objects.count() == 0


def test_cascades_and_emptied_references_are_told(shop: Shop) -> None:
    made, hours = sale(shop), OpenHours.objects.create(shop=shop)
    key = shop.pk
    shop.delete()
    assert kinds() == [("created", made.pk), ("deleted", made.pk)]
    assert told("shop")[-1] == ("shop.deleted", {"id": key})
    assert told("open_hours") == [
        ("open_hours.created", {"id": hours.pk, "shop_id": key, "day": 1}),
        ("open_hours.changed", {"id": hours.pk, "shop_id": None, "day": 1}),
    ]


def test_deleting_a_queryset_and_the_admins_action_tell(shop: Shop) -> None:
    first, second = sale(shop), sale(shop)
    Sale.objects.filter(pk=first.pk).delete()

    class NoLog(admin.ModelAdmin):  # type: ignore[type-arg]  # it cannot be subscripted while the program runs
        def log_deletions(self, *_: Any) -> Any:
            """There is no admin log in this project."""

        def message_user(self, *_: Any, **__: Any) -> None:
            """There are no messages either."""

        def get_deleted_objects(self, objs: Any, request: Any) -> Any:  # noqa: ARG002 the admin's signature
            return [], {}, set(), []

    request = RequestFactory().post("/", {"post": "yes"})
    delete_selected(NoLog(Sale, admin.site), request, Sale.objects.all())
    assert kinds()[2:] == [("deleted", first.pk), ("deleted", second.pk)]


def test_related_managers_tell(shop: Shop) -> None:
    hours = OpenHours.objects.create()
    manager: Any = shop.openhours_set  # type: ignore[attr-defined]  # django-stubs wants the plugin for reverse names
    manager.add(hours)
    manager.clear()
    assert [data["shop_id"] for _, data in told("open_hours")] == [None, shop.pk, None]


def test_a_proxy_tells_of_the_entity_it_stands_for() -> None:
    made = Spoken.objects.create(name="Bern")
    made.delete()
    assert [kind for kind, _ in told("shop")] == ["shop.created", "shop.deleted"]
    assert entity_name(Spoken) == "shop"
    assert entity_name(OpenHours) == "open_hours"


def test_a_failed_write_leaves_no_event_and_no_number(shop: Shop) -> None:
    with pytest.raises(IntegrityError):
        Shop.objects.create(name=shop.name)
    Shop.objects.create(name="Bern")
    assert [data["name"] for _, data in told("shop")] == ["Zürich", "Bern"]
    assert position("shop").seq == 2


def test_an_event_that_cannot_be_written_takes_the_row_back(shop: Shop) -> None:
    shop.name = "x" * 80

    def too_large(_row: Any) -> dict[str, Any]:
        return {"id": 1, "text": "x" * 70_000}

    made = sale(shop)
    original, Sale.row = Sale.row, too_large  # type: ignore[method-assign, assignment]  # an owner may override row()
    try:
        with pytest.raises(PublishError, match="at most 65536 are allowed"):
            made.save()
        with pytest.raises(PublishError):
            Sale.objects.update(amount=99)
    finally:
        Sale.row = original  # type: ignore[method-assign]  # put back
    made.refresh_from_db()
    assert str(made.amount) == "1.50"


def test_a_rolled_back_block_leaves_nothing(shop: Shop) -> None:
    def fails() -> None:
        with transaction.atomic():
            sale(shop)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert told() == []


def test_fixtures_tell_inside_a_transaction_and_are_refused_outside(shop: Shop) -> None:
    text = serializers.serialize("json", [Sale(pk=7, shop=shop, amount="1.00", sold_at=NOON)])
    (loaded,) = serializers.deserialize("json", text)
    with pytest.raises(
        PublishError, match=r"Sale is saved with its event and no transaction is open; wrap it in transaction.atomic"
    ):
        loaded.save()
    assert Sale.objects.count() == 0
    with transaction.atomic():
        loaded.save()
    assert kinds() == [("created", 7)]


def test_managers_that_would_be_silent_are_refused_by_the_project_check() -> None:
    found = [error for error in Silent.check() if error.id == "groundplan.E001"]
    assert [error.msg for error in found] == [
        "The manager 'objects' of Silent changes rows without publishing.",
        "The manager 'quiet' of Silent changes rows without publishing.",
    ]
    assert [error for model in (Shop, Sale, OpenHours) for error in model.check()] == []


def test_raw_sql_is_the_owners_business(shop: Shop) -> None:
    made = sale(shop)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_sale SET amount = 9 WHERE id = %s", [made.pk])
    assert len(told()) == 1
