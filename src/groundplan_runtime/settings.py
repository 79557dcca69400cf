"""The project's settings: environment first, then ``.env``, then the default. Typed, checked, and secrets never shown."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from groundplan_runtime.errors import SettingsError
from groundplan_runtime.manifest import Project, find_root, load_project

__all__ = ["ENV_FILE", "MIN_PASSWORD_LENGTH", "Settings", "data_folder", "ensure_env_file", "read_env_file", "weakness"]

ENV_FILE = ".env"
MIN_SECRET_LENGTH = 32
MIN_DISTINCT = 10
MIN_PASSWORD_LENGTH = 12
_DEFAULT_MARKS = (
    "changeme",
    "change-me",
    "change_me",
    "change me",
    "django-insecure",
    "secret",
    "password",
    "default",
    "example",
    "placeholder",
)
_EVENT_SCHEMES = ("redis", "rediss", "valkey", "valkeys", "unix")
_PASSWORD_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # noqa: S105  letters to draw from, without the ones people confuse; no password


@dataclass(frozen=True, slots=True)
class Settings:
    """What one process of the project runs with.

    database_url: ``sqlite:///`` + absolute path, or ``postgresql://…``. events_url: empty means the database log is followed.
    public_url: scheme, host and port, no slash at the end. doorbells: (host, port) pairs rung after a commit;
    doorbell: the pair this process listens on. instance: id of this start, empty outside the runner. log_format: text or json.
    metrics: whether /-/metrics answers. metrics_allow: addresses and networks that may ask for it, beside this machine.
    """

    root: Path
    name: str
    secret_key: str = field(repr=False)
    secret_key_fallbacks: tuple[str, ...] = field(repr=False)
    database_url: str = field(repr=False)
    events_url: str = field(repr=False)
    public_url: str
    allowed_hosts: tuple[str, ...]
    data_dir: Path
    debug: bool
    instance: str
    process: str
    doorbells: tuple[tuple[str, int], ...]
    doorbell: tuple[str, int] | None
    owner_password: str = field(repr=False)
    log_format: str = "text"
    metrics: bool = False
    metrics_allow: tuple[str, ...] = ()

    @property
    def secure(self) -> bool:
        """Tell whether browsers reach the project through https."""
        return self.public_url.startswith("https://")

    @property
    def session_cookie_name(self) -> str:
        """Give the name of the sign-in cookie; ``__Host-`` ties it to one https host."""
        return "__Host-sessionid" if self.secure else "sessionid"

    @property
    def csrf_cookie_name(self) -> str:
        """Give the name of the CSRF cookie; ``__Host-`` ties it to one https host."""
        return "__Host-csrftoken" if self.secure else "csrftoken"

    @property
    def identity_file(self) -> Path:
        """Give the file in which the Django part tells the others how its sessions are stored."""
        return self.data_dir / "identity.json"

    @classmethod
    def load(cls, root: Path | None = None, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read and check the settings. Raises SettingsError or ManifestError with one sentence.

        root: the project's folder; without it ``GROUNDPLAN_ROOT``, else the nearest folder from here upwards with a project.toml.
        environ: instead of the environment of this process.
        """
        environ = os.environ if environ is None else environ
        root = (root or _root_of(environ)).resolve()
        values = _Values({**read_env_file(root / ENV_FILE), **environ})
        return _settings(load_project(root), values)


