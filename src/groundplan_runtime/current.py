"""What one process of a project shares between its parts: settings, database, identity and gateway, each built on first use."""

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, cast

from groundplan_runtime.database import Database, open_database
from groundplan_runtime.identity import Identity
from groundplan_runtime.manifest import load_project
from groundplan_runtime.settings import Settings

if TYPE_CHECKING:
    from groundplan_runtime.gateway import Gateway

__all__ = ["Runtime", "channels", "current", "use"]


class Runtime:
    """The shared things of this process. ``settings`` is read at once; the rest when a part first asks for it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def database(self) -> Database:
        """The project's database, for the runtime's own small statements."""
        return open_database(self.settings.database_url)

    @cached_property
    def identity(self) -> Identity:
        """Who a request comes from."""
        return Identity(self.settings, self.database)

    @cached_property
    def gateway(self) -> "Gateway":
        """What serves live sockets. Only a project with a realtime part carries that package."""
        module = import_module("groundplan_runtime.gateway")
        gateway = module.Gateway(
            database=self.database,
            identity=self.identity,
            channels=channels(),
            events_url=self.settings.events_url,
            doorbell=self.settings.doorbell,
        )
        return cast("Gateway", gateway)

    async def start(self) -> None:
        """Refuse early what would fail later, and start the gateway if a part of this process has asked for it."""
        if self._signs_in():
            self.identity.check()
        if "gateway" in self.__dict__:
            await self.gateway.start()

    def _signs_in(self) -> bool:
        """Tell whether the project has a part that people sign in at; without one there is nothing to recognise."""
        return any(part.framework == "django" for part in load_project(self.settings.root).parts)

    async def stop(self) -> None:
        """Stop what was built, in reverse order. The runtime can be started again afterwards."""
        if "gateway" in self.__dict__:
            await self.gateway.stop()
        if "database" in self.__dict__:
            await self.database.close()


def channels() -> Mapping[str, str]:
    """Give channel -> permission that a subscription needs, from the project's contracts/channels.py; {} without it."""
    try:
        module = import_module("contracts.channels")
    except ModuleNotFoundError as error:
        if error.name not in {"contracts", "contracts.channels"}:
            raise
        return {}
    return cast("Mapping[str, str]", module.CHANNELS)


class _Process:
    """The one runtime of this process, once somebody asked for it."""

    runtime: Runtime | None = None


def current() -> Runtime:
    """Give this process's runtime, built from the project's settings at the first call."""
    if _Process.runtime is None:
        _Process.runtime = Runtime(Settings.load())
    return _Process.runtime


def use(runtime: Runtime | None) -> None:
    """Make ``runtime`` the current one; None forgets it. For tests and for programs that hold several projects."""
    _Process.runtime = runtime
