"""What the identity check says under other settings, in the Django process of the tests."""

import json
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.db import connection
from django.test import override_settings
from django.utils.crypto import salted_hmac

from groundplan_runtime.adapters.django.identity import check_identity, describe
from groundplan_runtime.identity.contract import dump_contract
from runtime.identity.django_calls import CALLS, call


@call
def findings(**overrides: Any) -> list[list[str]]:
    """Give what the identity check says under other settings."""
    with override_settings(**overrides):
        return [[str(found.msg), str(found.hint)] for found in check_identity()]


@call
def findings_without_database() -> list[list[str]]:
    """Give what the identity check says when the default database is of another kind."""
    vendor, connection.vendor = connection.vendor, "dummy"
    try:
        found: list[list[str]] = findings()
    finally:
        connection.vendor = vendor
    return found


@call
def findings_when_changed(what: str) -> list[list[str]]:
    """Give what the identity check says when something of Django itself was replaced, as packages do."""

    def own_hash(_user: Any, secret: str | None = None) -> str:
        return salted_hmac("own salt", "x", secret=secret).hexdigest()

    changed: dict[str, tuple[Any, str, Any]] = {
        "key_salt": (SessionStore, "key_salt", "own salt"),
        "algorithm": (signing.TimestampSigner, "signature", lambda _self, value, _key=None: value[:3]),
        "encode": (SessionStore, "encode", lambda _self, data: json.dumps(data)),
        "session hash": (AbstractBaseUser, "_get_session_auth_hash", own_hash),
    }
    if what == "time zone":
        return _with_item(connection.settings_dict, "TIME_ZONE", "Asia/Kathmandu")
    owner, name, value = changed[what]
    return _with_attribute(owner, name, value)


def _with_attribute(owner: Any, name: str, value: Any) -> list[list[str]]:
    own, before = name in vars(owner), getattr(owner, name)
    setattr(owner, name, value)
    try:
        found: list[list[str]] = findings()
    finally:
        setattr(owner, name, before) if own else delattr(owner, name)
    return found


def _with_item(table: Any, name: str, value: Any) -> list[list[str]]:
    before, table[name] = table[name], value
    try:
        found: list[list[str]] = findings()
    finally:
        table[name] = before
    return found


@call
def described(user_model: str) -> dict[str, Any]:
    with override_settings(AUTH_USER_MODEL=user_model):
        assert findings() == []
        told: dict[str, Any] = json.loads(dump_contract(describe()))
    return told


@call
def export_under(**overrides: Any) -> dict[str, Any]:
    with override_settings(**overrides):
        told: dict[str, Any] = CALLS["command"]("export_identity")
    return told
