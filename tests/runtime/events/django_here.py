"""Django inside the test process, its databases those of the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from django.conf import settings
from django.db import connections, models

from runtime.events.writer import django_database

if not settings.configured:
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "groundplan_runtime.adapters.django",
            "runtime.events.shop",
        ],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        ROOT_URLCONF="runtime.gateway.django_app",
        SECRET_KEY="k" * 40,
        USE_TZ=True,
        TIME_ZONE="Asia/Kathmandu",
    )
    django.setup()


@contextmanager
def default_database(url: str, made: list[type[models.Model]]) -> Iterator[None]:
    """Make the test's database Django's own for a while, with tables for some models."""
    known: Any = connections.settings
    before = known["default"]
    known["default"] = connections.configure_settings({"default": django_database(url)})["default"]
    connections["default"] = connections.create_connection("default")
    try:
        with connections["default"].schema_editor() as editor:
            for model in made:
                editor.create_model(model)
        yield
    finally:
        connections["default"].close()
        known["default"] = before
        connections["default"] = connections.create_connection("default")


def empty(*tables: str) -> None:
    """Take every row out of the tables."""
    with connections["default"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 names from the test itself
