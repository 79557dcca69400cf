"""What was said in an interview, kept in a file beside the brief until the brief is written."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundplan.brief.interview import Said
from groundplan.brief.interview.readers import Value
from groundplan.errors import InputError, Problem

__all__ = ["Kept"]


@dataclass
class Kept:
    """Answers so far. seconds: what the person has taken for them."""

    path: Path
    said: Said = field(default_factory=dict)
    seconds: float = 0.0

    @classmethod
    def beside(cls, target: Path) -> "Kept":
        """Give what was kept for a brief, which may be nothing. Raises InputError for a file that is none of ours."""
        path = target.with_name(f".{target.name}.interview")
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(path)
        except ValueError:
            found = None
        if not _is_ours(found):
            remedy = "delete it to start the interview anew"
            raise InputError(str(Problem(str(path), "the file", "does not hold what an interview keeps", remedy)))
        return cls(path, found["said"], found["seconds"])

    def add(self, key: str, value: Value, seconds: float) -> None:
        """Keep an answer, on disk as well."""
        self.said[key] = value
        self.seconds += seconds
        self._save()

    def forget(self, key: str) -> None:
        """Let an answer be asked for again."""
        del self.said[key]
        self._save()

    def remove(self) -> None:
        """Take the file away."""
        self.path.unlink(missing_ok=True)

    def _save(self) -> None:
        """Write the file whole or not at all."""
        staging = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        staging.write_text(json.dumps({"said": self.said, "seconds": self.seconds}), encoding="utf-8")
        staging.replace(self.path)


def _is_ours(found: Any) -> bool:
    if not isinstance(found, dict) or not isinstance(found.get("said"), dict) or not isinstance(found.get("seconds"), int | float):
        return False
    return all(_is_value(value) for value in found["said"].values())


def _is_value(value: object) -> bool:
    if isinstance(value, list):
        return all(isinstance(item, str) for item in value)
    if isinstance(value, dict):
        return all(isinstance(count, int) for count in value.values())
    return value is None or isinstance(value, str | int | float)
