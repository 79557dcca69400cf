"""Cases that deserve a name each; test_differential.py draws the others by the hundred."""

from typing import Any

import pytest

from groundplan_runtime.database import Database, open_database
from groundplan_runtime.identity import Identity, Session
from runtime.identity.conftest import Run
from runtime.identity.site_files import Site


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
