"""What one process shares."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan_runtime.current import Runtime, channels, current, use
from runtime.identity.conftest import Run
from runtime.identity.site_files import Site, write_project


@pytest.fixture(autouse=True)
def no_runtime() -> Iterator[None]:
    use(None)
    yield
    use(None)
    for name in [name for name in sys.modules if name == "contracts" or name.startswith("contracts.")]:
        del sys.modules[name]


def test_is_built_once_from_the_projects_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GROUNDPLAN_ROOT", raising=False)
    assert current() is current()
    assert current().settings.root == tmp_path.resolve()


def test_use_replaces_it(tmp_path: Path) -> None:
    mine = Runtime(write_project(tmp_path))
    use(mine)
    assert current() is mine


def test_a_start_refuses_a_project_that_was_not_prepared(tmp_path: Path, run: Run) -> None:
    with pytest.raises(Exception, match="export_identity"):
        run(Runtime(write_project(tmp_path)).start())


def test_starts_and_stops_with_a_gateway_and_again(sqlite: Site, run: Run) -> None:
    runtime = Runtime(sqlite.settings)

    async def twice() -> None:
        assert runtime.gateway is runtime.gateway
        for _ in range(2):
            await runtime.start()
            assert await runtime.database.fetch("SELECT 1") == [(1,)]
            await runtime.stop()

    run(twice())


def test_a_stop_of_what_was_never_used_does_nothing(tmp_path: Path, run: Run) -> None:
    run(Runtime(write_project(tmp_path)).stop())


def test_a_project_without_channels_has_none() -> None:
    assert channels() == {}


def test_channels_come_from_the_projects_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "channels.py").write_text('CHANNELS = {"sale": "office.view_sale"}\n')
    monkeypatch.syspath_prepend(str(tmp_path))
    assert channels() == {"sale": "office.view_sale"}


def test_a_mistake_inside_the_contract_is_not_hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "channels.py").write_text("import no_such_module_anywhere\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="no_such_module_anywhere"):
        channels()
