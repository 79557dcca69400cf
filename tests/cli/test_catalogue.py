"""``catalogue``: what is known, whether it can be relied on, and what a package index says."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from cli.conftest import Program
from groundplan.catalogue.package_index import _default

AS_OF = "2026-11-22"
EXAMPLE = Path(__file__).parents[2] / "examples" / "device-api.toml"
JSON = "application/vnd.pypi.simple.v1+json"
METADATA = """Metadata-Version: 2.1
Name: flask
Requires-Dist: werkzeug>=3.1
Requires-Dist: click>=8
Requires-Dist: asgiref ; extra == 'async'
"""
PAGE = """<a href="/files/flask-0.9.7.tar.gz#sha256=0">a</a>
<a href="/files/Flask-0.13.4.tar.gz" data-requires-python="&gt;=2.7">b</a>
<a href="/files/flask-0.14.tar.gz" data-yanked="">c</a>"""


@dataclass
class SmallIndex:
    """A package index on loopback. pages: path -> (media type, text). seen: paths that were asked for."""

    pages: dict[str, tuple[str, str]]
    address: str = ""
    seen: list[str] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator["SmallIndex"]:
        index = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                index.seen.append(self.path)
                kind, text = index.pages.get(self.path, ("404", ""))
                self.send_response(int(kind) if kind.isdecimal() else 200)
                self.send_header("Content-Type", "text/plain" if kind.isdecimal() else kind)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the class above
                """Say nothing."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            self.address = f"http://127.0.0.1:{server.server_port}/simple"
            Thread(target=server.serve_forever, daemon=True).start()
            yield self
            server.shutdown()


def file(name: str, date: str = "", **keys: object) -> dict[str, object]:
    return {"filename": name, "url": f"../../files/{name}", "hashes": {}, **({"upload-time": date} if date else {}), **keys}


def as_json(*files: dict[str, object]) -> tuple[str, str]:
    return JSON, json.dumps({"meta": {"api-version": "1.1"}, "name": "any", "files": files})


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What the package index told the person who runs the tests is none of their business."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))


@pytest.fixture
def index() -> Iterator[SmallIndex]:
    flask = as_json(
        file("flask-3.0.0-py3-none-any.whl", "2023-09-30T14:36:10.000000Z"),
        file("flask-3.1.3.tar.gz", "2026-02-19T10:00:00.000000Z", **{"requires-python": ">=3.9"}),
        file("flask-3.1.3-py3-none-any.whl", "2026-02-19T10:00:01.000000Z", **{"requires-python": ">=3.9", "core-metadata": True}),
        file("flask-3.10.0a1-py3-none-any.whl", "2026-10-01T00:00:00.000000Z"),
        file("flask-9.0-py3-none-any.whl", "2026-10-01T00:00:00.000000Z", yanked="by mistake"),
    )
    pages = {"/simple/flask/": flask, "/files/flask-3.1.3-py3-none-any.whl.metadata": ("text/plain", METADATA)}
    pages["/simple/werkzeug/"] = as_json(file("werkzeug-4.0rc1.tar.gz"))
    pages["/simple/quart/"] = as_json(file("quart-0.23.1.tar.gz"), file("quart-0.9.0.tar.gz"))
    with SmallIndex(pages).serving() as one:
        yield one


@pytest.fixture
def refresh(groundplan: Program, index: SmallIndex, tmp_path: Path) -> Program:
    def run(*arguments: object, **environment: str) -> object:
        told = {"PIP_INDEX_URL": index.address, "XDG_DATA_HOME": str(tmp_path)} | environment
        return groundplan("catalogue", "refresh", *arguments, **told)

    return run  # type: ignore[return-value]  # the same answers


def noted(folder: Path) -> dict[tuple[str, str], object]:
    tables = tomllib.loads((folder / "groundplan" / "index.toml").read_text())["fact"]
    return {(fact["subject"], fact["id"]): fact["value"] for fact in tables}


def test_the_newest_release_becomes_dated_facts_of_grade_b(refresh: Program, tmp_path: Path, index: SmallIndex) -> None:
    ended = refresh("flask")
    assert (ended.returncode, ended.stdout.splitlines()[0]) == (0, "flask 3.1.3 of 2026-02-19")
    assert noted(tmp_path) == {
        ("flask", "newest_version"): "3.1.3",
        ("flask", "newest_date"): "2026-02-19",
        ("flask", "requires_python"): ">=3.9",
        ("flask", "dependencies"): "click>=8; werkzeug>=3.1",
    }
    first = tomllib.loads((tmp_path / "groundplan" / "index.toml").read_text())["fact"][0]
    assert (first["grade"], first["source"], first["where"]) == ("B", "package index", f"{index.address}/flask/")


def test_pre_releases_and_what_was_taken_back_are_not_the_newest(refresh: Program, tmp_path: Path) -> None:
    assert refresh("flask").returncode == 0
    assert noted(tmp_path)["flask", "newest_version"] == "3.1.3"


