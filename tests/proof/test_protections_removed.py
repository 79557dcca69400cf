"""Each protection of a real project is removed from its own files, and the judge must see it. Pulse, built once.

Runs with the current interpreter instead of an environment of its own, so that the suite needs no package index.
"""

import dataclasses
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from groundplan import brief as briefs
from groundplan.brief.model import Brief, Check, Comparison, LoadPlan, Must
from groundplan.proof import Outcome, Verdict, prove
from groundplan.proof.probes import PROBES
from groundplan.proof.running import Account, Launch, running, scratch_folder
from groundplan.proof.scene import Scene
from groundplan.proof.surface import read_surface
from groundplan.proof.verdicts import judge_probe

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
GROUNDPLAN = Path(sys.executable).parent / "groundplan"
PYTHON = Path(sys.executable)
RUNTIME = "vendor/groundplan_runtime"

Removal = tuple[str, str, str]
"""File, pattern, replacement."""

ANYONE = """from django.contrib.auth.backends import ModelBackend


class Anyone(ModelBackend):
    def authenticate(self, request, username=None, password=None, **more):
        from django.contrib.auth import get_user_model
        return get_user_model().objects.filter(username=username).first()
"""

REMOVALS: dict[str, tuple[list[Removal], str, str]] = {
    "any password signs in": (
        [
            ("parts/office/settings.py", r"\Z", 'AUTHENTICATION_BACKENDS = ["parts.office.anyone.Anyone"]\n'),
            (
                "parts/office/anyone.py",
                r"\A\Z",
                ANYONE,
            ),
        ],
        "one-sign-in",
        "a wrong password gives none",
    ),
    "pages need no sign-in": (
        [
            ("parts/office/settings.py", r".*LoginRequiredMiddleware.*\n", ""),
            ("parts/office/pages.py", r"class EntityPage\(PermissionRequiredMixin\):", "class EntityPage:"),
        ],
        "one-sign-in",
        "pages ask a stranger to sign in",
    ),
    "CSRF of the pages": (
        [("parts/office/settings.py", r".*CsrfViewMiddleware.*\n", "")],
        "csrf",
        "a form without its token is refused",
    ),
    "CSRF of the API": (
        [(f"{RUNTIME}/identity/checks.py", r"return None if csrf_token_fits\(.*\) else _NO_TOKEN", "return None")],
        "csrf",
        "an API request without the token is refused",
    ),
    "origin of requests to the API": (
        [(f"{RUNTIME}/identity/checks.py", r"if not from_this_site\(asked, address\):", "if False:")],
        "csrf",
        "an API request from another site is refused",
    ),
    "origin of the socket": (
        [(f"{RUNTIME}/identity/checks.py", r"return None if .* == address.origin else _OTHER_ORIGIN", "return None")],
        "origin",
        "a foreign Origin is refused",
    ),
    "permission of the pages": (
        [("parts/office/pages.py", r"class EntityPage\(PermissionRequiredMixin\):", "class EntityPage:")],
        "permission",
        "the page is refused",
    ),
    "permission to read by the API": (
        [("parts/public/routes/sale.py", r"may_view = Depends\(.*\)\n", "may_view = Depends(lambda: None)\n")],
        "permission",
        "reading by the API is refused",
    ),
    "permission to write by the API": (
        [("parts/public/routes/sale.py", r"may_add = Depends\(.*\)\n", "may_add = Depends(lambda: None)\n")],
        "permission",
        "writing by the API is refused",
    ),
    "permission of the channel": (
        [(f"{RUNTIME}/gateway/connection.py", r" and self\.session\.user\.has_permission\(permission\)", "")],
        "permission",
        "the subscription is refused",
    ),
    "revocation in the gateway": (
        [(f"{RUNTIME}/gateway/sessions.py", r"self\._revoke\(data\[\"session\"\]\)", "return")],
        "sign-out",
        "the socket is closed with 4401 within 2 s",
    ),
    "revocation in the API": (
        [(f"{RUNTIME}/identity/memory.py", r"CACHE_SECONDS = [0-9.]+", "CACHE_SECONDS = 3600.0")],
        "sign-out",
        "the API answers 401 within 2 s",
    ),
    "escaping": (
        [("parts/office/templates/office/sale_rows.html", r"\{\{ row\.shop\|[^}]*\}\}", "{{ row.shop|safe }}")],
        "escaping",
        "the page shows its markup as text",
    ),
    "parameters of the search": (
        [
            (
                "parts/office/pages.py",
                r"return rows\.filter\(Q\(.*\)\)\n",
                "return rows.extra(where=[f\"shop LIKE '%%{asked}%%'\"])\n",
            )
        ],
        "sql-injection",
        "SQL in the search finds no more than it should",
    ),
    "allowed hosts of the pages": (
        [("parts/office/settings.py", r"ALLOWED_HOSTS = .*\n", 'ALLOWED_HOSTS = ["*"]\n')],
        "host-header",
        "the page refuses a foreign host",
    ),
    "allowed hosts of the API": (
        [(f"{RUNTIME}/identity/checks.py", r"if address is None or not _allowed\(.*\):", "if address is None:")],
        "host-header",
        "the API refuses a foreign host",
    ),
    "security headers": (
        [("parts/office/settings.py", r".*SecurityMiddleware.*\n", "")],
        "headers",
        "page: browsers may not guess the type",
    ),
}

