"""What the Django part tells the others about its sign-in: ``data/identity.json``, written by ``manage.py export_identity``.

Names and tables only; keys stay in the settings. What cannot be read safely is refused here as well as there, because a
file may be older than the settings it stands for.
"""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from groundplan_runtime.errors import SettingsError

__all__ = [
    "ENGINES",
    "FORMAT",
    "SERIALIZER",
    "Contract",
    "LinkTable",
    "Tables",
    "UserColumns",
    "dump_contract",
    "read_contract",
    "refused",
]

FORMAT = 1

ENGINES = ("django.contrib.sessions.backends.db", "django.contrib.sessions.backends.cached_db")
"""Engines whose sessions stand signed in the database. The others keep them in pickles, in files or in the cookie itself."""

SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")


@dataclass(frozen=True, slots=True)
class UserColumns:
    """Column names of the user table."""

    id: str = "id"
    username: str = "username"
    password: str = "password"  # noqa: S105 - the name of a column
    is_active: str = "is_active"
    is_staff: str = "is_staff"
    is_superuser: str = "is_superuser"


@dataclass(frozen=True, slots=True)
class LinkTable:
    """A many-to-many table: its name and the columns of both ends."""

    table: str
    left: str
    right: str


@dataclass(frozen=True, slots=True)
class Tables:
    """Where accounts, sessions and permissions stand. The defaults are Django's own names."""

    session: str = "django_session"
    user: str = "auth_user"
    permission: str = "auth_permission"
    content_type: str = "django_content_type"
    user_permissions: LinkTable = LinkTable("auth_user_user_permissions", "user_id", "permission_id")
    user_groups: LinkTable = LinkTable("auth_user_groups", "user_id", "group_id")
    group_permissions: LinkTable = LinkTable("auth_group_permissions", "group_id", "permission_id")


@dataclass(frozen=True, slots=True)
class Contract:
    """How to recognise a signed-in account.

    backends: dotted names of those whose sign-ins count. key_check: by which a reader tells that it has the same secret key.
    """

    engine: str
    serializer: str
    session_cookie: str
    csrf_cookie: str
    backends: tuple[str, ...]
    key_check: str
    tables: Tables = Tables()
    user_columns: UserColumns = UserColumns()
    django: str = ""


def dump_contract(contract: Contract) -> str:
    """Give the text of identity.json; same contract, same bytes."""
    return json.dumps({"format": FORMAT, **asdict(contract)}, indent=2, sort_keys=True) + "\n"


def read_contract(path: Path) -> Contract:
    """Read identity.json. Raises SettingsError for anything that this runtime cannot read safely."""
    try:
        contract = _contract(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise refused(path, "the file is missing") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise refused(path, f"the file is damaged ({error})") from error
    if reason := _unreadable(contract):
        raise refused(path, reason)
    return contract


def _contract(raw: dict[str, Any]) -> Contract:
    if raw.pop("format") != FORMAT:
        raise ValueError(f"format must be {FORMAT}")
    links = ("user_permissions", "user_groups", "group_permissions")
    tables: dict[str, Any] = {name: LinkTable(**value) if name in links else value for name, value in raw.pop("tables").items()}
    columns = UserColumns(**raw.pop("user_columns"))
    return Contract(**{**raw, "backends": tuple(raw["backends"])}, tables=Tables(**tables), user_columns=columns)


def _unreadable(contract: Contract) -> str | None:
    if contract.engine not in ENGINES:
        return f"session engine {contract.engine} cannot be read by other parts"
    if contract.serializer != SERIALIZER:
        return f"session serializer {contract.serializer} cannot be read by other parts"
    for name in _names(asdict(contract.tables)) + _names(asdict(contract.user_columns)):
        if not isinstance(name, str) or not _IDENTIFIER.match(name):
            return f"{name!r} is no plain table or column name"
    return None


def _names(table: dict[str, Any]) -> list[Any]:
    nested = [_names(value) if isinstance(value, dict) else [value] for value in table.values()]
    return [name for names in nested for name in names]


def refused(path: Path, reason: str, remedy: str = "correct the Django settings") -> SettingsError:
    """Give the one sentence for an identity.json that cannot be used."""
    return SettingsError(f"{path}: {reason}; {remedy} and run: python manage.py export_identity.")