def test_an_index_of_pages_tells_no_dates_and_no_dependencies(groundplan: Program, tmp_path: Path) -> None:
    with SmallIndex({"/simple/flask/": ("text/html", PAGE)}).serving() as index:
        ended = groundplan("catalogue", "refresh", "flask", PIP_INDEX_URL=index.address, XDG_DATA_HOME=str(tmp_path))
    assert ended.stdout.splitlines()[0] == "flask 0.13.4"
    assert noted(tmp_path) == {("flask", "newest_version"): "0.13.4", ("flask", "requires_python"): ">=2.7"}


def test_what_the_index_has_not_is_told_and_the_rest_is_kept(refresh: Program, tmp_path: Path) -> None:
    ended = refresh("flask", "django", "werkzeug")
    assert ended.returncode == 0
    assert "django: the index has no release of it" in ended.stdout
    assert "werkzeug: the index has no release of it" in ended.stdout
    assert {subject for subject, _ in noted(tmp_path)} == {"flask"}


def test_a_refresh_of_one_name_leaves_what_is_known_of_others(refresh: Program, tmp_path: Path) -> None:
    refresh("flask")
    assert refresh("quart").returncode == 0
    assert noted(tmp_path)["flask", "newest_version"] == "3.1.3"
    assert noted(tmp_path)["quart", "newest_version"] == "0.23.1"


def test_everything_is_asked_for_once_where_no_name_is_given(refresh: Program, index: SmallIndex) -> None:
    told = json.loads(refresh("--format", "json").stdout)
    pages = [path for path in index.seen if path.startswith("/simple/")]
    assert len(pages) == len(set(pages)) == len(told["missing"]) + 2
    assert {"/simple/django/", "/simple/channels/", "/simple/uvicorn/", "/simple/werkzeug/"} <= set(pages)
    assert "/simple/own/" not in pages


def test_the_answers_are_merged_into_what_is_shown(refresh: Program, groundplan: Program, tmp_path: Path) -> None:
    refresh("flask")
    told = groundplan("catalogue", "show", "flask", COLUMNS="120", XDG_DATA_HOME=str(tmp_path)).stdout
    assert "flask newest_version: 3.1.3 version [B] (package index, " in told


def test_offline_one_sentence_says_so_and_nothing_changes(refresh: Program, groundplan: Program, tmp_path: Path) -> None:
    refresh("flask")
    before = (tmp_path / "groundplan" / "index.toml").read_bytes()
    ended = groundplan("catalogue", "refresh", "flask", PIP_INDEX_URL="http://127.0.0.1:9/simple", XDG_DATA_HOME=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.splitlines()[-1].startswith("The package index http://127.0.0.1:9/simple cannot be reached (")
    assert ended.stderr.endswith("; nothing was changed.\n")
    assert (tmp_path / "groundplan" / "index.toml").read_bytes() == before


@pytest.mark.parametrize("answer", ["[1, 2]", '{"files": [{"url": "x"}]}', "no json"])
def test_an_answer_that_is_no_list_of_files_is_told_and_nothing_is_written(
    answer: str, groundplan: Program, tmp_path: Path
) -> None:
    with SmallIndex({"/simple/flask/": (JSON, answer)}).serving() as index:
        ended = groundplan("catalogue", "refresh", "flask", PIP_INDEX_URL=index.address, XDG_DATA_HOME=str(tmp_path))
    assert (ended.returncode, ended.stdout) == (4, "")
    assert ended.stderr.endswith(" does not list the files of flask as PEP 503 or 691 say; nothing was changed.\n")
    assert not (tmp_path / "groundplan").exists()


def test_an_index_that_refuses_is_told_with_its_answer(groundplan: Program, tmp_path: Path) -> None:
    with SmallIndex({"/simple/flask/": ("403", "")}).serving() as index:
        ended = groundplan("catalogue", "refresh", "flask", PIP_INDEX_URL=index.address, XDG_DATA_HOME=str(tmp_path))
    assert ended.returncode == 4
    assert " answered with 403 (Forbidden); nothing was changed." in ended.stderr


def test_the_index_of_pips_own_file_is_asked_and_the_environment_wins(
    refresh: Program, groundplan: Program, tmp_path: Path
) -> None:
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = http://127.0.0.1:9/elsewhere\n")
    told = {"PIP_CONFIG_FILE": str(file), "XDG_DATA_HOME": str(tmp_path)}
    assert "http://127.0.0.1:9/elsewhere cannot be reached" in groundplan("catalogue", "refresh", "flask", **told).stderr
    assert refresh("flask", **told).returncode == 0


def test_where_nothing_is_set_pips_own_default_is_asked() -> None:
    assert _default().startswith("https://")


def test_a_password_in_the_address_is_shown_nowhere(groundplan: Program, tmp_path: Path) -> None:
    address = "http://user:secret@127.0.0.1:9/simple"
    ended = groundplan("catalogue", "refresh", "flask", PIP_INDEX_URL=address, XDG_DATA_HOME=str(tmp_path))
    assert "127.0.0.1:9" in ended.stderr
    assert "secret" not in ended.stderr


def test_a_name_that_is_no_package_of_the_catalogue_is_refused(refresh: Program) -> None:
    ended = refresh("flsk")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == "catalogue: 'flsk' is not in it; write 'flask'.\n"


def test_a_broken_file_of_the_users_is_named(groundplan: Program, tmp_path: Path) -> None:
    (tmp_path / "groundplan").mkdir()
    (tmp_path / "groundplan" / "index.toml").write_text('[[fact]]\nsubject = "flask"\n')
    ended = groundplan("catalogue", "list", XDG_DATA_HOME=str(tmp_path))
    assert ended.returncode == 2
    assert "groundplan/index.toml.fact[0]: the table has no id; add id." in ended.stderr


def test_what_the_users_file_says_of_unknown_names_is_left_out(groundplan: Program, tmp_path: Path) -> None:
    fact = {"subject": "gone", "id": "newest_version", "value": "1", "unit": "version", "source": "package index"}
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in {**fact, "where": "x", "date": AS_OF, "grade": "B"}.items())
    (tmp_path / "groundplan").mkdir()
    (tmp_path / "groundplan" / "index.toml").write_text(f"[[fact]]\n{lines}")
    assert groundplan("catalogue", "list", "servers", XDG_DATA_HOME=str(tmp_path)).returncode == 0


