"""A real Django project in a process of its own, asked over its standard input, one JSON object per line.

The tests' own process never imports Django: what it recognises, it recognises without it.
"""

import json
import os
import sys
import traceback
from datetime import timedelta
from importlib import import_module
from io import StringIO
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
sys.path.insert(0, os.environ["GROUNDPLAN_ROOT"])
django.setup()

from django.conf import settings  # noqa: E402 - needs a set-up Django
from django.contrib.auth import login  # noqa: E402 - needs a set-up Django
from django.contrib.auth.models import Group, Permission, User  # noqa: E402 - as above
from django.contrib.auth.signals import user_logged_out  # noqa: E402 - as above
from django.contrib.sessions.backends.cached_db import SessionStore as CachedSessionStore  # noqa: E402 - as above
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402 - as above
from django.contrib.sessions.models import Session  # noqa: E402 - as above
from django.core import signing  # noqa: E402 - as above
from django.core.management import CommandError, call_command  # noqa: E402 - as above
from django.db import connection, transaction  # noqa: E402 - as above
from django.http import HttpRequest  # noqa: E402 - as above
from django.test import Client  # noqa: E402 - as above
from django.utils import timezone  # noqa: E402 - as above
from django.utils.crypto import get_random_string, salted_hmac  # noqa: E402 - as above

from groundplan_runtime.adapters.django import signals  # noqa: E402 - as above
from runtime.identity import django_csrf, django_findings, django_rows  # noqa: E402, F401 - they bring calls of their own
from runtime.identity.django_calls import CALLS, call  # noqa: E402 - as above


@call
def version() -> str:
    return django.get_version()


@call
def migrate() -> None:
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)


@call
def command(name: str, *arguments: str) -> dict[str, Any]:
    out = StringIO()
    try:
        call_command(name, *arguments, stdout=out, no_color=True)
    except CommandError as error:
        return {"code": error.returncode, "text": str(error)}
    return {"code": 0, "text": out.getvalue()}


@call
def make_user(username: str, *, permissions: tuple[str, ...] = (), **fields: Any) -> int:
    user = User.objects.create_user(username, password="pw", **fields)
    user.user_permissions.set(_permissions(permissions))
    return int(user.pk)


@call
def make_group(name: str, *, permissions: tuple[str, ...] = (), members: tuple[str, ...] = ()) -> int:
    group = Group.objects.create(name=name)
    group.permissions.set(_permissions(permissions))
    for user in User.objects.filter(username__in=members):
        user.groups.add(group)
    return int(group.pk)


def _permissions(names: tuple[str, ...]) -> list[Permission]:
    found = []
    for name in names:
        app, codename = name.split(".")
        found.append(Permission.objects.get(content_type__app_label=app, codename=codename))
    return found