def ensure_env_file(root: Path) -> bool:
    """Write ``.env`` with fresh strong secrets, readable by its owner only. An existing one stays: False."""
    text = (
        "# Secrets and settings of this copy of the project. Never commit this file.\n"
        "# Every variable: the settings table of the README. The environment wins over this file.\n"
        f"SECRET_KEY={secrets.token_hex(32)}\n"
        f"OWNER_PASSWORD={_password()}\n"
    )
    try:
        handle = os.open(root / ENV_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return True


def read_env_file(path: Path) -> dict[str, str]:
    """Give the variables of an env file: ``NAME=value`` lines, ``#`` comments, optional ``export`` and quotes. No file: nothing."""
    if not path.is_file():
        return {}
    values: dict[str, str] = {}
    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = raw.strip().removeprefix("export ")
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not equals or not name.strip().isidentifier():
            raise SettingsError(f"{path}:{number}: {name.strip()!r} is not NAME=value; correct or remove the line.")
        values[name.strip()] = _unquoted(value.strip())
    return values


def data_folder(root: Path, environ: Mapping[str, str] | None = None) -> Path:
    """Give the data folder alone, for commands that must work whatever else is wrong."""
    environ = os.environ if environ is None else environ
    return _data_dir(root, _Values({**read_env_file(root / ENV_FILE), **environ}))


def weakness(secret: str) -> str | None:
    """Say in a few words why a secret must not be used, or None when it may."""
    if not secret:
        return "is empty"
    if len(secret) < MIN_SECRET_LENGTH:
        return f"has {len(secret)} characters, fewer than {MIN_SECRET_LENGTH}"
    if any(mark in secret.lower() for mark in _DEFAULT_MARKS):
        return "looks like a default"
    if len(set(secret)) < MIN_DISTINCT:
        return f"has only {len(set(secret))} different characters"
    return None


class _Values:
    """Variables with the checks that several of them share."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def text(self, name: str, default: str = "") -> str:
        return self._values.get(name, "").strip() or default

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(item.strip() for item in self.text(name).split(",") if item.strip())

    def secret(self, name: str) -> str:
        value = self.text(name)
        if reason := weakness(value):
            raise SettingsError(
                f"{name} {reason}; put a strong one into {ENV_FILE} (python project.py setup makes that file where there is none)."
            )
        return value

    def flag(self, name: str) -> bool:
        value = self.text(name, "0")
        if value not in {"0", "1"}:
            raise SettingsError(f"{name} is {value!r} but must be 0 or 1; correct it in the environment or in {ENV_FILE}.")
        return value == "1"

    def choice(self, name: str, known: tuple[str, ...]) -> str:
        value = self.text(name, known[0])
        if value not in known:
            raise SettingsError(
                f"{name} is {value!r} but must be {' or '.join(known)}; correct it in the environment or in {ENV_FILE}."
            )
        return value

    def addresses(self, name: str) -> tuple[tuple[str, int], ...]:
        return tuple(_address(name, item) for item in self.texts(name))


def _settings(project: Project, values: _Values) -> Settings:
    data_dir = _data_dir(project.root, values)
    public_url = _public_url(values.text("PUBLIC_URL", f"http://127.0.0.1:{project.port}"))
    doorbell = values.addresses("GROUNDPLAN_DOORBELL")
    return Settings(
        root=project.root,
        name=project.name,
        secret_key=values.secret("SECRET_KEY"),
        secret_key_fallbacks=values.texts("SECRET_KEY_FALLBACKS"),
        database_url=_database_url(values.text("DATABASE_URL", f"sqlite:///{data_dir / project.name}.sqlite3"), project.root),
        events_url=_events_url(values.text("EVENTS_URL")),
        public_url=public_url,
        allowed_hosts=values.texts("ALLOWED_HOSTS") or _default_hosts(public_url),
        data_dir=data_dir,
        debug=values.flag("DEBUG"),
        instance=values.text("GROUNDPLAN_INSTANCE"),
        process=values.text("GROUNDPLAN_PROCESS"),
        doorbells=values.addresses("GROUNDPLAN_DOORBELLS"),
        doorbell=doorbell[0] if doorbell else None,
        owner_password=values.text("OWNER_PASSWORD"),
        log_format=values.choice("LOG_FORMAT", ("text", "json")),
        metrics=values.flag("METRICS"),
        metrics_allow=values.texts("METRICS_ALLOW"),
    )


def _data_dir(root: Path, values: _Values) -> Path:
    return (root / values.text("DATA_DIR", "data")).resolve()


def _root_of(environ: Mapping[str, str]) -> Path:
    given = environ.get("GROUNDPLAN_ROOT", "")
    return Path(given) if given else find_root(Path.cwd())


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _password() -> str:
    groups = ("".join(secrets.choice(_PASSWORD_LETTERS) for _ in range(5)) for _ in range(4))  # 20 letters of 32: 100 bits
    return "-".join(groups)


def _database_url(url: str, root: Path) -> str:
    scheme, _, rest = url.partition("://")
    if scheme in {"postgresql", "postgres"} and rest:
        return f"postgresql://{rest}"
    path = rest.removeprefix("/")
    if scheme != "sqlite" or not rest.startswith("/") or not path or path == ":memory:":
        raise SettingsError(
            f"DATABASE_URL starts with {scheme!r} but must be sqlite:///path or postgresql://user@host/name; correct it."
        )
    return f"sqlite:///{(root / path).resolve()}"


def _events_url(url: str) -> str:
    scheme, separator, _ = url.partition("://")
    if url and (not separator or scheme not in _EVENT_SCHEMES):
        raise SettingsError(
            f"EVENTS_URL starts with {scheme!r} but must be redis://, valkey:// or unix://; correct it or leave it empty."
        )
    return url


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise SettingsError(f"PUBLIC_URL is {url!r} but must be scheme and host such as https://pulse.example.org; correct it.")
    return f"{parts.scheme}://{parts.netloc}"


def _default_hosts(public_url: str) -> tuple[str, ...]:
    host = urlsplit(public_url).hostname or ""
    return tuple(dict.fromkeys(("localhost", "127.0.0.1", host)))


def _address(name: str, text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal():
        raise SettingsError(f"{name} holds {text!r} but must be host:port; correct it.")
    return host, int(port)