LAYOUTS = {"revocation in the API": "apart"}
"""Where a removal shows only there: within one process the gateway's revocation reaches the API, too."""


@pytest.fixture(scope="module")
def pulse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("removed") / "pulse"
    subprocess.run([GROUNDPLAN, "build", ROOT / "examples" / "pulse.toml", target], check=True, capture_output=True)
    return target


@pytest.fixture
def copy(pulse: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pulse, tmp_path / "pulse"))


def _literally(replacement: str) -> Callable[[re.Match[str]], str]:
    return lambda _found: replacement


def _remove(root: Path, removals: list[Removal]) -> None:
    for name, pattern, replacement in removals:
        path = root / name
        text = path.read_text() if path.exists() else ""
        changed, count = re.subn(pattern, _literally(replacement), text, count=1)
        assert count == 1, f"{name} no longer holds {pattern}"
        path.write_text(changed)


@contextmanager
def _scene(root: Path, layout: str = "together") -> Iterator[Scene]:
    surface = read_surface(root, briefs.load(root / "groundplan.toml"))
    insider = Account.make("insider", staff=True, permissions=surface.permissions())
    outsider = Account.make("outsider", staff=False, permissions=[])
    with scratch_folder((insider, outsider)) as scratch:
        launch = Launch(root, PYTHON, layout, services=False, scratch=scratch, accounts=(insider, outsider))
        with running(launch) as project:
            yield Scene(surface, project.url, insider, outsider)


def _judge(scene: Scene, name: str) -> Verdict:
    probe = next(probe for probe in PROBES if probe.id == name)
    return judge_probe(probe, probe.run(scene), "prove")


@pytest.mark.parametrize("layout", ["together", "split", "apart"])
def test_the_project_as_it_was_built_meets_every_probe(copy: Path, layout: str) -> None:
    with _scene(copy, layout) as scene:
        verdicts = [_judge(scene, probe.id) for probe in PROBES]
    assert {verdict.id: verdict.why for verdict in verdicts if verdict.outcome is not Outcome.MET} == {}


@pytest.mark.parametrize("name", REMOVALS)
def test_the_judge_sees_that_a_protection_was_removed(name: str, copy: Path) -> None:
    removals, probe, seen = REMOVALS[name]
    _remove(copy, removals)
    with _scene(copy, LAYOUTS.get(name, "together")) as scene:
        verdict = _judge(scene, probe)
    assert verdict.outcome is Outcome.NOT_MET
    assert seen in verdict.why


def _with(root: Path, *musts: Must) -> Brief:
    return dataclasses.replace(briefs.load(root / "groundplan.toml"), musts=musts)


def test_events_that_are_not_published_are_lost(copy: Path) -> None:
    _remove(copy, [("parts/public/rows.py", r"await async_publish\(.*\)\n", "pass\n")])
    plan = LoadPlan(sockets=20, duration=6, rate=20, cut_seconds=1, cut_every=3)
    must = Must("nothing-lost", "live", "events_lost", Check(Comparison.EQUAL, 0, "1", text="= 0"), plan)
    proof = prove(copy, _with(copy, must), python=PYTHON, layout="together")
    assert (proof.verdicts[0].outcome, proof.exit_code) == (Outcome.NOT_MET, 1)
    assert "were lost" in proof.verdicts[0].why


def test_an_impossible_must_ends_with_1(copy: Path) -> None:
    check = Check(Comparison.BELOW, 0.00001, "s", 99, "p(99) < 0.01ms")
    must = Must("impossible", "public", "latency", check, LoadPlan(rate=40, duration=10))
    proof = prove(copy, _with(copy, must), python=PYTHON, layout="together")
    assert (proof.verdicts[0].outcome, proof.exit_code) == (Outcome.NOT_MET, 1)
    assert "even the kindest reading" in proof.verdicts[0].why


def test_the_users_own_data_is_never_touched(copy: Path) -> None:
    (copy / ".env").write_text(
        f"SECRET_KEY={os.urandom(32).hex()}\nOWNER_PASSWORD=only-for-this-test\n"
        "DATABASE_URL=postgresql://nobody@127.0.0.1:1/none\n"
        "PUBLIC_URL=https://pulse.example.org\nALLOWED_HOSTS=pulse.example.org\nEVENTS_URL=redis://127.0.0.1:1\n"
    )
    proof = prove(copy, _with(copy), python=PYTHON, layout="split", evidence=False)
    assert proof.database == "sqlite"
    assert proof.verdicts[0].outcome is Outcome.MET
    assert not (copy / "data").exists()
