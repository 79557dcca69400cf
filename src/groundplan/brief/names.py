"""Names that become code: which spellings are right, and which words generated projects need for themselves."""

import keyword
import re
from collections.abc import Mapping

from groundplan.brief.mistakes import GrammarError

__all__ = ["ENTITY_NAMES", "FIELD_NAMES", "PART_NAMES", "SLUG", "WORD", "plain_word", "refuse_taken", "slug"]

WORD = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"

_KEYWORDS = {word.lower(): "it is a word of Python itself" for word in keyword.kwlist}
_TYPES = dict.fromkeys(
    ("str", "int", "float", "bool", "list", "dict", "set", "tuple", "date", "datetime", "decimal", "timezone"),
    "it is the name of a type that the generated classes use",
)
_MODEL = dict.fromkeys(
    (
        *("pk", "objects", "meta", "save", "delete", "clean", "full_clean", "clean_fields", "check", "row", "state"),
        *("metadata", "registry", "refresh_from_db", "validate_unique", "validate_constraints", "get_constraints"),
        *("json", "copy", "schema", "validate", "construct", "from_orm", "parse_obj", "parse_raw"),
        *("model_config", "model_fields", "model_dump"),
    ),
    "the generated classes have an attribute of that name",
)

PART_NAMES: Mapping[str, str] = _KEYWORDS | {
    "product": "it means the whole product in a must",
    "accounts": "/accounts is the address of sign-in",
    "admin": "/admin is the address of Django's administration",
    "static": "/static is the address of style sheets and scripts",
}
"""Word that cannot name a part -> why."""

ENTITY_NAMES: Mapping[str, str] = _KEYWORDS | {
    **dict.fromkeys(("user", "group", "permission", "session"), "every project has accounts with that already"),
    **dict.fromkeys(("model", "base", "field", "eventful", "entity"), "the generated modules hold a class of that name"),
    **dict.fromkeys(
        ("event_log", "outbox_pending", "channel_head", "relay_lease", "event_parked"), "the event log has a table of that name"
    ),
    "identity": "it is the channel that carries sign-outs",
    "account": "/accounts is the address of sign-in",
}
"""Word that cannot name an entity -> why."""

FIELD_NAMES: Mapping[str, str] = _KEYWORDS | _TYPES | _MODEL | {"id": "every record has its id already"}
"""Word that cannot name a field -> why."""

_INSTEAD = {
    "user": "member",
    "group": "team_group",
    "account": "customer_account",
    "session": "visit",
    "identity": "person",
    "admin": "backoffice",
    "date": "day",
    "datetime": "happened_at",
    "decimal": "amount",
    "class": "category",
    "from": "sender",
    "state": "status",
    "objects": "items",
    "metadata": "details",
    "json": "payload",
    "id": "number",
    "product": "shop",
}


def plain_word(text: str, longest: int) -> None:
    """Refuse what is no lower-case word with underscores inside. longest: in characters."""
    if not re.fullmatch(WORD, text):
        bare = "_".join(re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text).lower())).lstrip("0123456789_")
        raise GrammarError(
            "becomes a name in Python code and must be lower-case letters, digits and single underscores, letter first",
            f'write "{bare[:longest]}"' if bare and re.fullmatch(WORD, bare[:longest]) else "choose a plain word",
        )
    if len(text) > longest:
        raise GrammarError(f"has {len(text)} characters where at most {longest} fit", "shorten it")


def refuse_taken(text: str, taken: Mapping[str, str]) -> None:
    """Refuse a word that generated projects need for themselves."""
    if text in taken:
        raise GrammarError(
            f"cannot be this name because {taken[text]}", f'choose another, such as "{_INSTEAD.get(text, f"{text}_item")}"'
        )


def slug(text: str, longest: int) -> None:
    """Refuse what is no lower-case name with hyphens inside."""
    if not re.fullmatch(SLUG, text) or len(text) > longest:
        bare = "-".join(re.findall(r"[a-z0-9]+", text.lower()))[:longest].strip("-")
        raise GrammarError(
            f"must be lower-case letters, digits and single hyphens, at most {longest} characters",
            f'write "{bare}"' if bare else "choose a plain word",
        )
