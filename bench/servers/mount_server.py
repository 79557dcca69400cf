"""What bench/mount.py measures: one Django, served by its ASGI self and by its WSGI self in threads, both behind our dispatcher."""

import os
from typing import Any

import django
from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import path

from groundplan_runtime.compose import Mount, asgi_app
from groundplan_runtime.health import Health

POSTGRESQL = os.environ["POSTGRESQL"]  # postgresql://user@/name?host=folder
_USER, _, _REST = POSTGRESQL.removeprefix("postgresql://").partition("@")
_NAME = _REST.partition("/")[2].partition("?")[0]
_HOST = _REST.partition("host=")[2].partition("&")[0]

settings.configure(
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _NAME,
            "USER": _USER.partition(":")[0],
            "HOST": _HOST.replace("%2F", "/"),
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 8}},
        }
    },
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "django.contrib.messages"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="k" * 40,
    ALLOWED_HOSTS=["*"],
)
django.setup()


class Row(models.Model):
    """One row to look at."""

    text = models.CharField(max_length=40)

    class Meta:
        """Made by the bench."""

        app_label = "bench"
        db_table = "bench_row"
        managed = False

    def __str__(self) -> str:
        return self.text


def page(_request: HttpRequest) -> HttpResponse:
    """Answer with one query."""
    return HttpResponse(Row.objects.get(pk=1).text)


async def async_page(_request: HttpRequest) -> HttpResponse:
    """Answer with one query, in Django's asynchronous way."""
    return HttpResponse((await Row.objects.aget(pk=1)).text)


urlpatterns = [path("page", page), path("async-page", async_page)]


def application() -> Any:
    """Give the WSGI self below /wsgi and the ASGI self below /asgi."""
    from django.core.asgi import get_asgi_application  # noqa: PLC0415 - after Django is set up
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415 - as above

    mounts = [Mount("wsgi", "/wsgi", "wsgi", get_wsgi_application()), Mount("asgi", "/asgi", "asgi", get_asgi_application())]
    return asgi_app(mounts, Health("all", "", ["wsgi", "asgi"]))
