"""What Django publishes about sign-ins and accounts, in the transaction of the change, on both databases."""

import pytest

from groundplan_runtime.identity import key_hash
from runtime.identity.site_files import Site


class Told:
    """What was published since this was made."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._before = len(site("events"))

    def since(self) -> list[tuple[str, object]]:
        return [(kind, data) for _seq, kind, data in self._site("events")[self._before :]]

    def users(self) -> list[object]:
        told = self.since()
        assert {kind for kind, _data in told} <= {"user.changed"}
        return [data["user"] for _kind, data in told if isinstance(data, dict)]


@pytest.fixture
def ada(site: Site) -> int:
    return int(site("make_user", "ada"))


@pytest.fixture
def crew(site: Site) -> list[int]:
    """Two members of a group with one permission, and one account with the same permission of its own."""
    ids = [site("make_user", "bob"), site("make_user", "eve"), site("make_user", "sam", permissions=["office.view_sale"])]
    site("make_group", "clerks", permissions=["office.view_sale"], members=["bob", "eve"])
    return ids


def test_a_sign_out_revokes_the_session_and_nothing_else(site: Site, ada: int) -> None:
    key, other = site("sign_in", "ada"), site("sign_in", "ada")
    told = Told(site)
    assert site("sign_out", key) == 302
    assert told.since() == [("session.revoked", {"session": key_hash(key), "user": ada})]
    assert site("payload", key) == {}
    assert site("payload", other) != {}


def test_the_session_is_gone_in_the_transaction_that_tells(site: Site, ada: int) -> None:
    assert (site("session_after_signal", "ada"), ada > 0) == (False, True)


def test_a_sign_out_of_nobody_tells_nothing(site: Site) -> None:
    told = Told(site)
    site("sign_out", "a" * 32)
    assert told.since() == []


def test_a_new_account_tells_nothing(site: Site) -> None:
    told = Told(site)
    site("make_user", "new")
    assert told.since() == []


def test_a_sign_in_tells_nothing_about_the_account(site: Site, ada: int) -> None:
    told = Told(site)
    site("save_last_login", "ada")
    assert (told.since(), ada > 0) == ([], True)


@pytest.mark.parametrize("fields", [{"is_active": False}, {"is_superuser": True}, {"is_staff": True}], ids=str)
def test_a_change_of_the_account_is_told(fields: dict[str, bool], site: Site, ada: int) -> None:
    told = Told(site)
    site("save_user", "ada", **fields)
    assert told.users() == [ada]


def test_a_change_of_the_password_is_told(site: Site, ada: int) -> None:
    told = Told(site)
    site("set_password", "ada", "another")
    assert told.users() == [ada]


def test_a_deletion_is_told(site: Site, ada: int) -> None:
    told = Told(site)
    site("delete_user", "ada")
    assert ada in told.users()


@pytest.mark.parametrize(
    ("expression", "changed"),
    [
        ("u.groups.add(g)", [2]),
        ("g.user_set.add(u)", [2]),
        ("g.user_set.remove(u)", [2]),
        ("g.user_set.clear()", [0, 1]),
        ("u.user_permissions.add(p)", [2]),
        ("u.user_permissions.clear()", [2]),
        ("p.user_set.add(u)", [2]),
        ("p.user_set.clear()", []),
        ("g.permissions.add(p)", [0, 1]),
        ("g.permissions.clear()", [0, 1]),
        ("p.group_set.add(g)", [0, 1]),
        ("p.group_set.clear()", []),
        ("g.delete()", [0, 1]),
    ],
)
def test_a_change_of_permissions_is_told_for_everybody_it_meets(
    expression: str, changed: list[int], site: Site, crew: list[int]
) -> None:
    told = Told(site)
    site("change", expression, u="sam", g="clerks", p="delete_sale")
    assert told.users() == [crew[number] for number in changed]


def test_clearing_the_holders_of_a_permission_tells_each(site: Site, crew: list[int]) -> None:
    told = Told(site)
    site("change", "p.user_set.clear(); p.group_set.clear()", p="view_sale")
    assert told.users() == [crew[2], crew[0], crew[1]]


def test_deleting_a_permission_tells_its_holders(site: Site, crew: list[int]) -> None:
    told = Told(site)
    try:
        site("change", "p.delete()", p="view_sale")
        assert sorted(map(str, told.users())) == sorted(map(str, crew))
    finally:
        site("migrate")  # makes the permission again


def test_more_than_a_hundred_accounts_are_told_as_anybody(sqlite: Site) -> None:
    names = [f"member{number}" for number in range(101)]
    for name in names:
        sqlite("make_user", name)
    sqlite("make_group", "crowd", members=names)
    told = Told(sqlite)
    sqlite("change", "g.delete()", g="crowd")
    assert told.users() == [None]


def test_a_transaction_that_fails_tells_nothing(site: Site, ada: int) -> None:
    told = Told(site)
    site("fail_after", "ada")
    assert (told.since(), ada > 0) == ([], True)


def test_a_save_whose_event_cannot_be_written_does_not_happen(site: Site, ada: int) -> None:
    assert (site("fail_within", "ada"), ada > 0) == (False, True)


def test_listening_twice_tells_once(site: Site, ada: int) -> None:
    site("connect_again")
    told = Told(site)
    site("save_user", "ada", is_staff=True)
    assert told.users() == [ada]
