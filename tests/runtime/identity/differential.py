"""Sessions of every kind, right and wrong, put before Django and before every adapter: the answers must be the same.

A case is drawn from a seed, so that a number names it for ever. Accounts change after their sessions were written, as in life.
"""

import json
import random
import zlib
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from runtime.identity.askers import Asker
from runtime.identity.site_files import FOREIGN_SECRET, OLD_SECRET, SECRET, Site

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
SECOND_BACKEND = "office.backends.ByBadge"
FOREIGN_BACKEND = "django.contrib.auth.backends.RemoteUserBackend"
SIGNING_SALT = "django.core.signing"

ACCOUNTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "own": {"permissions": ["office.view_sale"]},
    "member": {},
    "both": {"permissions": ["office.view_sale", "office.delete_sale"]},
    "staff": {"is_staff": True},
    "chief": {"is_superuser": True},
    "idle": {"is_active": False},
    "former chief": {"is_superuser": True, "is_active": False},
    "renewed": {},
    "left": {},
    "demoted": {"permissions": ["office.view_sale", "office.add_sale"]},
    "promoted": {},
    "sleeping": {},
    "gone": {},
}
CHANGES: tuple[Callable[[Site], Any], ...] = (
    lambda site: site("set_password", "renewed", "another"),
    lambda site: site("change", "u.groups.remove(g)", u="left", g="clerks"),
    lambda site: site("change", "u.user_permissions.remove(p)", u="demoted", p="add_sale"),
    lambda site: site("change", "u.user_permissions.add(p)", u="promoted", p="change_sale"),
    lambda site: site("change", "g.permissions.add(p)", g="clerks", p="delete_user"),
    lambda site: site("change", "g.permissions.remove(p)", g="clerks", p="view_user"),
    lambda site: site("change", "g.delete()", g="leavers"),
    lambda site: site("save_user", "sleeping", is_active=False),
    lambda site: site("delete_user", "gone"),
)
"""What happens after the sessions were written."""


@dataclass
class Tally:
    """What came of the cases. kinds: kind of case -> how many, and how many of these Django accepted."""

    cases: int = 0
    accepted: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    welcome: Counter[str] = field(default_factory=Counter)
    apart: list[str] = field(default_factory=list)

    def count(self, kinds: list[str], *, accepted: bool) -> None:
        """Take note of one case."""
        self.cases += 1
        self.accepted += accepted
        self.kinds.update(kinds)
        self.welcome.update(kinds if accepted else [])


@dataclass
class Case:
    """One session row and the Cookie header that is sent for it. kinds: what is special about it."""

    row: dict[str, Any]
    cookie: Callable[[str], str | None]
    kinds: list[str]


def people(site: Site) -> dict[str, int]:
    """Make the accounts and groups, and give username -> id."""
    ids = {name: int(site("make_user", name, **fields)) for name, fields in ACCOUNTS.items()}
    site("make_group", "clerks", permissions=["office.view_sale", "auth.view_user"], members=["member", "both", "left", "idle"])
    site("make_group", "leavers", permissions=["office.change_sale"], members=["member", "plain"])
    return ids


def draw(dice: random.Random, ids: dict[str, int], hashes: dict[str, list[str]]) -> Case:
    """Draw one case: at most three of its properties are not as they should be, and usually one."""
    owner = dice.choice(list(ACCOUNTS))
    kinds = [f"account {owner}"]
    odd = dice.sample(PROPERTIES, dice.choices([0, 1, 2, 3], [2, 12, 4, 2])[0])

    def pick(what: str, right: Any, wrong: dict[str, Any]) -> Any:
        if what not in odd:
            return right
        kind = dice.choice(list(wrong))
        kinds.append(f"{what} {kind}")
        return wrong[kind]

    payload = _payload(owner, ids, hashes, pick)
    row = {
        "payload": payload | {"basket": "x" * dice.choice([0, 10, 400])},
        "secret": pick("signed with", SECRET, {"the old key": OLD_SECRET, "a foreign key": FOREIGN_SECRET}),
        "salt": pick(
            "salt",
            "",
            {"of signing": SIGNING_SALT, "of the other engine": "django.contrib.sessions.backends.cached_db"},
        ),
        "algorithm": pick("algorithm", "sha256", {"sha1": "sha1", "sha512": "sha512"}),
        "time": pick("time", None, {"no number": "!", "empty": "", "negative": "-zz", "a sign": "-", "far": "zzzzzzzzzz"}),
        "compress": dice.random() < 0.5,
        "content": pick("content", None, _contents(payload)),
        "lives": pick("lives", 3600.0, {"for years": 1e8, "no longer": -1.0, "until this moment": 0.0}),
        "spoil": pick("spoilt", "", {how: how for how in SPOILT}),
    }
    return Case(row, pick("cookie", _plain, COOKIES), kinds)


PROPERTIES = ("id", "backend", "hash", "signed with", "salt", "algorithm", "time", "content", "lives", "spoilt", "cookie", "cookie")
SPOILT = ("body", "time", "tag", "cut", "twice", "no tag", "bytes", "nothing")


