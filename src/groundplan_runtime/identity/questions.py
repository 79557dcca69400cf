"""The questions behind a sign-in, as conversations with a database: each yields a statement and is sent its rows.

Whoever drives them decides how to wait, so asynchronous and synchronous parts share every step.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar

from groundplan_runtime.database import Database, Dialect, Row
from groundplan_runtime.identity.contract import read_contract, refused
from groundplan_runtime.identity.judge import accounts, claims, session_of
from groundplan_runtime.identity.model import Session
from groundplan_runtime.identity.signing import key_check
from groundplan_runtime.identity.statements import Statements
from groundplan_runtime.manifest import load_project
from groundplan_runtime.settings import Settings

__all__ = ["Answer", "Question", "Rules", "ask", "look_up", "look_up_again", "rules_of", "utc_now"]

Answer = TypeVar("Answer")
Question: TypeAlias = Generator[tuple[str, list[object]], list[Row], Answer]


@dataclass(frozen=True, slots=True)
class Rules:
    """What decides about a sign-in. keys: the secret key, then the fallbacks. backends: whose sign-ins count."""

    keys: tuple[str, ...] = field(repr=False)
    backends: tuple[str, ...]
    statements: Statements


def rules_of(settings: Settings, dialect: Dialect) -> Rules | None:
    """Give the rules of a project; None when it has no Django part, so that nobody can be signed in.

    Raises SettingsError when identity.json is missing, cannot be read safely, or stands for other cookies or another secret key.
    """
    if not settings.identity_file.exists() and not _has_django(settings):
        return None
    contract = read_contract(settings.identity_file)
    if (contract.session_cookie, contract.csrf_cookie) != (settings.session_cookie_name, settings.csrf_cookie_name):
        raise refused(
            settings.identity_file, f"it stands for the cookie {contract.session_cookie}, not {settings.session_cookie_name}"
        )
    keys = (settings.secret_key, *settings.secret_key_fallbacks)
    if contract.key_check not in map(key_check, keys):
        remedy = "give every part the same SECRET_KEY and SECRET_KEY_FALLBACKS"
        raise refused(settings.identity_file, "Django signs with another SECRET_KEY than this part has", remedy)
    return Rules(keys, contract.backends, Statements.of(contract, dialect))


def look_up(rules: Rules | None, key: str) -> Question[Session | None]:
    """Ask whose session a plausible ``key`` is: one statement for a stranger, two for an account."""
    if rules is None:
        return None
    statements = rules.statements
    claim = claims((yield statements.sessions, statements.session_params([key])), rules.keys).get(key)
    if claim is None:
        return None
    known = accounts((yield statements.users, statements.user_params([claim.user_id])))
    return session_of(claim, known, rules.keys, rules.backends, utc_now())


def look_up_again(rules: Rules | None, sessions: Sequence[Session]) -> Question[dict[str, Session]]:
    """Ask which sessions still stand, and what their accounts may do now: one statement for all of them."""
    if rules is None:
        return {}
    users = {session.key: session.user.id for session in sessions}
    ids = sorted(set(users.values()))
    params = rules.statements.session_params(list(users)) + rules.statements.user_params(ids)
    rows = yield rules.statements.everything, params
    known = accounts(rows)
    same = (claim for key, claim in claims(rows, rules.keys).items() if claim.user_id == users[key])
    standing = (session_of(claim, known, rules.keys, rules.backends, utc_now()) for claim in same)
    return {session.key_hash: session for session in standing if session is not None}


async def ask(database: Database, question: Question[Answer]) -> Answer:
    """Put a question to a database, statement by statement, and give the answer."""
    try:
        sql, params = next(question)
        while True:
            reads = sql.lstrip().upper().startswith("SELECT")
            sql, params = question.send(await (database.look if reads else database.fetch)(sql, params))
    except StopIteration as end:
        answer: Answer = end.value
        return answer


def utc_now() -> datetime:
    """Give the present moment, aware."""
    return datetime.now(UTC)


def _has_django(settings: Settings) -> bool:
    return any(part.framework == "django" for part in load_project(settings.root).parts)
