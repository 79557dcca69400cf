"""What the other parts have to know about this project's sign-in, and what keeps them from reading it safely."""
# ruff: noqa: SLF001 - _meta and _default_manager are Django's documented ways to ask a model about itself

import inspect
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model, load_backend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, Permission, PermissionsMixin
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.models.manager import BaseManager
from django.utils.version import get_version

from groundplan_runtime.current import current
from groundplan_runtime.identity.contract import ENGINES, SERIALIZER, Contract, LinkTable, Tables, UserColumns

__all__ = ["check_identity", "describe"]

Finding = tuple[str, str]
"""What is wrong, and what to do about it."""

_DECIDES = ("get_user", "user_can_authenticate", "has_perm", "get_all_permissions", "get_user_permissions", "get_group_permissions")
_HASHES = ("get_session_auth_hash", "get_session_auth_fallback_hash", "_get_session_auth_hash")
_PERMITS = ("has_perm", "get_all_permissions", "get_user_permissions", "get_group_permissions")
_FLAGS = ("is_active", "is_staff", "is_superuser")
_VENDORS = ("sqlite", "postgresql")


def check_identity(app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Give an error for everything that other parts could not read, or would decide differently."""
    if app_configs is not None:
        return []
    findings = [*_sessions(), *_cookies(), *_backends(), *_user_model(), *_database()]
    return [Error(sentence, hint=hint, id="groundplan.E010") for sentence, hint in findings]


def describe() -> Contract:
    """Give what the others have to know; only meaningful when check_identity finds nothing."""
    user = get_user_model()
    return Contract(
        engine=settings.SESSION_ENGINE,
        serializer=settings.SESSION_SERIALIZER,
        session_cookie=settings.SESSION_COOKIE_NAME,
        csrf_cookie=settings.CSRF_COOKIE_NAME,
        backends=tuple(settings.AUTHENTICATION_BACKENDS),
        tables=_tables(user),
        user_columns=_columns(user),
        django=get_version(),
    )


def _tables(user: type[AbstractBaseUser]) -> Tables:
    return Tables(
        session=Session._meta.db_table,
        user=user._meta.db_table,
        permission=Permission._meta.db_table,
        content_type=ContentType._meta.db_table,
        user_permissions=_link(user._meta.get_field("user_permissions")),
        user_groups=_link(user._meta.get_field("groups")),
        group_permissions=_link(Group._meta.get_field("permissions")),
    )


def _link(field: Any) -> LinkTable:
    return LinkTable(field.m2m_db_table(), field.m2m_column_name(), field.m2m_reverse_name())


def _columns(user: type[AbstractBaseUser]) -> UserColumns:
    def column(name: str) -> str:
        field: Any = user._meta.get_field(name)
        return str(field.column)

    return UserColumns(
        id=str(user._meta.pk.column),
        username=column(str(user.USERNAME_FIELD)),
        password=column("password"),
        is_active=column("is_active"),
        is_staff=column("is_staff"),
        is_superuser=column("is_superuser"),
    )


def _sessions() -> Iterator[Finding]:
    if settings.SESSION_ENGINE not in ENGINES:
        yield (
            f"SESSION_ENGINE is {settings.SESSION_ENGINE!r}, which other parts cannot read safely.",
            f"Use {' or '.join(ENGINES)}.",
        )
    if settings.SESSION_SERIALIZER != SERIALIZER:
        yield f"SESSION_SERIALIZER is {settings.SESSION_SERIALIZER!r}; other parts read only JSON.", f"Use {SERIALIZER}."
    if not settings.USE_TZ:
        yield "USE_TZ is False, so sessions would expire in local time.", "Set USE_TZ = True."


def _cookies() -> Iterator[Finding]:
    wanted = current().settings
    if wanted.session_cookie_name != settings.SESSION_COOKIE_NAME:
        hint = f"Set SESSION_COOKIE_NAME = {wanted.session_cookie_name!r}."
        yield f"SESSION_COOKIE_NAME is {settings.SESSION_COOKIE_NAME!r}, which other parts do not look for.", hint
    if wanted.csrf_cookie_name != settings.CSRF_COOKIE_NAME:
        hint = f"Set CSRF_COOKIE_NAME = {wanted.csrf_cookie_name!r}."
        yield f"CSRF_COOKIE_NAME is {settings.CSRF_COOKIE_NAME!r}, which other parts do not look for.", hint
    if settings.CSRF_USE_SESSIONS:
        yield "CSRF_USE_SESSIONS keeps the CSRF token out of other parts' reach.", "Set CSRF_USE_SESSIONS = False."
    if settings.CSRF_HEADER_NAME != "HTTP_X_CSRFTOKEN":
        yield f"CSRF_HEADER_NAME is {settings.CSRF_HEADER_NAME!r}; other parts read X-CSRFToken.", "Remove the setting."


def _backends() -> Iterator[Finding]:
    for path in settings.AUTHENTICATION_BACKENDS:
        changed = _overridden(type(load_backend(path)), ModelBackend, _DECIDES)
        if changed:
            sentence = f"The backend {path} decides in its own way ({', '.join(changed)}), which other parts cannot know."
            yield sentence, "Leave these methods to django.contrib.auth.backends.ModelBackend."


def _user_model() -> Iterator[Finding]:
    user = get_user_model()
    if not issubclass(user, PermissionsMixin):
        yield f"{user.__name__} has no permissions of Django's kind.", "Derive it from AbstractUser, or add PermissionsMixin."
        return
    changed = _overridden(user, AbstractBaseUser, _HASHES) + _overridden(user, PermissionsMixin, _PERMITS)
    changed += _overridden(type(user._default_manager), BaseManager, ["get_queryset"])
    if changed:
        hint = "Leave them as Django has them."
        yield f"{user.__name__} decides in its own way ({', '.join(changed)}), which other parts cannot know.", hint
    if not isinstance(user._meta.pk, models.IntegerField):
        yield f"The key of {user.__name__} is no integer.", "Use BigAutoField."
    lacking = [name for name in (*_FLAGS, "password", user.USERNAME_FIELD) if not _has_column(user, name)]
    if lacking:
        yield f"The table of {user.__name__} has no column for {', '.join(lacking)}.", "Derive the model from AbstractUser."


def _has_column(user: type[models.Model], name: str) -> bool:
    return name in {field.name for field in user._meta.local_concrete_fields}


def _database() -> Iterator[Finding]:
    vendor = connections[DEFAULT_DB_ALIAS].vendor
    if vendor not in _VENDORS:
        yield f"The database is {vendor}; other parts read only {' and '.join(_VENDORS)}.", "Correct DATABASES."
    for model in (Session, get_user_model(), Permission, Group, ContentType):
        if router.db_for_write(model) != DEFAULT_DB_ALIAS:
            yield f"{model.__name__} does not stand in the default database.", "Route it there; other parts read no other."


def _overridden(cls: type, base: type, names: Iterable[str]) -> list[str]:
    return [name for name in names if inspect.getattr_static(cls, name) is not inspect.getattr_static(base, name)]
