"""What is added to frameworks: days, places, and what stands on what."""

import datetime as dt
from collections import Counter

import pytest

from groundplan.catalogue import Addon, Catalogue, load
from groundplan.catalogue.pages import AddonPage, addon

CATALOGUE = load()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


def test_no_add_on_stands_twice(catalogue: Catalogue) -> None:
    assert [name for name, count in Counter(one.name for one in catalogue.addons).items() if count > 1] == []


@pytest.mark.parametrize("one", CATALOGUE.addons, ids=lambda one: one.name)
def test_an_add_on_has_a_first_day_that_lies_before_its_newest_release(one: Addon) -> None:
    assert dt.date.fromisoformat(one.since) < dt.date.fromisoformat(f"{one.released}-28")
    assert one.version
    assert one.provisions


@pytest.mark.parametrize("one", CATALOGUE.addons, ids=lambda one: one.name)
def test_what_an_add_on_needs_can_be_had_wherever_it_can(one: Addon, catalogue: Catalogue) -> None:
    for name in one.needs:
        assert set(one.frameworks) <= set(catalogue.addon(name).frameworks)
        assert set(one.interfaces) <= set(catalogue.addon(name).interfaces)


def test_a_star_means_every_framework_but_those_that_are_named() -> None:
    page = AddonPage("moss", "Moss", ("*",), "third-party", "1", "2026-11", "https://moss.example/", {}, not_for=("django",))
    assert addon(page, ["django", "flask", "quart"]).frameworks == ("flask", "quart")


def test_the_risk_of_a_layer_below_an_add_on_is_the_add_ons_own(catalogue: Catalogue) -> None:
    assert list(catalogue.family("flask-wtf")) == ["flask-wtf", "wtforms"]


@pytest.mark.parametrize(
    ("year", "missing"), [(2012, "flask-migrate"), (2016, "drf-yasg"), (2019, "sqladmin"), (2022, "advanced-alchemy")]
)
def test_an_add_on_is_not_offered_before_its_time(year: int, missing: str, catalogue: Catalogue) -> None:
    names = {one.name for one in catalogue.at(dt.date(year, 12, 31)).addons}
    assert "sqlalchemy" in names
    assert missing not in names
