"""``manage.py export_identity``: tells the other parts how to recognise a sign-in."""

import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groundplan_runtime.adapters.django.identity import check_identity, describe
from groundplan_runtime.current import current
from groundplan_runtime.identity.contract import dump_contract

__all__ = ["Command"]


class Command(BaseCommand):
    """Writes data/identity.json, whole or not at all; refuses what other parts could not read safely."""

    help = "Write data/identity.json, from which the other parts learn how to recognise a sign-in."
    requires_system_checks = ()  # it runs the one that matters itself, so that a start is not slowed by all of them

    def handle(self, **_options: Any) -> None:
        """Check, then write."""
        findings = check_identity()
        if findings:
            raise CommandError("\n".join(f"{finding.msg} {finding.hint}" for finding in findings), returncode=2)
        path = current().settings.identity_file
        _write(path, dump_contract(describe()))
        self.stdout.write(f"Wrote {path}.")


def _write(path: Path, text: str) -> None:
    """Replace the file in one step, so that a part that starts meanwhile reads the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".identity-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
