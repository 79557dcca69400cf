"""The files of the Django project that the tests run, and its process seen from here."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from groundplan_runtime.settings import Settings

TESTS = Path(__file__).parents[2]

SECRET = "q8Zr2vT6wY1nB5mK9xC3jH7dL4gF0sPaEoUi"
OLD_SECRET = "Jd83kLmQ9zXvB2nR7tYw5cHfG1sPaEoUiT46"
FOREIGN_SECRET = "nobody-signs-with-this-one-0123456789"

PROJECT = """\
format = 1
name = "pulse"

[run]
layout = "split"
port = 8000

[[part]]
name = "office"
kind = "web"
framework = "django"
interface = "wsgi"
app = "parts.office.wsgi:application"
prefix = "/"
"""

SETTINGS = """\
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from groundplan_runtime.settings import Settings

copy = Settings.load(Path(os.environ["GROUNDPLAN_ROOT"]))


def database(url):
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        options = {"transaction_mode": "IMMEDIATE", "timeout": 5, "init_command": "PRAGMA journal_mode=WAL;"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path[1:], "OPTIONS": options}
    host = parse_qs(parts.query)["host"][0]
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username, "HOST": host}


SECRET_KEY = copy.secret_key
SECRET_KEY_FALLBACKS = list(copy.secret_key_fallbacks)
ALLOWED_HOSTS = list(copy.allowed_hosts)
DATABASES = {"default": database(copy.database_url)}
INSTALLED_APPS = [
    "office",
    "groundplan_runtime.adapters.django",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
]
if os.environ.get("ODD"):
    INSTALLED_APPS.append("odd")
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
AUTH_USER_MODEL = os.environ["USER_MODEL"]
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend", "office.backends.ByBadge"]
SESSION_ENGINE = f"django.contrib.sessions.backends.{os.environ.get('ENGINE', 'db')}"
ROOT_URLCONF = "urls"
SESSION_COOKIE_NAME = copy.session_cookie_name
CSRF_COOKIE_NAME = copy.csrf_cookie_name
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Asia/Kathmandu"
"""

URLS = """\
from django.contrib.auth.views import LogoutView
from django.http import HttpResponse, JsonResponse
from django.urls import path


def whoami(request):
    user = request.user
    if not user.is_authenticated:
        return HttpResponse(status=401)
    return JsonResponse({"id": user.pk, "username": user.username, "permissions": sorted(user.get_all_permissions())})


urlpatterns = [path("whoami", whoami), path("accounts/logout/", LogoutView.as_view(next_page="/whoami"))]
"""

MODELS = """\
from django.db import models


class Sale(models.Model):
    amount = models.IntegerField()
"""

BACKENDS = """\
from django.contrib.auth.backends import ModelBackend


class ByBadge(ModelBackend):
    def authenticate(self, request, badge=None):
        return None
"""

ODD_BACKENDS = """\
from django.contrib.auth.backends import ModelBackend


class Everybody(ModelBackend):
    def user_can_authenticate(self, user):
        return True


class Grouping(ModelBackend):
    def _get_group_permissions(self, user_obj):
        return []


class Waiting(ModelBackend):
    async def aget_user(self, user_id):
        return None


class Alone:
    def authenticate(self, request):
        return None

    def get_user(self, user_id):
        return None
"""

ODD_MODELS = """\
import uuid

from django.contrib.auth.models import AbstractBaseUser, AbstractUser, UserManager
from django.db import models


class Router:
    def db_for_write(self, model, **hints):
        return "elsewhere" if model.__name__ == "Session" else None


class Bare(AbstractBaseUser):
    name = models.CharField(max_length=20, unique=True)
    USERNAME_FIELD = "name"


def parts_of(label):
    return {"groups": models.ManyToManyField("auth.Group", related_name=label + "+"),
            "user_permissions": models.ManyToManyField("auth.Permission", related_name=label + "+"),
            "__module__": __name__}


class OnlyLiving(UserManager):
    def get_queryset(self):
        return super().get_queryset().filter(is_active=True)


Hashing = type("Hashing", (AbstractUser,), {**parts_of("h"), "get_session_auth_hash": lambda self: "always"})
Permitting = type("Permitting", (AbstractUser,), {**parts_of("p"), "has_perm": lambda self, perm, obj=None: True})
Hiding = type("Hiding", (AbstractUser,), {**parts_of("hi"), "objects": OnlyLiving()})
Wide = type("Wide", (AbstractUser,), {**parts_of("w"), "id": models.UUIDField(primary_key=True, default=uuid.uuid4)})



class Sealed(models.CharField):
    def from_db_value(self, value, expression, connection):
        return value[::-1]


SEALED = {"password": Sealed(max_length=200), "is_staff": models.IntegerField(default=0)}
Sealing = type("Sealing", (AbstractUser,), {**parts_of("s"), **SEALED})
Approving = type("Approving", (AbstractUser,), {**parts_of("a"), "is_authenticated": property(lambda self: self.is_staff)})
Loading = type("Loading", (AbstractUser,), {**parts_of("lo"), "from_db": classmethod(lambda cls, *values: cls())})
LOGIN = models.CharField(max_length=9, unique=True, db_column="login_name")
Living = type("Living", (AbstractUser,), {**parts_of("l"), "login": LOGIN, "USERNAME_FIELD": "login"})
Inactive = type("Inactive", (AbstractUser,), {**parts_of("i"), "is_active": True})
"""


def write_project(root: Path, database_url: str = "") -> Settings:
    """Write the project and give its settings."""
    env = f"SECRET_KEY={SECRET}\nSECRET_KEY_FALLBACKS={OLD_SECRET}\nOWNER_PASSWORD=owner-password-of-this-test\n"
    files = {
        "project.toml": PROJECT,
        "settings.py": SETTINGS,
        "urls.py": URLS,
        "office/__init__.py": "",
        "office/backends.py": BACKENDS,
        "office/models.py": MODELS,
        "odd/__init__.py": "",
        "odd/backends.py": ODD_BACKENDS,
        "odd/models.py": ODD_MODELS,
    }
    for name, text in {**files, ".env": env + (f"DATABASE_URL={database_url}\n" if database_url else "")}.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    (root / "data").mkdir(exist_ok=True)
    return Settings.load(root, {})


class Site:
    """The Django process of a project. Every attribute is a call of django_site.py."""

    def __init__(self, settings: Settings, *, odd: bool = False, user_model: str = "auth.User", engine: str = "db") -> None:
        """Start it. odd: with user models that other parts cannot read. engine: of the sessions.

        ``OTHER_DJANGO`` in the environment is a folder with another Django than the installed one.
        """
        self.settings = settings
        told = {"GROUNDPLAN_ROOT": str(settings.root), "ODD": "1" if odd else "", "USER_MODEL": user_model, "ENGINE": engine}
        folders = [os.environ.get("OTHER_DJANGO", ""), str(TESTS), os.environ.get("PYTHONPATH", "")]
        environment = {**os.environ, **told, "PYTHONPATH": os.pathsep.join(filter(None, folders))}
        program = [sys.executable, "-m", "runtime.identity.django_site"]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(program, stdin=pipe, stdout=pipe, text=True, env=environment, cwd=settings.root)

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Have the Django process do something and give its answer."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise AssertionError("the pipes are gone")
        stdin.write(json.dumps({"call": name, "args": args, "kwargs": kwargs}) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline() or '{"error": "the Django process ended"}')
        if "error" in answer:
            raise AssertionError(answer["error"])
        return answer["value"]

    def stop(self) -> None:
        """End the process."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(10)
