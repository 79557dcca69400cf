"""One project that holds every template, prepared and served once for all contract tests."""

from collections.abc import Iterator

import psycopg
import pytest

from groundplan.brief.model import Kind
from runtime.events.services import postgresql_server
from templates.building import Served, build, served, stack
from templates.rows import Log, Rows
from templates.visitor import Visitor

PARTS = (
    ("office", Kind.WEB, stack("django", "django-htmx", interface="wsgi")),
    ("public", Kind.API, stack("fastapi", "sqlalchemy")),
    ("via_ninja", Kind.API, stack("django", "django-ninja", interface="wsgi")),
    ("via_drf", Kind.API, stack("django", "djangorestframework", interface="wsgi")),
    ("small", Kind.API, stack("flask", "sqlalchemy", interface="wsgi")),
    ("live", Kind.REALTIME, stack("fastapi")),
    ("push", Kind.REALTIME, stack("quart")),
    ("wire", Kind.REALTIME, stack("starlette")),
    ("consumers", Kind.REALTIME, stack("django", "channels")),
)
LONELY = (
    ("quotes", Kind.API, stack("fastapi", "sqlalchemy")),
    ("readings", Kind.API, stack("flask", "sqlalchemy", interface="wsgi")),
)
"""Parts of a project that has no Django part, and so no sign-in."""
APIS = {"fastapi": "/api/v1", "django-ninja": "/via_ninja", "djangorestframework": "/via_drf", "flask": "/small"}
LIVES = {"fastapi": "/live", "quart": "/push", "starlette": "/wire", "django-channels": "/consumers"}


LISTED = {"token", "origin", "body", "field", "given", "told", "held", "asked", "path", "position", "channel", "who"}
"""Parameters that walk through a list of values."""
SHORT = {"test_every_change_is_told_once_and_in_order", "test_answers_are_as_described", "test_refusals_are_as_described"}
"""What the fast suite asks of the frameworks that no example needs beside a web part; the long suite asks everything."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to the long suite what says the same of a further framework."""
    for item in items:
        parameters = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        api, live = parameters.get("api", APIS["fastapi"]), parameters.get("live", LIVES["fastapi"])
        listed = bool(LISTED & parameters.keys()) and (api != APIS["fastapi"] or live != LIVES["fastapi"])
        further = api in (APIS["djangorestframework"], APIS["flask"]) and getattr(item, "originalname", "") not in SHORT
        if listed or further:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def variables(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """Give the settings of each database in turn."""
    if request.param == "sqlite":
        yield {}
        return
    with postgresql_server() as url:
        yield {"DATABASE_URL": url}


@pytest.fixture(scope="session")
def project(variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = build(tmp_path_factory.mktemp("project"), PARTS)
    with served(root, tmp_path_factory.mktemp("data"), **variables) as running:
        yield running


@pytest.fixture(scope="session")
def lonely(variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = build(tmp_path_factory.mktemp("lonely"), LONELY)
    own = {name: _another_database(url) for name, url in variables.items()}
    with served(root, tmp_path_factory.mktemp("data"), **own) as running:
        yield running


def _another_database(url: str) -> str:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE lonely")
    return url.replace("/pulse?", "/lonely?")


@pytest.fixture(scope="session")
def people(project: Served) -> Iterator[dict[str, Visitor]]:
    """Everybody, signed in once: hashing a password takes a tenth of a second on purpose."""
    names = ("ada", "ben", "only_view", "only_add", "only_change", "only_delete")
    signed_in = {name: Visitor(project).sign_in(name) for name in names}
    yield signed_in
    for visitor in signed_in.values():
        visitor.close()


@pytest.fixture
def ada(people: dict[str, Visitor]) -> Visitor:
    return people["ada"]


@pytest.fixture
def stranger(project: Served) -> Iterator[Visitor]:
    with Visitor(project) as visitor:
        yield visitor


@pytest.fixture(params=list(APIS.values()), ids=list(APIS))
def api(request: pytest.FixtureRequest) -> str:
    """Give the prefix of each API in turn."""
    prefix: str = request.param
    return prefix


@pytest.fixture(params=list(LIVES.values()), ids=list(LIVES))
def live(request: pytest.FixtureRequest) -> str:
    """Give the prefix of each realtime part in turn."""
    prefix: str = request.param
    return prefix


@pytest.fixture
def rows(ada: Visitor, api: str) -> Rows:
    return Rows(ada, api)


@pytest.fixture(scope="session")
def log(project: Served) -> Log:
    return Log(project.database_url)
