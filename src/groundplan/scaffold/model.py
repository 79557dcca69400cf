"""The plan as a value: files that would be written."""

from dataclasses import dataclass

__all__ = ["FileClass", "Plan", "PlannedFile"]

FileClass = str
"""``yours`` (edit freely), ``vendored`` (runtime, unedited), ``record`` (brief, plan, hashes)."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file. path: relative, posix. executable: whether it gets mode 755 instead of 644."""

    path: str
    content: bytes
    owner: FileClass = "yours"
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All files of a project, sorted by path; same brief, decision and tool version give the same bytes."""

    project: str
    files: tuple[PlannedFile, ...]
