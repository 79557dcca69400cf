"""project.toml: typed, and every mistake is one sentence with place, value, rule and remedy."""

from pathlib import Path

import pytest

from groundplan_runtime.errors import ManifestError
from groundplan_runtime.manifest import load_project
from runtime.runner.projects import PAIR, TRIO, write

LAYOUT = '[layouts.mine]\none = ["site", "live"]\ntwo = ["public"]\n'


def names(root: Path, layout: str) -> dict[str, list[str]]:
    return {process: [part.name for part in parts] for process, parts in load_project(root).processes(layout).items()}


def test_layouts_are_partitions_of_the_parts(tmp_path: Path) -> None:
    root = write(tmp_path, TRIO, layout="mine", more=LAYOUT)
    assert names(root, "together") == {"all": ["site", "public", "live"]}
    assert names(root, "split") == {"sync": ["site"], "async": ["public", "live"]}
    assert names(root, "apart") == {"site": ["site"], "public": ["public"], "live": ["live"]}
    assert names(root, "mine") == {"one": ["site", "live"], "two": ["public"]}
    assert load_project(root).processes() == load_project(root).processes("mine")


def test_split_without_synchronous_parts_is_one_process(tmp_path: Path) -> None:
    assert names(write(tmp_path, TRIO[1:]), "split") == {"async": ["public", "live"]}


def test_parts_are_typed_with_their_defaults(tmp_path: Path) -> None:
    pages, public = load_project(write(tmp_path, PAIR)).parts
    assert (pages.prefix, pages.interface, pages.prepare, pages.workers) == ("/", "wsgi", "parts.pages.app:prepare", 1)
    assert public.prepare is None


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("format = 1", "format = 2", "format: 2 must be 1, the only format this runtime reads"),
        ('name = "tiny"', 'name = "Tiny One"', "name: 'Tiny One' must be a lower-case name"),
        ('layout = "split"', 'layout = "splitt"', "layout 'splitt', which does not exist; did you mean 'split'?"),
        ('layout = "split"', 'layout = "zzz"', "the layouts are together, split, apart"),
        ("port = 8000", "port = 80000", "[run] port: 80000 must be a whole number from 1 to 65535"),
        ("port = 8000", "port = true", "[run] port: True must be a whole number"),
        ("port = 8000", "ports = 8000", "[run] has the key 'ports', which does not exist; did you mean 'port'?"),
        ('interface = "wsgi"', 'interface = "cgi"', "part pages interface: 'cgi' must be wsgi or asgi"),
        ('app = "parts.pages.app:app"', 'app = "parts.pages"', "part pages app: 'parts.pages' must be module:object"),
        ('prefix = "/api/v1"', 'prefix = "/api/"', "part public prefix: '/api/' must be"),
        ('prefix = "/api/v1"', 'prefix = "/"', "prefix: '/' is used 2 times; give each its own"),
        ('name = "public"', 'name = "pages"', "name: 'pages' is used 2 times"),
        ('name = "public"', 'name = "front"', "[[part]] number 2 name: 'front' is kept for the runner"),
        ('name = "public"', "number = 2", "[[part]] number 2 has the key 'number'"),
        ('name = "public"', "", "[[part]] number 2 name: nothing must be a lower-case Python name"),
        ("[run]", "run = 3\n[rum]", "the top level has the key 'rum', which does not exist; did you mean 'run'?"),
        ("[run]", "part = 3\n[run]", "this is not TOML"),
        ("[run]", "[layouts.split]\nx = ['pages']\n[run]", "[layouts.split]: 'split' is a built-in layout"),
        ("[run]", "[layouts.own]\nx = ['pages']\n[run]", "[layouts.own]: 'public' stands in no process"),
        (
            "[run]",
            "[layouts.own]\nx = ['pages', 'publik']\n[run]",
            "names part 'publik', which does not exist; did you mean 'public'?",
        ),
        ("[run]", "[layouts.own]\nx = ['pages', 'pages', 'public']\n[run]", "part in [layouts.own]: 'pages' is used 2 times"),
        ("[run]", "[layouts.own]\nx = 'pages'\n[run]", "[layouts.own] x: 'pages' must be a list of part names"),
        ("[run]", "[layouts.own]\nfront = ['pages', 'public']\n[run]", "'front' cannot be the name of a process"),
        ("[run]", "layouts = 3\n[run]", "layouts: 3 must be a table"),
    ],
)
def test_a_mistake_is_one_sentence(pair: Path, old: str, new: str, sentence: str) -> None:
    file = pair / "project.toml"
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(ManifestError) as refused:
        load_project(pair)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"format = 1\nname = 'x'\n[run]\nlayout = 'split'\n", "[[part]]: nothing must stand there at least once"),
        (b"format = 1\nname = 'x'\npart = [3]\n[run]\nlayout = 'split'\n", "[[part]] number 1: 3 must be a table"),
        (b"\xff", "byte 0 is not UTF-8 text"),
    ],
)
def test_a_file_without_usable_parts_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "project.toml").write_bytes(content)
    with pytest.raises(ManifestError) as refused:
        load_project(tmp_path)
    assert words in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="this file is missing"):
        load_project(tmp_path)