def test_the_list_fits_the_terminal(groundplan: Program) -> None:
    told = groundplan("catalogue", "list", "--as-of", AS_OF).stdout
    assert max(map(len, told.splitlines())) <= 80
    assert told.startswith("frameworks (")
    assert "\nadd-ons (" in told


def test_a_list_of_one_group_as_of_a_year_knows_nothing_that_came_later(groundplan: Program) -> None:
    names = {
        year: {entry["name"] for entry in json.loads(told)["entries"]}
        for year in ("2012", "2026")
        for told in [groundplan("catalogue", "list", "add-ons", "--as-of", year, "--format", "json").stdout]
    }
    assert "flask-migrate" in names["2026"] - names["2012"]
    assert "sqlalchemy" in names["2012"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("fastapi", "    https://www.starlette.dev/websockets/"),
        ("flask-admin", "  for: flask"),
        ("granian", "  started for: WSGI"),
        ("generated_admin", "wanted by"),
        ("werkzeug", "facts"),
    ],
)
def test_everything_has_a_page(name: str, line: str, groundplan: Program) -> None:
    told = groundplan("catalogue", "show", name, "--as-of", AS_OF)
    assert told.returncode == 0
    assert told.stdout.startswith(name)
    assert any(shown.startswith(line) for shown in told.stdout.splitlines()), told.stdout
    assert max(map(len, told.stdout.splitlines())) <= 80


def test_a_page_as_json_holds_every_provision_with_its_source(groundplan: Program) -> None:
    told = json.loads(groundplan("catalogue", "show", "django", "--as-of", AS_OF, "--format", "json").stdout)
    admin = next(found for found in told["provisions"]["wsgi"] if found["capability"] == "generated_admin")
    assert (admin["party"], admin["where"].endswith("ref/contrib/admin/")) == ("core", True)


def test_an_unknown_name_is_told_with_the_nearest(groundplan: Program) -> None:
    ended = groundplan("catalogue", "show", "djnago", "--format", "json")
    assert ended.returncode == 2
    assert ended.stderr == "catalogue: 'djnago' is not in it; write 'django'.\n"
    assert json.loads(ended.stdout)["error"]["exit_code"] == 2


def test_what_ships_passes_the_check(groundplan: Program) -> None:
    ended = groundplan("catalogue", "check", "--as-of", AS_OF)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("all traced, none expired on 2026-11-22.\n")


def test_expired_facts_fail_the_check_all_at_once(groundplan: Program) -> None:
    ended = groundplan("catalogue", "check", "--as-of", "2040", "--format", "json")
    assert ended.returncode == 2
    problems = json.loads(ended.stdout)["error"]["problems"]
    assert len(problems) > 20
    assert all("has been expired since" in found["rule"] for found in problems)


def test_a_decision_and_its_record_do_not_read_what_the_index_told(refresh: Program, groundplan: Program, tmp_path: Path) -> None:
    line = ("decide", EXAMPLE, "--format", "adr", "--as-of", AS_OF)
    before = groundplan(*line, XDG_DATA_HOME=str(tmp_path)).stdout
    assert refresh("flask").returncode == 0
    assert groundplan(*line, XDG_DATA_HOME=str(tmp_path)).stdout == before != ""
