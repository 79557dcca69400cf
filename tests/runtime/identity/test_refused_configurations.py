"""What other parts could not read is refused by Django's own check, in one sentence with its remedy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.identity.site_files import Site, write_project

BACKEND = "django.contrib.auth.backends."


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A project with user models of every kind that others cannot read. It has no tables; a check needs none."""
    site = Site(write_project(tmp_path_factory.mktemp("odd")), odd=True)
    yield site
    site.stop()


def test_nothing_is_wrong_with_djangos_own_ways(odd: Site) -> None:
    assert odd("findings") == []


@pytest.mark.parametrize("engine", ["cached_db"])
def test_the_cached_database_engine_is_fine(engine: str, odd: Site) -> None:
    assert odd("findings", SESSION_ENGINE=f"django.contrib.sessions.backends.{engine}") == []


@pytest.mark.parametrize(
    ("overrides", "said", "remedy"),
    [
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.cache"}, "SESSION_ENGINE", "backends.db"),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.signed_cookies"}, "SESSION_ENGINE", "backends.db"),
        ({"SESSION_ENGINE": "django.contrib.sessions.backends.file"}, "SESSION_ENGINE", "backends.db"),
        ({"SESSION_ENGINE": "office.sessions"}, "SESSION_ENGINE", "backends.db"),
        ({"SESSION_SERIALIZER": "office.PickleSerializer"}, "SESSION_SERIALIZER", "JSONSerializer"),
        ({"USE_TZ": False}, "USE_TZ", "USE_TZ = True"),
        ({"SESSION_COOKIE_NAME": "sid"}, "SESSION_COOKIE_NAME is 'sid'", "SESSION_COOKIE_NAME = 'sessionid'"),
        ({"CSRF_COOKIE_NAME": "xsrf"}, "CSRF_COOKIE_NAME is 'xsrf'", "CSRF_COOKIE_NAME = 'csrftoken'"),
        ({"CSRF_USE_SESSIONS": True}, "CSRF_USE_SESSIONS", "False"),
        ({"CSRF_HEADER_NAME": "HTTP_X_XSRF"}, "CSRF_HEADER_NAME", "Remove"),
        ({"AUTHENTICATION_BACKENDS": [f"{BACKEND}AllowAllUsersModelBackend"]}, "user_can_authenticate", "ModelBackend"),
        (
            {"AUTHENTICATION_BACKENDS": [f"{BACKEND}ModelBackend", "odd.backends.Everybody"]},
            "odd.backends.Everybody",
            "ModelBackend",
        ),
        ({"DATABASE_ROUTERS": ["odd.models.Router"]}, "Session does not stand in the default database", "Route it there"),
        ({"AUTH_USER_MODEL": "odd.Hashing"}, "get_session_auth_hash", "as Django has them"),
        ({"AUTHENTICATION_BACKENDS": ["odd.backends.Grouping"]}, "_get_group_permissions", "ModelBackend"),
        ({"AUTHENTICATION_BACKENDS": ["odd.backends.Waiting"]}, "aget_user", "ModelBackend"),
        ({"AUTHENTICATION_BACKENDS": ["odd.backends.Alone"]}, "odd.backends.Alone", "ModelBackend"),
        ({"SESSION_COOKIE_PATH": "/office"}, "SESSION_COOKIE_PATH is '/office'", 'SESSION_COOKIE_PATH = "/"'),
        ({"CSRF_COOKIE_PATH": "/office"}, "CSRF_COOKIE_PATH is '/office'", 'CSRF_COOKIE_PATH = "/"'),
        ({"SECRET_KEY": "a key of this part alone"}, "not those of the project", "groundplan_runtime.settings"),
        ({"SECRET_KEY_FALLBACKS": []}, "not those of the project", "groundplan_runtime.settings"),
        ({"AUTH_USER_MODEL": "odd.Sealing"}, "does not hold is_staff, password as it is", "Django's own fields"),
        ({"AUTH_USER_MODEL": "odd.Approving"}, "is_authenticated", "as Django has them"),
        ({"AUTH_USER_MODEL": "odd.Loading"}, "from_db", "as Django has them"),
        ({"AUTH_USER_MODEL": "odd.Permitting"}, "has_perm", "as Django has them"),
        ({"AUTH_USER_MODEL": "odd.Hiding"}, "get_queryset", "as Django has them"),
        ({"AUTH_USER_MODEL": "odd.Wide"}, "The key of Wide is no integer", "BigAutoField"),
        ({"AUTH_USER_MODEL": "odd.Inactive"}, "no column for is_active", "AbstractUser"),
        ({"AUTH_USER_MODEL": "odd.Bare"}, "no permissions of Django's kind", "PermissionsMixin"),
    ],
    ids=lambda value: "-".join(f"{name}={text}" for name, text in value.items()) if isinstance(value, dict) else "",
)
def test_is_refused(overrides: dict[str, object], said: str, remedy: str, odd: Site) -> None:
    ((sentence, hint),) = odd("findings", **overrides)
    assert said in sentence
    assert remedy in hint


@pytest.mark.parametrize("name", ["key_salt", "algorithm", "encode"])
def test_sessions_that_are_signed_in_another_way_are_refused(name: str, odd: Site) -> None:
    ((sentence, hint),) = odd("findings_when_changed", name)
    assert "Sessions are signed in a way of their own" in sentence
    assert "as Django has them" in hint


def test_a_session_hash_that_is_made_in_another_way_is_refused(odd: Site) -> None:
    ((sentence, hint),) = odd("findings_when_changed", "session hash")
    assert "The session hash of User is made in a way of its own" in sentence
    assert "as Django has them" in hint


def test_a_signing_backend_for_cookies_is_fine_because_sessions_do_not_use_it(odd: Site) -> None:
    assert odd("findings", SIGNING_BACKEND="odd.signing.Signer") == []


def test_a_database_in_local_time_is_refused(odd: Site) -> None:
    ((sentence, hint),) = odd("findings_when_changed", "time zone")
    assert "The default database has a TIME_ZONE" in sentence
    assert "Remove TIME_ZONE" in hint


def test_a_database_nobody_else_reads_is_refused(odd: Site) -> None:
    assert any("The database is dummy" in sentence for sentence, _hint in odd("findings_without_database"))


def test_a_user_model_with_its_own_names_is_described_by_them(odd: Site) -> None:
    assert odd("described", "odd.Living")["user_columns"]["username"] == "login_name"


def test_a_project_with_such_a_user_model_starts_so_that_it_can_be_told(tmp_path: Path) -> None:
    bare = Site(write_project(tmp_path), odd=True, user_model="odd.Bare")
    try:
        answer = bare("command", "export_identity")
    finally:
        bare.stop()
    assert (answer["code"], "Bare has no permissions" in answer["text"]) == (2, True)


def test_a_check_of_one_application_leaves_the_others_out(odd: Site) -> None:
    assert odd("command", "check", "office")["code"] == 0
