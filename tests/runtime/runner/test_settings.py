"""Settings: environment, then .env, then the default; a wrong one is one sentence."""

import stat
from pathlib import Path

import pytest

from groundplan_runtime.errors import ManifestError, SettingsError
from groundplan_runtime.settings import Settings, data_folder, ensure_env_file, read_env_file, weakness

STRONG = "0123456789abcdef" * 2


def load(root: Path, **values: str) -> Settings:
    return Settings.load(root, {"SECRET_KEY": STRONG, **values})


def test_defaults_need_nothing_but_a_secret(pair: Path) -> None:
    settings = load(pair)
    assert settings.name == "tiny"
    assert settings.database_url == f"sqlite:///{pair}/data/tiny.sqlite3"
    assert settings.data_dir == pair / "data"
    assert settings.identity_file == pair / "data/identity.json"
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.allowed_hosts == ("localhost", "127.0.0.1")
    assert (settings.events_url, settings.instance, settings.process, settings.owner_password) == ("", "", "", "")
    assert (settings.debug, settings.doorbells, settings.doorbell, settings.secret_key_fallbacks) == (False, (), None, ())


def test_the_environment_wins_over_the_file(pair: Path) -> None:
    (pair / ".env").write_text(f"SECRET_KEY={STRONG}x\nEVENTS_URL=redis://file\nDEBUG=1\n")
    settings = Settings.load(pair, {"EVENTS_URL": "redis://environment"})
    assert (settings.secret_key, settings.events_url, settings.debug) == (f"{STRONG}x", "redis://environment", True)


def test_every_value_is_read(pair: Path) -> None:
    settings = load(
        pair,
        DATABASE_URL="postgres://me@db/pulse",
        PUBLIC_URL="https://pulse.example.org/",
        DATA_DIR="elsewhere",
        SECRET_KEY_FALLBACKS="old, older",
        GROUNDPLAN_DOORBELLS="127.0.0.1:1, 127.0.0.1:2",
        GROUNDPLAN_DOORBELL="127.0.0.1:2",
    )
    assert settings.database_url == "postgresql://me@db/pulse"
    assert settings.data_dir == pair / "elsewhere"
    assert settings.secret_key_fallbacks == ("old", "older")
    assert settings.doorbells == (("127.0.0.1", 1), ("127.0.0.1", 2))
    assert settings.doorbell == ("127.0.0.1", 2)
    assert settings.public_url == "https://pulse.example.org"
    assert settings.allowed_hosts == ("localhost", "127.0.0.1", "pulse.example.org")


def test_https_turns_on_cookie_names_tied_to_the_host(pair: Path) -> None:
    plain, secure = load(pair), load(pair, PUBLIC_URL="https://pulse.example.org")
    assert (plain.secure, plain.session_cookie_name, plain.csrf_cookie_name) == (False, "sessionid", "csrftoken")
    assert (secure.secure, secure.session_cookie_name, secure.csrf_cookie_name) == (True, "__Host-sessionid", "__Host-csrftoken")


def test_given_hosts_are_the_only_ones(pair: Path) -> None:
    assert load(pair, ALLOWED_HOSTS="a.example, b.example").allowed_hosts == ("a.example", "b.example")


@pytest.mark.parametrize(("url", "path"), [("sqlite:///x/y.db", "{root}/x/y.db"), ("sqlite:////tmp/y.db", "/tmp/y.db")])  # noqa: S108  a name, no file is made
def test_a_sqlite_path_is_taken_from_the_project_unless_absolute(pair: Path, url: str, path: str) -> None:
    assert load(pair, DATABASE_URL=url).database_url == "sqlite:///" + path.format(root=pair)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is empty; put a strong one into .env"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY has 5 characters, fewer than 32"),
        ({"SECRET_KEY": "django-insecure-" + STRONG}, "SECRET_KEY looks like a default"),
        ({"SECRET_KEY": "ab" * 30}, "SECRET_KEY has only 2 different characters"),
        ({"DEBUG": "yes"}, "DEBUG is 'yes' but must be 0 or 1"),
        ({"DATABASE_URL": "mysql://x/y"}, "DATABASE_URL starts with 'mysql' but must be sqlite:///path or postgresql://"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL starts with 'sqlite'"),
        ({"EVENTS_URL": "kafka://x"}, "EVENTS_URL starts with 'kafka'"),
        ({"PUBLIC_URL": "pulse.example.org"}, "PUBLIC_URL is 'pulse.example.org' but must be scheme and host"),
        ({"PUBLIC_URL": "https://pulse.example.org/app"}, "but must be scheme and host"),
        ({"GROUNDPLAN_DOORBELL": "nowhere"}, "GROUNDPLAN_DOORBELL holds 'nowhere' but must be host:port"),
    ],
)
def test_a_wrong_value_is_one_sentence_with_name_value_and_rule(pair: Path, values: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(pair, **values)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.exit_code == 2


def test_secrets_are_not_shown(pair: Path) -> None:
    shown = repr(load(pair, OWNER_PASSWORD="hidden-1", DATABASE_URL="postgresql://me:hidden-2@db/x"))
    assert STRONG not in shown
    assert "hidden" not in shown


def test_the_env_file_is_made_once_strong_and_private(tmp_path: Path) -> None:
    assert ensure_env_file(tmp_path)
    text = (tmp_path / ".env").read_text()
    assert not ensure_env_file(tmp_path)
    values = read_env_file(tmp_path / ".env")
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600
    assert weakness(values["SECRET_KEY"]) is None
    assert len(values["OWNER_PASSWORD"]) == 23
    assert (tmp_path / ".env").read_text() == text


def test_the_env_file_may_have_comments_quotes_and_export(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("# note\n\nexport A='one two'\nB=\"x#y\"\nC = plain = text\n")
    assert read_env_file(tmp_path / ".env") == {"A": "one two", "B": "x#y", "C": "plain = text"}


def test_a_broken_line_of_the_env_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("A=1\nwhat is this\n")
    with pytest.raises(SettingsError, match=r"\.env:2: 'what is this' is not NAME=value"):
        read_env_file(tmp_path / ".env")


def test_the_project_is_found_from_a_folder_below_it(pair: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(pair / "parts/pages")
    assert Settings.load(environ={"SECRET_KEY": STRONG}).root == pair


def test_the_project_is_found_by_its_variable(pair: Path) -> None:
    assert Settings.load(environ={"SECRET_KEY": STRONG, "GROUNDPLAN_ROOT": str(pair)}).root == pair


def test_outside_a_project_one_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ManifestError, match=r"no project\.toml here or in a folder above"):
        Settings.load(environ={"SECRET_KEY": STRONG})


def test_the_data_folder_is_known_whatever_else_is_wrong(pair: Path) -> None:
    (pair / ".env").write_text("SECRET_KEY=weak\nDATA_DIR=own\n")
    assert data_folder(pair, {}) == pair / "own"
