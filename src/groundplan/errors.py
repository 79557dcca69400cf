"""Every error that Groundplan raises on purpose.

GroundplanError
├── InputError               exit 2   what the user gave is wrong; nothing was written
│   ├── BriefError                    one or more problems of a brief, all at once
│   ├── CatalogueError                one or more problems of the catalogue's files, all at once
│   ├── NoArchitectureError           the non-negotiables leave no architecture
│   ├── NotBuildableError             no template for a (kind, framework) of the decision
│   └── TargetError                   the folder to write to is not usable
└── MachineError             exit 4   the machine lacks something: port, program, index, a part that died
"""

from collections.abc import Sequence

from groundplan.records import dataclass

__all__ = [
    "BriefError",
    "CatalogueError",
    "GroundplanError",
    "InputError",
    "MachineError",
    "NoArchitectureError",
    "NotBuildableError",
    "Problem",
    "TargetError",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in something the user wrote.

    place: file, line (1-based, when known) and key, e.g. ``brief.toml:12 part.live.needs.websockets``.
    value: what stands there, as the user would recognise it. rule: what must hold. remedy: what to do about it.
    """

    place: str
    value: str
    rule: str
    remedy: str

    def __str__(self) -> str:
        """Give the problem as one sentence."""
        return f"{self.place}: {self.value} {self.rule}; {self.remedy}."


class GroundplanError(Exception):
    """Anything Groundplan stops for, as one sentence and an exit code."""

    exit_code = 1


class InputError(GroundplanError):
    """What the user gave is wrong. Nothing was written."""

    exit_code = 2


class BriefError(InputError):
    """A brief with problems. ``problems`` holds all of them, in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Collect the problems; the message is one line for each."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class CatalogueError(InputError):
    """Files of the catalogue that break their schema, disagree or are out of date. ``problems`` holds all of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Collect the problems; the message is one line for each."""
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class NoArchitectureError(InputError):
    """The non-negotiables leave no architecture. The message names the facts that screened the last ones out."""


class NotBuildableError(InputError):
    """The decided architecture holds a (kind, framework) pair that has no template yet."""


class TargetError(InputError):
    """The folder to write to is not usable: not empty, not writable, or inside another project."""


class MachineError(GroundplanError):
    """The machine lacks something: a free port, a program, the package index, a part that stays alive."""

    exit_code = 4
