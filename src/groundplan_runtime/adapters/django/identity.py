"""What the other parts have to know about this project's sign-in, and whether they can read it safely."""
# ruff: noqa: SLF001 - _meta is Django's documented way to ask a model about itself

from collections.abc import Sequence
from typing import Any

from django.apps.config import AppConfig
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.checks import CheckMessage, Error
from django.utils.version import get_version

from groundplan_runtime.adapters.django.readable import findings
from groundplan_runtime.identity.contract import Contract, LinkTable, Tables, UserColumns
from groundplan_runtime.identity.signing import key_check

__all__ = ["check_identity", "describe"]


def check_identity(app_configs: Sequence[AppConfig] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Give an error for everything that other parts could not read, or would decide differently."""
    if app_configs is not None:
        return []
    return [Error(sentence, hint=hint, id="groundplan.E010") for sentence, hint in findings()]


def describe() -> Contract:
    """Give what the others have to know; only meaningful when check_identity finds nothing."""
    user = get_user_model()
    return Contract(
        engine=settings.SESSION_ENGINE,
        serializer=settings.SESSION_SERIALIZER,
        session_cookie=settings.SESSION_COOKIE_NAME,
        csrf_cookie=settings.CSRF_COOKIE_NAME,
        backends=tuple(settings.AUTHENTICATION_BACKENDS),
        key_check=key_check(settings.SECRET_KEY),
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
