"""The constraint set: everything that any template asks for, pinned with hashes and free of addresses."""

from importlib.resources import files

import pytest

from groundplan.errors import NotBuildableError
from groundplan.scaffold import Template, buildable
from groundplan.scaffold.lock import Lock, Pin, load_lock, requirements_text
from groundplan.scaffold.template import SHARED, load_template

ALL = [load_template(SHARED), *buildable()]


@pytest.mark.parametrize("template", ALL, ids=lambda template: str(template.folder))
def test_the_lock_holds_what_every_template_asks_for(template: Template) -> None:
    assert set(template.requirements + template.dev_requirements + template.telemetry_requirements) <= set(load_lock().closures)


def test_every_pin_has_hashes_and_no_index_is_named() -> None:
    text = files("groundplan").joinpath("templates", "constraints.json").read_text()
    assert "://" not in text
    assert all(pin.hashes and all(digest.startswith("sha256:") for digest in pin.hashes) for pin in load_lock().packages.values())


def test_django_is_the_long_term_release() -> None:
    assert load_lock().packages["django"].version.startswith("5.2.")


LOCK = Lock(
    "2026-11-22",
    ">=3.11",
    {
        "django": Pin("django", "5.2.19", None, ("sha256:aa", "sha256:bb")),
        "tzdata": Pin("tzdata", "2026.6", "sys_platform == 'win32'", ("sha256:cc",)),
        "quart": Pin("quart", "0.22.0", None, ("sha256:dd",)),
    },
    {"django": ("django", "tzdata"), "quart": ("quart",)},
)


def test_a_requirements_file_holds_only_what_is_needed() -> None:
    assert requirements_text(LOCK, ["django"], "Two\nlines") == (
        "# Two\n# lines\n"
        "django==5.2.19 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "tzdata==2026.6 ; sys_platform == 'win32' \\\n    --hash=sha256:cc\n"
    )


def test_what_the_lock_does_not_hold_is_refused() -> None:
    with pytest.raises(NotBuildableError, match=r"does not hold bottle; make it anew with scripts/lock\.py"):
        requirements_text(LOCK, ["bottle"], "")
