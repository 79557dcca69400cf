"""Brings the database up to date: calls every part's ``prepare`` in one short process, before anything serves.

``python -m groundplan_runtime.runner.prepare [--parent PID]``. Accounts to add stand in a file named by GROUNDPLAN_ACCOUNTS;
the part that owns accounts reads it.
"""

import argparse
import signal
import sys
from collections.abc import Sequence

from groundplan_runtime.compose import load_object
from groundplan_runtime.errors import ProjectError
from groundplan_runtime.manifest import load_project
from groundplan_runtime.runner.leash import die_with_parent
from groundplan_runtime.settings import Settings

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare all parts, in the order of the manifest."""
    parser = argparse.ArgumentParser(prog="python -m groundplan_runtime.runner.prepare")
    parser.add_argument("--parent", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.parent:
        die_with_parent(signal.SIGTERM, options.parent)
    try:
        _prepare()
    except ProjectError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(error.exit_code) from error


def _prepare() -> None:
    settings = Settings.load()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    for part in load_project(settings.root).parts:
        if part.prepare is not None:
            load_object(f"part {part.name} prepare", part.prepare)()


if __name__ == "__main__":
    main()
