"""What keeps other parts from reading this project's sign-in safely, each as a sentence with its remedy.

Settings and overridden methods are looked at one by one; whatever else may have been changed is caught by having Django write a
session and a hash, and reading both as the others will.
"""
# ruff: noqa: SLF001 - _meta and _default_manager are Django's documented ways to ask a model about itself

import inspect
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model, load_backend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group, Permission, PermissionsMixin
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS, connections, models, router
from django.db.models.manager import BaseManager

from groundplan_runtime.current import current
from groundplan_runtime.identity.contract import ENGINES, SERIALIZER
from groundplan_runtime.identity.signing import auth_hash_holds, read_payload

__all__ = ["findings"]

Finding = tuple[str, str]
"""What is wrong, and what to do about it."""

_ASKED_FOR = ("get_user", "has_perm", "get_all_permissions", "get_user_permissions", "get_group_permissions")
_DECIDES = (
    *_ASKED_FOR,
    *(f"a{name}" for name in _ASKED_FOR),
    "user_can_authenticate",
    "_get_permissions",
    "_aget_permissions",
    "_get_user_permissions",
    "_get_group_permissions",
)
_HASHES = ("get_session_auth_hash", "get_session_auth_fallback_hash", "_get_session_auth_hash")
_IS = ("is_authenticated", "is_anonymous", "from_db")
_PERMITS = ("has_perm", "has_perms", "get_all_permissions", "get_user_permissions", "get_group_permissions")
_FLAGS = ("is_active", "is_staff", "is_superuser")
_CONVERTS = ("from_db_value", "get_db_converters")
_TEXTS = (models.CharField, models.TextField)
_VENDORS = ("sqlite", "postgresql")
_AS_DJANGO_HAS_THEM = "Leave them as Django has them."


def findings() -> list[Finding]:
    """Give everything that other parts could not read, or would decide differently; [] when they may read."""
    return [*_sessions(), *_cookies(), *_backends(), *_user_model(), *_database()]


def _sessions() -> Iterator[Finding]:
    known = settings.SESSION_ENGINE in ENGINES and settings.SESSION_SERIALIZER == SERIALIZER
    if settings.SESSION_ENGINE not in ENGINES:
        yield (
            f"SESSION_ENGINE is {settings.SESSION_ENGINE!r}, which other parts cannot read safely.",
            f"Use {' or '.join(ENGINES)}.",
        )
    if settings.SESSION_SERIALIZER != SERIALIZER:
        yield f"SESSION_SERIALIZER is {settings.SESSION_SERIALIZER!r}; other parts read only JSON.", f"Use {SERIALIZER}."
    if not settings.USE_TZ:
        yield "USE_TZ is False, so sessions would expire in local time.", "Set USE_TZ = True."
    if _keys() != [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        hint = "Take SECRET_KEY and SECRET_KEY_FALLBACKS from groundplan_runtime.settings."
        yield "SECRET_KEY or SECRET_KEY_FALLBACKS are not those of the project, which other parts have.", hint
    elif known and not _readable():
        yield "Sessions are signed in a way of their own, which other parts cannot check.", _AS_DJANGO_HAS_THEM


def _keys() -> list[str]:
    project = current().settings
    return [project.secret_key, *project.secret_key_fallbacks]


def _readable() -> bool:
    """Have Django write a short and a long session, of which it compresses the second, and read them as other parts will."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    samples = ({"short": "ä"}, {"long": "x" * 500})
    return all(read_payload(store.encode(sample), _keys()) == sample for sample in samples)


def _cookies() -> Iterator[Finding]:
    wanted = current().settings
    if wanted.session_cookie_name != settings.SESSION_COOKIE_NAME:
        hint = f"Set SESSION_COOKIE_NAME = {wanted.session_cookie_name!r}."
        yield f"SESSION_COOKIE_NAME is {settings.SESSION_COOKIE_NAME!r}, which other parts do not look for.", hint
    if wanted.csrf_cookie_name != settings.CSRF_COOKIE_NAME:
        hint = f"Set CSRF_COOKIE_NAME = {wanted.csrf_cookie_name!r}."
        yield f"CSRF_COOKIE_NAME is {settings.CSRF_COOKIE_NAME!r}, which other parts do not look for.", hint
    for name in ("SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH"):
        if getattr(settings, name) != "/":
            yield f"{name} is {getattr(settings, name)!r}, so browsers keep the cookie from other parts.", f'Set {name} = "/".'
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
    changed = _overridden(user, AbstractBaseUser, (*_HASHES, *_IS)) + _overridden(user, PermissionsMixin, _PERMITS)
    changed += _overridden(type(user._default_manager), BaseManager, ["get_queryset"])
    if changed:
        sentence = f"{user.__name__} decides in its own way ({', '.join(changed)}), which other parts cannot know."
        yield sentence, _AS_DJANGO_HAS_THEM
    elif not _hash_readable(user):
        yield (
            f"The session hash of {user.__name__} is made in a way of its own, which other parts cannot check.",
            _AS_DJANGO_HAS_THEM,
        )
    yield from _columns(user)


def _hash_readable(user: type[AbstractBaseUser]) -> bool:
    """Have Django make the hash that ties a session to a password, and check it as other parts will."""
    return auth_hash_holds(user(password="sample").get_session_auth_hash(), "sample", [settings.SECRET_KEY])  # noqa: S106 - a sample


def _columns(user: type[AbstractBaseUser]) -> Iterator[Finding]:
    if not isinstance(user._meta.pk, models.IntegerField):
        yield f"The key of {user.__name__} is no integer.", "Use BigAutoField."
    fields = {field.name: field for field in user._meta.local_concrete_fields}
    read = (*_FLAGS, "password", str(user.USERNAME_FIELD))
    if lacking := [name for name in read if name not in fields]:
        yield f"The table of {user.__name__} has no column for {', '.join(lacking)}.", "Derive the model from AbstractUser."
    if changed := [name for name in read if name in fields and _converts(fields[name])]:
        yield f"The table of {user.__name__} does not hold {', '.join(changed)} as it is.", "Use Django's own fields for it."


def _converts(field: Any) -> bool:
    """Tell whether a field gives something else than its column holds; the others read the column."""
    wanted = (models.BooleanField,) if field.name in _FLAGS else _TEXTS
    return not isinstance(field, wanted) or bool(_overridden(type(field), models.Field, _CONVERTS))


def _database() -> Iterator[Finding]:
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor not in _VENDORS:
        yield f"The database is {connection.vendor}; other parts read only {' and '.join(_VENDORS)}.", "Correct DATABASES."
    if connection.vendor == "sqlite" and connection.settings_dict["TIME_ZONE"] not in {None, "UTC"}:
        yield "The default database has a TIME_ZONE, so sessions would expire in local time.", "Remove TIME_ZONE from DATABASES."
    for model in (Session, get_user_model(), Permission, Group, ContentType):
        if router.db_for_write(model) != DEFAULT_DB_ALIAS:
            yield f"{model.__name__} does not stand in the default database.", "Route it there; other parts read no other."


def _overridden(cls: type, base: type, names: Iterable[str]) -> list[str]:
    return [name for name in names if inspect.getattr_static(cls, name, None) is not inspect.getattr_static(base, name, None)]
