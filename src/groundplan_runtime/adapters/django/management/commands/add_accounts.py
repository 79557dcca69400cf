"""``manage.py add_accounts FILE``: accounts for tests and demonstrations."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

__all__ = ["Command"]

_KEYS = {"username": str, "password": str, "staff": bool, "permissions": list}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One account of the file."""

    username: str
    password: str
    staff: bool
    permissions: tuple[Permission, ...]


class Command(BaseCommand):
    """Adds the accounts of a JSON file, all or none. Existing accounts stay exactly as they are."""

    help = 'Add accounts from a JSON file: [{"username", "password", "staff", "permissions": [codename…]}].'
    requires_system_checks = ()  # see export_identity

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **_options: Any) -> None:
        """Check everything, then write everything."""
        known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
        wanted = [_wanted(f"{file} entry {number}", entry, known) for number, entry in enumerate(_entries(file), start=1)]
        with transaction.atomic():
            made = [_add(account) for account in wanted]
        self.stdout.write(f"Added {sum(made)} of {len(made)} accounts; the others exist.")


def _entries(file: Path) -> Iterable[object]:
    try:
        entries = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(f"{file} cannot be read as JSON ({error}); correct it.") from error
    if not isinstance(entries, list):
        raise _wrong(f"{file} holds {type(entries).__name__} but must hold a list of accounts; correct it.")
    return entries


def _wanted(place: str, entry: object, known: Mapping[str, Permission]) -> _Wanted:
    if not isinstance(entry, dict):
        raise _wrong(f"{place} is no account; write an object with {', '.join(_KEYS)}.")
    for key, value in entry.items():
        if key not in _KEYS or not isinstance(value, _KEYS[key]):
            raise _wrong(f"{place}: {key} = {value!r} does not fit; the keys are {', '.join(_KEYS)}.")
    if not entry.get("username") or not entry.get("password"):
        raise _wrong(f"{place} lacks a username or a password; add it.")
    permissions = tuple(_permission(place, name, known) for name in entry.get("permissions", []))
    return _Wanted(entry["username"], entry["password"], entry.get("staff", False), permissions)


def _permission(place: str, name: object, known: Mapping[str, Permission]) -> Permission:
    if isinstance(name, str) and name in known:
        return known[name]
    near = get_close_matches(str(name), known, n=1)
    raise _wrong(f"{place}: there is no permission {name!r}; " + (f"did you mean {near[0]!r}?" if near else "correct it."))


def _add(account: _Wanted) -> bool:
    users: Any = get_user_model()._default_manager  # noqa: SLF001 - Django's documented name
    name = {str(get_user_model().USERNAME_FIELD): account.username}
    if users.filter(**name).exists():
        return False
    user = users.create_user(**name, password=account.password, is_staff=account.staff)
    user.user_permissions.set(account.permissions)
    return True


def _wrong(sentence: str) -> CommandError:
    return CommandError(sentence, returncode=2)