def _payload(owner: str, ids: dict[str, int], hashes: dict[str, list[str]], pick: Callable[..., Any]) -> dict[str, Any]:
    own, own_old, own_foreign = hashes[owner]
    number = ids[owner]
    numbers = {
        "of another": str(ids["own"]),
        "of nobody": "987654",
        "of one who is gone": str(ids["gone"]),
        "as a number": number,
        "with spaces": f" {number} ",
        "with a plus": f"+{number}",
        "as a fraction": number + 0.5,
        "text": "ada",
        "empty": "",
        "null": None,
        "true": True,
        "a list": [number],
        "negative": "-1",
        "huge": "9" * 30,
        "endless": float("inf"),
        "missing": ...,
    }
    backends = {
        "the second": SECOND_BACKEND,
        "a foreign one": FOREIGN_BACKEND,
        "missing": ...,
        "null": None,
        "a list": [MODEL_BACKEND],
    }
    shown = {
        "under the old key": own_old,
        "under a foreign key": own_foreign,
        "of another": hashes["own"][0],
        "cut": own[:-1],
        "longer": own + "0",
        "in capitals": own.upper(),
        "empty": "",
        "null": None,
        "missing": ...,
        "a number": 7,
        "a list": [own],
    }
    payload = {
        "_auth_user_id": pick("id", str(number), numbers),
        "_auth_user_backend": pick("backend", MODEL_BACKEND, backends),
        "_auth_user_hash": pick("hash", own, shown),
    }
    return {name: value for name, value in payload.items() if value is not ...}


def _contents(payload: dict[str, Any]) -> dict[str, str]:
    """Give signed contents that are not what Django writes; some it reads all the same."""
    text = json.dumps(payload).encode()
    plain, packed = urlsafe_b64encode(text).decode(), urlsafe_b64encode(zlib.compress(text)).decode()
    return {
        "padded": plain,
        "packed and padded": f".{packed}",
        "with letters of no alphabet": plain.rstrip("=") + "é",
        "with spaces": f" {plain} ",
        "with a line end": f"{plain}\n",
        "packed without the sign": packed,
        "unpacked with the sign": f".{plain}",
        "half packed": f".{packed[: len(packed) // 2]}",
        "no JSON": urlsafe_b64encode(b"no JSON").decode(),
        "a JSON list": urlsafe_b64encode(b'["_auth_user_id"]').decode(),
        "a JSON text": urlsafe_b64encode(b'"_auth_user_id"').decode(),
        "null": urlsafe_b64encode(b"null").decode(),
        "deep": urlsafe_b64encode(b"[" * 100_000).decode(),
        "JSON and more": urlsafe_b64encode(text + b"}").decode(),
        "empty": "",
        "a colon": f"{plain}:{plain}",
    }


def _plain(key: str) -> str:
    return f"sessionid={key}"


COOKIES: dict[str, Callable[[str], str | None]] = {
    "missing": lambda _key: None,
    "empty": lambda _key: "sessionid=",
    "in quotes": lambda key: f'sessionid="{key}"',
    "in octal": lambda key: f'sessionid="\\{ord(key[0]):03o}{key[1:]}"',
    "with a backslash": lambda key: f'sessionid="\\{key}"' if not key[0].isdigit() else f'sessionid="{key}"',
    "in one quote": lambda key: f'sessionid="{key}',
    "between others": lambda key: f"a=1; sessionid={key}; csrftoken=x",
    "without a space": lambda key: f"a=1;sessionid={key};b",
    "with many spaces": lambda key: f"  sessionid =  {key}  ",
    "twice, right last": lambda key: f"sessionid={'x' * 32}; sessionid={key}",
    "twice, right first": lambda key: f"sessionid={key}; sessionid={'x' * 32}",
    "after a comma": lambda key: f"a=1, sessionid={key}",
    "in capitals": lambda key: f"sessionid={key.upper()}",
    "under another name": lambda key: f"SessionID={key}",
    "under a longer name": lambda key: f"xsessionid={key}",
    "cut": lambda key: f"sessionid={key[:-1]}",
    "longer": lambda key: f"sessionid={key}a",
    "in percent": lambda key: f"sessionid=%{ord(key[0]):x}{key[1:]}",
    "a wildcard": lambda _key: "sessionid=%",
    "of SQL": lambda key: f"sessionid={key}' OR '1'='1",
    "with another sign between": lambda key: f"sessionid=={key}",
}


def compare(site: Site, askers: dict[str, Asker], seed: str, count: int) -> Tally:
    """Write ``count`` sessions, change the accounts, and ask everybody about each; Django last, for it deletes what it refuses."""
    ids = people(site)
    hashes: dict[str, list[str]] = site("hashes", [None, OLD_SECRET, FOREIGN_SECRET])
    cases = [draw(random.Random(f"{seed}/{number}"), ids, hashes) for number in range(count)]
    keys = site("write_rows", [case.row for case in cases])
    for change in CHANGES:
        change(site)
    cookies = [case.cookie(key) for case, key in zip(cases, keys, strict=True)]
    answers = {name: [asker(cookie) for cookie in cookies] for name, asker in askers.items()}
    return _tally(cases, site("judge", cookies), answers)


def _tally(cases: list[Case], expected: list[Any], answers: dict[str, list[Any]]) -> Tally:
    tally = Tally()
    for number, (case, wanted) in enumerate(zip(cases, expected, strict=True)):
        tally.count(case.kinds, accepted=wanted is not None)
        tally.apart += [
            f"case {number} ({', '.join(case.kinds)}): Django says {wanted}, {name} says {given[number]}"
            for name, given in answers.items()
            if given[number] != wanted
        ]
    return tally


@contextmanager
def everybody(makers: dict[str, Callable[[], Any]]) -> Iterator[dict[str, Asker]]:
    """Give an asker for each adapter, closed afterwards."""
    opened = {name: make() for name, make in makers.items()}
    try:
        yield opened
    finally:
        for asker in opened.values():
            asker.close()
