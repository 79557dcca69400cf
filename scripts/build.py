"""What a wheel, and an editable installation, hold beside the files of the repository: the catalogue, parsed.

Hatchling calls it; see ``[tool.hatch.build.hooks.custom]``. Groundplan's own modules for it need the standard library only.
"""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Writes the parsed catalogue into the package; the version control leaves it out."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write it, and have it taken along although it is in no repository."""
        del version  # the same for every kind of build
        sys.path.insert(0, str(Path(self.root) / "src"))
        from groundplan.catalogue.parsed import FILE, written  # noqa: PLC0415 -- only now it can be found

        place = Path("src", "groundplan", "catalogue", "data", FILE)
        (Path(self.root) / place).write_text(written(), encoding="utf-8")
        build_data["artifacts"].append(f"/{place.as_posix()}")
