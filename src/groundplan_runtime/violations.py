"""What a database driver means when it refuses a statement: the same words for SQLite and PostgreSQL, for every framework."""

import re
from dataclasses import dataclass
from typing import Literal

__all__ = ["Rule", "Violation", "violation"]

Rule = Literal["unique", "reference", "other"]

_SQLITE_RULES: dict[str, Rule] = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "reference",
}
# PostgreSQL, appendix A "Error Codes", class 23; 23001 is what RESTRICT raises.
_POSTGRESQL_RULES: dict[str, Rule] = {"23505": "unique", "23503": "reference", "23001": "reference"}
_SQLITE_COLUMNS = re.compile(r"failed: (.+)$")
_POSTGRESQL_COLUMNS = re.compile(r"\(([^()]+)\)=")


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of the database that a statement broke. columns: the ones it named, () when it named none."""

    rule: Rule
    columns: tuple[str, ...] = ()


def violation(cause: BaseException | None) -> Violation:
    """Say which rule the driver's own error is about: ``orig`` of SQLAlchemy's IntegrityError, ``__cause__`` of Django's."""
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        rule = _SQLITE_RULES.get(name, "other")
        return Violation(rule, _columns(_SQLITE_COLUMNS.search(str(cause))) if rule == "unique" else ())
    rule = _POSTGRESQL_RULES.get(getattr(cause, "sqlstate", None) or "", "other")
    detail = getattr(getattr(cause, "diag", None), "message_detail", None) or ""
    return Violation(rule, _columns(_POSTGRESQL_COLUMNS.search(detail)))


def _columns(found: re.Match[str] | None) -> tuple[str, ...]:
    """Split ``office_shop.name, office_shop.town`` or ``name, town`` into plain column names."""
    return () if found is None else tuple(name.strip().rpartition(".")[2].strip('"') for name in found[1].split(","))
