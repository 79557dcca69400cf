"""The reads behind a sign-in, as SQL for both databases.

Each arm gives rows of five texts, (kind, key, a, b, c), so that arms can be joined by UNION ALL into one round trip:
``session``: session key, payload, expiry as ISO text in UTC. ``user``: id, username, password hash, three flags as 0 and 1.
``permission``: user id, codename. ``any``: a codename every superuser holds.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from groundplan_runtime.database import Dialect
from groundplan_runtime.identity.contract import Contract

__all__ = ["Statements"]


@dataclass(frozen=True, slots=True)
class Statements:
    """SQL text per question. The text does not depend on how many are asked for, so that it can stay prepared."""

    dialect: Dialect
    sessions: str
    users: str

    @classmethod
    def of(cls, contract: Contract, dialect: Dialect) -> "Statements":
        """Write the statements for the tables of ``contract``, whose names have been checked."""
        return cls(dialect, _sessions(contract, dialect), _users(contract, dialect))

    @property
    def everything(self) -> str:
        """Sessions and users in one statement; takes the parameters of both."""
        return f"{self.sessions} UNION ALL {self.users}"

    def session_params(self, keys: Sequence[str]) -> list[object]:
        """Give the parameters of ``sessions``."""
        return [self._list(keys)]

    def user_params(self, ids: Sequence[int]) -> list[object]:
        """Give the parameters of ``users``."""
        return [self._list(ids)] * 4

    def _list(self, values: Sequence[str] | Sequence[int]) -> object:
        return list(values) if self.dialect == "postgresql" else json.dumps(list(values))


_MEMBERS = {"postgresql": "= ANY(%s)", "sqlite": "IN (SELECT value FROM json_each(%s))"}
_UTC_TEXT = {
    "postgresql": "to_char(expire_date AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "sqlite": "expire_date",  # Django writes it as UTC text
}


def _sessions(contract: Contract, dialect: Dialect) -> str:
    return (
        f"SELECT 'session' AS kind, session_key, session_data, {_UTC_TEXT[dialect]}, ''"  # noqa: S608 - checked names
        f" FROM {contract.tables.session} WHERE session_key {_MEMBERS[dialect]}"
    )


def _users(contract: Contract, dialect: Dialect) -> str:
    tables, columns, members = contract.tables, contract.user_columns, _MEMBERS[dialect]
    flags = " || ".join(
        f"CASE WHEN {flag} THEN '1' ELSE '0' END" for flag in (columns.is_active, columns.is_staff, columns.is_superuser)
    )
    user = (
        f"SELECT 'user' AS kind, CAST({columns.id} AS text), {columns.username}, {columns.password}, {flags}"  # noqa: S608 - checked names
        f" FROM {tables.user} WHERE {columns.id} {members}"
    )
    return f"{user} UNION ALL {_permissions(contract, members)} UNION ALL {_every_permission(contract, members)}"


def _permissions(contract: Contract, members: str) -> str:
    own, groups, of_group = contract.tables.user_permissions, contract.tables.user_groups, contract.tables.group_permissions
    held = (
        f"SELECT {own.left} AS holder, {own.right} AS permission FROM {own.table} WHERE {own.left} {members}"  # noqa: S608 - checked names
        f" UNION SELECT {groups.table}.{groups.left}, {of_group.table}.{of_group.right} FROM {groups.table}"
        f" JOIN {of_group.table} ON {of_group.table}.{of_group.left} = {groups.table}.{groups.right}"
        f" WHERE {groups.table}.{groups.left} {members}"
    )
    return (
        f"SELECT 'permission', CAST(held.holder AS text), c.app_label || '.' || p.codename, '', ''"  # noqa: S608 - checked names
        f" FROM ({held}) AS held JOIN {contract.tables.permission} AS p ON p.id = held.permission"
        f" JOIN {contract.tables.content_type} AS c ON c.id = p.content_type_id"
    )


def _every_permission(contract: Contract, members: str) -> str:
    columns = contract.user_columns
    return (
        f"SELECT 'any', '', c.app_label || '.' || p.codename, '', ''"  # noqa: S608 - checked names
        f" FROM {contract.tables.permission} AS p JOIN {contract.tables.content_type} AS c ON c.id = p.content_type_id"
        f" WHERE EXISTS (SELECT 1 FROM {contract.tables.user} WHERE {columns.is_superuser} AND {columns.id} {members})"
    )
