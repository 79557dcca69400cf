"""Accepted by every adapter if and only if Django accepts it, as the same account with the same permissions.

The installed Django is what is held against: on Python 3.11 that is 5.2, from 3.12 on a 6.x. ``OTHER_DJANGO`` names a folder with
another one.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from runtime.identity.askers import Asker, makers
from runtime.identity.conftest import new_site
from runtime.identity.differential import ACCOUNTS, COOKIES, SPOILT, compare, everybody
from runtime.identity.site_files import Site

ENGINES = ("db", "cached_db")


@pytest.fixture(scope="module")
def sites() -> Iterator[dict[Any, Site]]:
    """Projects by database and engine, made when first asked for."""
    made: dict[Any, Site] = {}
    yield made
    for site in made.values():
        site.stop()


@pytest.fixture
def sited(sites: dict[Any, Site], request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The project of this test, emptied. param: (database, engine)."""
    database, engine = request.param
    if request.param not in sites:
        url = "" if database == "sqlite" else request.getfixturevalue("postgresql_url")
        sites[request.param] = new_site(tmp_path_factory.mktemp(engine), url, engine)
    sites[request.param]("flush")
    return sites[request.param]


@pytest.fixture
def asking(sited: Site) -> Iterator[dict[str, Asker]]:
    with everybody(makers(sited.settings)) as opened:
        yield opened


def every(*databases: str) -> pytest.MarkDecorator:
    pairs = [(database, engine) for database in databases for engine in ENGINES]
    return pytest.mark.parametrize("sited", pairs, indirect=True, ids="-".join)


@every("sqlite", "postgresql")
def test_every_adapter_answers_as_django(sited: Site, asking: dict[str, Asker]) -> None:
    tally = compare(sited, asking, "few", 80)
    assert tally.apart == []
    assert 0 < tally.accepted < tally.cases


@pytest.mark.long
@every("sqlite", "postgresql")
@pytest.mark.parametrize("seed", ["one", "two"])
def test_every_adapter_answers_as_django_about_many(seed: str, sited: Site, asking: dict[str, Asker]) -> None:
    tally = compare(sited, asking, seed, 600)
    assert tally.apart == []
    assert {f"account {name}" for name in ACCOUNTS} <= set(tally.kinds)
    assert {f"cookie {name}" for name in COOKIES} <= set(tally.kinds)
    assert {f"spoilt {name}" for name in SPOILT} <= set(tally.kinds)
    assert {"account plain", "account member", "account chief", "cookie in quotes", "id as a number"} <= set(tally.welcome)
