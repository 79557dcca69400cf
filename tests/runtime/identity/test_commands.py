"""export_identity, ensure_owner and add_accounts, run by a real Django."""

import json
from pathlib import Path

import pytest

from groundplan_runtime.errors import SettingsError
from groundplan_runtime.identity.contract import read_contract
from runtime.identity.site_files import Site, write_project


def accounts_file(folder: Path, accounts: object) -> str:
    path = folder / "accounts.json"
    path.write_text(json.dumps(accounts))
    return str(path)


def test_export_writes_what_other_parts_read(sqlite: Site) -> None:
    path = sqlite.settings.identity_file
    path.unlink()
    assert sqlite("command", "export_identity") == {"code": 0, "text": f"Wrote {path}.\n"}
    contract = read_contract(path)
    assert (contract.engine, contract.session_cookie) == ("django.contrib.sessions.backends.db", "sessionid")
    assert contract.tables.user == "auth_user"


def test_export_twice_writes_the_same_bytes_and_no_secret(sqlite: Site) -> None:
    path = sqlite.settings.identity_file
    sqlite("command", "export_identity")
    first = path.read_bytes()
    sqlite("command", "export_identity")
    assert path.read_bytes() == first
    assert sqlite.settings.secret_key.encode() not in first
    assert [file.name for file in path.parent.glob(".identity*")] == []


def test_export_refuses_what_others_cannot_read_and_leaves_the_old_file(sqlite: Site) -> None:
    before = sqlite.settings.identity_file.read_bytes()
    answer = sqlite("export_under", SESSION_ENGINE="django.contrib.sessions.backends.cache")
    assert answer["code"] == 2
    assert "SESSION_ENGINE is 'django.contrib.sessions.backends.cache'" in answer["text"]
    assert sqlite.settings.identity_file.read_bytes() == before


def test_export_leaves_nothing_behind_when_it_cannot_write(sqlite: Site) -> None:
    path = sqlite.settings.identity_file
    kept = path.read_bytes()
    path.unlink()
    path.mkdir()
    try:
        with pytest.raises(AssertionError, match="Error"):
            sqlite("command", "export_identity")
        assert [file.name for file in path.parent.glob(".identity*")] == []
    finally:
        path.rmdir()
        path.write_bytes(kept)


def test_the_owner_is_made_once(sqlite: Site) -> None:
    assert sqlite("command", "ensure_owner")["text"] == "Made the account owner.\n"
    assert sqlite("account", "owner")["superuser"]
    assert sqlite("password_fits", "owner", "owner-password-of-this-test")


def test_an_existing_owner_keeps_password_and_rights(sqlite: Site) -> None:
    sqlite("make_user", "owner")
    before = sqlite("account", "owner")
    assert "stays as it is" in sqlite("command", "ensure_owner")["text"]
    assert sqlite("account", "owner") == before


def test_accounts_are_added_with_password_and_permissions(sqlite: Site, tmp_path: Path) -> None:
    wanted = [
        {"username": "ada", "password": "secret of ada", "staff": True, "permissions": ["office.view_sale", "office.add_sale"]},
        {"username": "bob", "password": "secret of bob"},
    ]
    assert sqlite("command", "add_accounts", accounts_file(tmp_path, wanted))["text"].startswith("Added 2 of 2")
    ada, bob = sqlite("account", "ada"), sqlite("account", "bob")
    assert (ada["staff"], ada["permissions"]) == (True, ["office.add_sale", "office.view_sale"])
    assert (bob["staff"], bob["permissions"]) == (False, [])
    assert sqlite("password_fits", "ada", "secret of ada")


def test_existing_accounts_stay_as_they_are(sqlite: Site, tmp_path: Path) -> None:
    sqlite("make_user", "ada")
    before = sqlite("account", "ada")
    wanted = [{"username": "ada", "password": "new", "staff": True}, {"username": "bob", "password": "new"}]
    assert sqlite("command", "add_accounts", accounts_file(tmp_path, wanted))["text"].startswith("Added 1 of 2")
    assert sqlite("account", "ada") == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "x"}, "entry 2 lacks a username or a password"),
        ({"username": "x", "password": "y", "permissions": ["office.view_sales"]}, "did you mean 'office.view_sale'?"),
        ({"username": "x", "password": "y", "permissions": [7]}, "there is no permission 7; correct it."),
        ({"username": "x", "password": "y", "admin": True}, "entry 2: admin = True does not fit"),
        ({"username": "x", "password": "y", "staff": "yes"}, "entry 2: staff = 'yes' does not fit"),
        ("x", "entry 2 is no account"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_entry_adds_nobody(wrong: object, said: str, sqlite: Site, tmp_path: Path) -> None:
    answer = sqlite("command", "add_accounts", accounts_file(tmp_path, [{"username": "ada", "password": "pw"}, wrong]))
    assert answer["code"] == 2
    assert said in answer["text"]
    assert sqlite("account", "ada") is None


@pytest.mark.parametrize(("text", "said"), [("[", "cannot be read as JSON"), ("{}", "holds dict but must hold a list")])
def test_a_file_that_is_no_list_is_refused(text: str, said: str, sqlite: Site, tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(text)
    answer = sqlite("command", "add_accounts", str(path))
    assert (answer["code"], said in answer["text"]) == (2, True)


def test_a_missing_file_is_refused(sqlite: Site, tmp_path: Path) -> None:
    assert sqlite("command", "add_accounts", str(tmp_path / "none.json"))["code"] == 2


def test_a_project_without_an_owner_password_is_told(sqlite: Site, tmp_path: Path) -> None:
    settings = write_project(tmp_path, sqlite.settings.database_url)
    env = tmp_path / ".env"
    env.write_text("\n".join(line for line in env.read_text().splitlines() if not line.startswith("OWNER_PASSWORD")))
    poor = Site(settings)
    try:
        answer = poor("command", "ensure_owner")
        assert (answer["code"], "OWNER_PASSWORD is empty" in answer["text"]) == (2, True)
    finally:
        poor.stop()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"format": 1', '"format": 2', "format must be 1"),
        ('"auth_user"', '"auth_user; DROP TABLE auth_user"', "is no plain table or column name"),
        ("backends.db", "backends.cache", "session engine django.contrib.sessions.backends.cache cannot be read"),
        ("serializers.JSONSerializer", "serializers.PickleSerializer", "PickleSerializer cannot be read"),
        ('"tables"', '"furniture"', "the file is damaged"),
        ('"key_check"', '"lock_check"', "the file is damaged"),
        ("{", "[", "the file is damaged"),
    ],
)
def test_a_file_that_cannot_be_read_safely_is_refused(old: str, new: str, said: str, sqlite: Site, tmp_path: Path) -> None:
    path = tmp_path / "identity.json"
    path.write_text(sqlite.settings.identity_file.read_text().replace(old, new, 1))
    with pytest.raises(SettingsError, match=r"export_identity\.$") as caught:
        read_contract(path)
    assert said in str(caught.value)