@call
def sign_in(username: str) -> str:
    """Give the key of a session made by Django's own login."""
    request = HttpRequest()
    request.META["HTTP_HOST"] = "127.0.0.1"
    request.session = SessionStore()
    login(request, User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    return str(request.session.session_key)


@call
def sign_in_here(username: str) -> str | None:
    """Sign in with the engine of the settings; None for an account that may not."""
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        return None
    request = HttpRequest()
    request.META["HTTP_HOST"] = "127.0.0.1"
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    request.session.save()
    return str(request.session.session_key)


@call
def delete_row(key: str) -> None:
    """Delete a session behind Django's back."""
    Session.objects.filter(session_key=key).delete()


@call
def sign_in_cached(username: str) -> str:
    """Give the key of a session that stands in Django's cache as well."""
    session = CachedSessionStore()
    session.update(SessionStore(sign_in(username)).load())
    session.save()
    return str(session.session_key)


@call
def connect_again() -> None:
    signals.connect()


@call
def sign_out(key: str) -> int:
    return int(_client(key).post("/accounts/logout/").status_code)


@call
def whoami(key: str) -> dict[str, Any] | None:
    """Give the account and permissions Django sees behind a cookie, or None. Django may delete the session on the way."""
    response = _client(key).get("/whoami")
    return dict(response.json()) if response.status_code == 200 else None


def _client(key: str) -> Client:
    client = Client(raise_request_exception=False, headers={"host": "127.0.0.1"})
    client.cookies["sessionid"] = key
    return client


@call
def payload(key: str) -> dict[str, Any]:
    return SessionStore(key).load()


@call
def store(
    payload: dict[str, Any],
    *,
    secret: str | None = None,
    salt: str = "",
    compress: bool = True,
    lives: float = 3600.0,
    spoil: str = "",
) -> str:
    """Write a session row. lives: seconds. spoil: replaces the first character of that part of the signed text."""
    data = signing.dumps(payload, key=secret, salt=salt or SessionStore().key_salt, compress=compress)
    key = get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789")
    expires = timezone.now() + timedelta(seconds=lives)
    Session.objects.create(session_key=key, session_data=_spoiled(data, spoil), expire_date=expires)
    return key


@call
def store_text(text: str) -> str:
    """Write a session row whose signed content is this text."""
    encoded = signing.b64_encode(text.encode()).decode()
    key: str = store({})
    signed = signing.TimestampSigner(salt=SessionStore().key_salt).sign(encoded)
    Session.objects.filter(session_key=key).update(session_data=signed)
    return key


def _spoiled(data: str, part: str) -> str:
    if not part:
        return data
    parts = data.split(":")
    place = {"body": 0, "time": 1, "tag": 2}[part]
    parts[place] = ("B" if parts[place][0] == "A" else "A") + parts[place][1:]
    return ":".join(parts)


@call
def expire(key: str) -> None:
    Session.objects.filter(session_key=key).update(expire_date=timezone.now())


@call
def session_after_signal(username: str) -> bool:
    """Tell whether a session still stands when Django has sent user_logged_out, and has done nothing more yet."""
    request = HttpRequest()
    request.session = SessionStore(sign_in(username))
    user_logged_out.send(sender=User, request=request, user=User.objects.get(username=username))
    return Session.objects.filter(session_key=request.session.session_key).exists()


@call
def auth_hash(username: str, secret: str | None = None) -> str:
    return salted_hmac(
        django_rows.HASH_SALT, User.objects.get(username=username).password, secret=secret, algorithm="sha256"
    ).hexdigest()


@call
def save_user(username: str, **fields: Any) -> None:
    user = User.objects.get(username=username)
    for name, value in fields.items():
        setattr(user, name, value)
    user.save()


@call
def save_last_login(username: str) -> None:
    user = User.objects.get(username=username)
    user.last_login = timezone.now()
    user.save(update_fields=["last_login"])


@call
def set_password(username: str, password: str) -> None:
    user = User.objects.get(username=username)
    user.set_password(password)
    user.save()


@call
def delete_user(username: str) -> None:
    User.objects.get(username=username).delete()


@call
def update_users(username: str, **fields: Any) -> int:
    """Change an account without any signal."""
    return User.objects.filter(username=username).update(**fields)


@call
def leave_silently(username: str) -> None:
    """Take an account out of its groups without any signal."""
    User.groups.through.objects.filter(user__username=username).delete()


@call
def change(expression: str, **names: str) -> None:
    """Do ``subject.action(object)`` on accounts (u), groups (g) and permissions (p), e.g. ``u.groups.add(g)``."""
    things = {
        "u": User.objects.filter(username=names.get("u", "")).first(),
        "g": Group.objects.filter(name=names.get("g", "")).first(),
        "p": Permission.objects.filter(codename=names.get("p", "")).first(),
    }
    exec(expression, things)  # noqa: S102 - the tests' own text, in the tests' own process


@call
def fail_after(username: str) -> None:
    """Change an account in a transaction that then fails."""
    try:
        with transaction.atomic():
            save_user(username, is_staff=True)
            save_user("nobody of that name")
    except User.DoesNotExist:
        return


@call
def fail_within(username: str) -> bool:
    """Save an account while events cannot be written; tell whether the row changed all the same."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE event_log RENAME TO event_log_away")
    try:
        save_user(username, is_staff=True)
    except Exception:  # noqa: BLE001 - which error it is does not matter here
        return bool(User.objects.get(username=username).is_staff)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE event_log_away RENAME TO event_log")
    raise AssertionError("the save did not fail")


@call
def events(after: int = 0) -> list[Any]:
    """Give (seq, type, data) of channel identity."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, type, payload FROM event_log WHERE channel = 'identity' AND seq > %s ORDER BY seq", [after])
        return [[seq, kind, json.loads(data)] for seq, kind, data in cursor.fetchall()]


@call
def account(username: str) -> dict[str, Any] | None:
    user = User.objects.filter(username=username).first()
    if user is None:
        return None
    permissions = sorted(user.get_user_permissions()) if not user.is_superuser else []
    return {"staff": user.is_staff, "superuser": user.is_superuser, "permissions": permissions, "stored": user.password}


@call
def password_fits(username: str, password: str) -> bool:
    return bool(User.objects.get(username=username).check_password(password))


@call
def flush() -> None:
    """Empty the tables of accounts, groups and sessions."""
    for model in (Session, User, Group):
        model._default_manager.all().delete()


def main() -> None:
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            answer = {"value": CALLS[asked["call"]](*asked["args"], **asked["kwargs"])}
        except Exception:  # noqa: BLE001 - told to the test, which fails with it
            answer = {"error": traceback.format_exc()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
