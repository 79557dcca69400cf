"""Many sessions at once, in the Django process of the tests: written as a case says, and judged by Django itself."""

import base64
import json
import random
import zlib
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from runtime.identity.django_calls import call

HASH_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
SALT = "django.contrib.sessions.SessionStore"
KEY_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


@call
def hashes(secrets: list[str | None]) -> dict[str, list[str]]:
    """Give username -> the session hash of the present password under each secret; None is the present one."""
    return {
        user.username: [salted_hmac(HASH_SALT, user.password, secret=secret, algorithm="sha256").hexdigest() for secret in secrets]
        for user in User.objects.all()
    }


@call
def write_rows(rows: list[dict[str, Any]]) -> list[str]:
    """Write a session row for each description and give the keys."""
    made = [(get_random_string(32, KEY_LETTERS), row) for row in rows]
    Session.objects.bulk_create(
        Session(session_key=key, session_data=_text(row), expire_date=timezone.now() + timedelta(seconds=row["lives"]))
        for key, row in made
    )
    return [key for key, _ in made]


@call
def judge(cookies: list[str | None]) -> list[Any]:
    """Give what Django answers to a request with each Cookie header: the account and its permissions, or None."""
    return [_judge(cookie) for cookie in cookies]


def _judge(cookie: str | None) -> Any:
    client = Client(raise_request_exception=False)
    headers = {"host": "127.0.0.1"} | ({} if cookie is None else {"cookie": cookie})
    response = client.get("/whoami", headers=headers)
    return response.json() if response.status_code == 200 else None


def _text(row: dict[str, Any]) -> str:
    """Give what stands in the column: signed as the row says, and spoilt where it says so."""
    content = _content(row)
    signer = signing.TimestampSigner(key=row["secret"], salt=row["salt"] or SALT, algorithm=row["algorithm"])
    if row["time"] is None:
        signed = signer.sign(content)
    else:
        signed = signing.Signer(key=row["secret"], salt=row["salt"] or SALT, algorithm=row["algorithm"]).sign(
            f"{content}:{row['time']}"
        )
    return _spoilt(signed, row["spoil"])


def _content(row: dict[str, Any]) -> str:
    if row["content"] is not None:
        return str(row["content"])
    text = json.dumps(row["payload"], separators=(",", ":")).encode("latin-1")
    if row["compress"]:
        return "." + signing.b64_encode(zlib.compress(text)).decode()
    return signing.b64_encode(text).decode()


def _spoilt(signed: str, how: str) -> str:
    body, time, tag = signed.rsplit(":", 2)
    other = "B" if "A" in (body[:1], tag[:1]) else "A"
    return {
        "": signed,
        "body": f"{other}{body[1:]}:{time}:{tag}",
        "time": f"{body}:{time[::-1]}x:{tag}",
        "tag": f"{body}:{time}:{other}{tag[1:]}",
        "cut": signed[: len(signed) // 2],
        "twice": signed + signed,
        "no tag": f"{body}:{time}",
        "bytes": base64.b85encode(random.Random(signed).randbytes(60)).decode(),
        "nothing": "",
    }[how]
