"""One start of a project: services, preparation, processes, front door; and the way back."""

import shutil
import time
from collections.abc import Mapping
from pathlib import Path

from groundplan_runtime.errors import PrepareError
from groundplan_runtime.manifest import Project
from groundplan_runtime.runner import frontdoor
from groundplan_runtime.runner.console import Console
from groundplan_runtime.runner.plan import Plan, make_plan
from groundplan_runtime.runner.processes import Child, Command, Supervisor
from groundplan_runtime.runner.readiness import answers, door_answers, wait_until
from groundplan_runtime.runner.services import Services
from groundplan_runtime.runner.state import Recorded, RunFolder, State

__all__ = ["Start"]


class Start:
    """What runs, in the order it was started; every process is on record before the next one starts."""

    def __init__(self, project: Project, data_dir: Path, base: Mapping[str, str], console: Console, folder: RunFolder) -> None:
        """Prepare; nothing runs yet. base: the variables for all processes."""
        self.project = project
        self.logs = data_dir / "logs"
        self.supervisor = Supervisor(self.logs, console.line)
        self.services: list[Child] = []
        self.serving: list[Child] = []
        self.door: list[Child] = []
        self.base = dict(base)
        self._data_dir = data_dir
        self._console = console
        self._folder = folder
        self._state = State(Recorded.this_process("runner"), "")

    def start_services(self) -> None:
        """Start PostgreSQL and Valkey and lead the project to them."""
        begin = time.monotonic()
        services = Services.below(self._data_dir, self.project.name)
        for server in (services.database, services.events):
            child = server.start(self.supervisor)
            self._state.scratch = services.scratch
            self.services.append(self._record(child))
        services.wait(self.supervisor, self.services)
        self.base |= services.settings
        self._console.step("services", time.monotonic() - begin)

    def plan(self, layout: str, port: int, *, access_log: bool) -> Plan:
        """Decide processes and ports; from here on the start has its address."""
        plan = make_plan(self.project, layout, port, self.base, access_log=access_log)
        self._state.instance, self._state.url = plan.instance, plan.url
        self._console.expect([planned.name for planned in plan.processes])
        return plan

    def prepare(self, plan: Plan, accounts: Path | None) -> None:
        """Bring the database up to date. Raises PrepareError with the last words of what failed."""
        if not any(part.prepare for part in self.project.parts):
            return
        begin = time.monotonic()
        child = self._started(plan.preparation(accounts))
        if self.supervisor.finish(child) != 0:
            words = "".join(f"\n    {line}" for line in child.tail) or " nothing"
            raise PrepareError(f"the database could not be prepared; the log {child.log} ends with:{words}")
        self._console.step("prepare", time.monotonic() - begin)

    def serve(self, plan: Plan) -> None:
        """Start all processes at once and wait until each answers with the id of this start; then open the front door."""
        begin = time.monotonic()
        for planned in plan.processes:
            self.serving.append(self._started(plan.command(planned)))
        wait_until(self.supervisor, self.serving, lambda child: answers(child.command.port, plan.instance))
        if plan.needs_door:
            text = frontdoor.caddyfile(plan.port, plan.instance, plan.routes(), behind_tls=plan.behind_tls)
            self.door = [self._record(frontdoor.start(self.supervisor, self._folder.path, text, plan.port))]
            wait_until(self.supervisor, self.door, lambda child: door_answers(child.command.port, plan.instance))
        self._console.step("start", time.monotonic() - begin)

    def stop(self) -> None:
        """Stop everything in reverse order and forget the record."""
        last = [*self.serving, *self.door]
        self.supervisor.stop(self.door)
        self.supervisor.stop(self.serving)
        self.supervisor.stop([child for child in self.supervisor.children if child not in last])  # services, preparation
        for folder in self._state.scratch:
            shutil.rmtree(folder, ignore_errors=True)
        self._folder.forget()

    def _started(self, command: Command) -> Child:
        return self._record(self.supervisor.start(command))

    def _record(self, child: Child) -> Child:
        self._state.processes.append(Recorded.of(child.command.name, child.pid, child.command.stop_signal))
        self._folder.save(self._state)
        return child
