"""Whatever happens in whatever order, every adapter answers as Django does at that moment."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.identity.askers import hasty, makers
from runtime.identity.conftest import new_site
from runtime.identity.differential import everybody
from runtime.identity.histories import live_through
from runtime.identity.site_files import Site

LONG = pytest.mark.long


@pytest.fixture(
    scope="module",
    params=[
        ("sqlite", "db"),
        pytest.param(("sqlite", "cached_db"), marks=LONG),
        pytest.param(("postgresql", "db"), marks=LONG),
        pytest.param(("postgresql", "cached_db"), marks=LONG),
    ],
    ids="-".join,
)
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, bool]]:
    """A project, and whether Django keeps its sessions in a cache as well."""
    database, engine = request.param
    folder: Path = tmp_path_factory.mktemp(engine)
    site = new_site(folder, "" if database == "sqlite" else request.getfixturevalue("postgresql_url"), engine)
    yield site, engine == "cached_db"
    site.stop()


def through(stage: tuple[Site, bool], seeds: list[str], events: int) -> tuple[Counter[str], Counter[bool]]:
    site, cached = stage
    happened, answers = Counter[str](), Counter[bool]()
    with everybody(makers(site.settings, hasty())) as askers:
        for seed in seeds:
            site("flush")
            history, given = live_through(site, askers, seed, events, cached=cached)
            happened.update(history.done)
            answers.update(given)
    return happened, answers


def test_answers_as_django_after_every_event(stage: tuple[Site, bool]) -> None:
    happened, answers = through(stage, ["short"], 25)
    assert happened["sign_in"] > 0
    assert min(answers[True], answers[False]) > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_answers_as_django_after_every_event_of_many_histories(seed: int, stage: tuple[Site, bool]) -> None:
    happened, answers = through(stage, [f"{seed}/{number}" for number in range(3)], 50)
    assert {"sign_out", "new_password", "switch", "membership", "group_permission", "account_ends"} <= set(happened)
    assert min(answers[True], answers[False]) > 20
