"""Whatever stands in the database and in the cookie: accepted here if and only if Django accepts it."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundplan_runtime.database import Database, open_database
from groundplan_runtime.identity import Identity, Session
from runtime.identity.conftest import Run
from runtime.identity.site_files import FOREIGN_SECRET, OLD_SECRET, SECRET, Site

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"

ROWS = st.fixed_dictionaries(
    {
        "secret": st.sampled_from([SECRET, SECRET, SECRET, OLD_SECRET, FOREIGN_SECRET]),
        "salt": st.sampled_from(["", "", "", "django.core.signing"]),
        "compress": st.booleans(),
        "lives": st.sampled_from([3600.0, 3600.0, 3600.0, 1.0e8, -1.0]),
        "spoil": st.sampled_from(["", "", "", "body", "time", "tag"]),
    }
)
PAYLOADS = st.fixed_dictionaries(
    {
        "user": st.sampled_from(["ada", "ada", "ada", "idle", "chief", "gone", "text", None]),
        "backend": st.sampled_from(
            [MODEL_BACKEND, MODEL_BACKEND, MODEL_BACKEND, "django.contrib.auth.backends.RemoteUserBackend", None]
        ),
        "hash": st.sampled_from(["own", "own", "own", "fallback", "foreign", "other account's", "0" * 64, "", None]),
        "more": st.dictionaries(st.text(max_size=5), st.text(max_size=300), max_size=2),
    }
)
ACCOUNTS = ("ada", "idle", "chief")


@pytest.fixture
def people(site: Site) -> dict[str, int]:
    """An active account with permissions of its own and of a group, an inactive one, a superuser, and one that is gone."""
    ids = {
        "ada": site("make_user", "ada", permissions=["office.view_sale"]),
        "idle": site("make_user", "idle", is_active=False),
        "chief": site("make_user", "chief", is_superuser=True),
        "gone": site("make_user", "gone"),
    }
    site("make_group", "clerks", permissions=["office.view_sale", "office.add_sale", "auth.view_user"], members=["ada", "idle"])
    site("delete_user", "gone")
    return ids


def payload(site: Site, people: dict[str, int], wanted: dict[str, Any]) -> dict[str, Any]:
    owner = wanted["user"] if wanted["user"] in ACCOUNTS else "ada"
    other = "idle" if owner == "ada" else "ada"
    hashes: dict[str, tuple[str, ...]] = {
        "own": (owner,),
        "fallback": (owner, OLD_SECRET),
        "foreign": (owner, FOREIGN_SECRET),
        "other account's": (other,),
    }
    made: dict[str, Any] = dict(wanted["more"])
    if wanted["user"] is not None:
        made["_auth_user_id"] = str(people.get(wanted["user"], "text"))
    if wanted["backend"] is not None:
        made["_auth_user_backend"] = wanted["backend"]
    if wanted["hash"] is not None:
        made["_auth_user_hash"] = site("auth_hash", *hashes[wanted["hash"]]) if wanted["hash"] in hashes else wanted["hash"]
    return made


def ours(session: Session | None) -> dict[str, Any] | None:
    if session is None:
        return None
    user = session.user
    return {"id": user.id, "username": user.username, "permissions": sorted(user.permissions)}


def agree(site: Site, run: Run, database: Database, key: str) -> dict[str, Any] | None:
    """Ask here first, because Django deletes what it refuses."""
    mine = ours(run(Identity(site.settings, database).resolve({"sessionid": key})))
    assert mine == site("whoami", key)
    return mine


@pytest.fixture
def database(site: Site, run: Run) -> Any:
    opened = open_database(site.settings.database_url)
    yield opened
    run(opened.close())


def test_agrees_with_django_on_generated_rows(site: Site, run: Run, database: Database, people: dict[str, int]) -> None:
    seen: set[bool] = set()
    examples = 200 if database.dialect == "sqlite" else 40

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(row=ROWS, wanted=PAYLOADS)
    def check(row: dict[str, Any], wanted: dict[str, Any]) -> None:
        key = site("store", payload(site, people, wanted), **row)
        seen.add(agree(site, run, database, key) is not None)

    check()
    assert seen == {True, False}


def test_accepts_what_django_signed_in(site: Site, run: Run, database: Database, people: dict[str, int]) -> None:
    mine = agree(site, run, database, site("sign_in", "ada"))
    wanted = ["auth.view_user", "office.add_sale", "office.view_sale"]
    assert mine == {"id": people["ada"], "username": "ada", "permissions": wanted}


@pytest.mark.usefixtures("people")
def test_gives_a_superuser_every_permission(site: Site, run: Run, database: Database) -> None:
    mine = agree(site, run, database, site("sign_in", "chief"))
    assert mine is not None
    assert len(mine["permissions"]) > 10


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    "change",
    [
        ("set_password", "ada", "another"),
        ("delete_user", "ada"),
        ("update_users", "ada", {"is_active": False}),
    ],
    ids=lambda change: str(change[0]),
)
def test_refuses_after(change: tuple[Any, ...], site: Site, run: Run, database: Database) -> None:
    key = site("sign_in", "ada")
    name, *arguments = change
    fields = arguments.pop() if isinstance(arguments[-1], dict) else {}
    site(name, *arguments, **fields)
    assert agree(site, run, database, key) is None


@pytest.mark.usefixtures("people")
def test_refuses_after_sign_out(site: Site, run: Run, database: Database) -> None:
    key = site("sign_in", "ada")
    site("sign_out", key)
    assert agree(site, run, database, key) is None


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("cookie", ["", "x", "a" * 32, "A" * 32, "a" * 41, "' OR 1=1 --", "\x00" * 32, "ä" * 20])
def test_refuses_cookies_that_name_no_session(cookie: str, site: Site, run: Run, database: Database) -> None:
    site("sign_in", "ada")
    assert run(Identity(site.settings, database).resolve({"sessionid": cookie})) is None


@pytest.mark.usefixtures("people")
def test_accepts_a_session_that_stands_in_djangos_cache_as_well(site: Site, run: Run, database: Database) -> None:
    assert agree(site, run, database, site("sign_in_cached", "ada")) is not None


def test_a_signed_payload_that_is_no_object_signs_nobody_in(site: Site, run: Run, database: Database) -> None:
    assert agree(site, run, database, site("store", ["ada"])) is None
    assert agree(site, run, database, site("store_text", "no JSON")) is None
