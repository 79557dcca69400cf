"""PostgreSQL and Valkey for one run, started from wheels below the data folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from groundplan_runtime.runner.postgresql import PostgreSQL
from groundplan_runtime.runner.processes import Child, Supervisor
from groundplan_runtime.runner.readiness import wait_until
from groundplan_runtime.runner.valkey import Valkey

__all__ = ["Services"]


@dataclass(frozen=True, slots=True)
class Services:
    """Both servers. Making it finds the programs and starts nothing."""

    database: PostgreSQL
    events: Valkey

    @classmethod
    def below(cls, data_dir: Path, database: str) -> "Services":
        """Give the servers of one data folder. Raises MissingProgramError when a wheel is not installed."""
        return cls(PostgreSQL(data_dir, database), Valkey(data_dir))

    @property
    def settings(self) -> Mapping[str, str]:
        """Give the variables that lead the project to them."""
        return {"DATABASE_URL": self.database.url, "EVENTS_URL": self.events.url}

    @property
    def scratch(self) -> list[str]:
        """Give the folders outside the data folder, to be removed afterwards."""
        return [str(folder) for folder in (*self.database.scratch, *self.events.scratch)]

    def wait(self, supervisor: Supervisor, children: list[Child]) -> None:
        """Wait until both answer."""
        tests = {self.database.name: self.database.ready, self.events.name: self.events.ready}
        wait_until(supervisor, children, lambda child: tests[child.command.name]())
