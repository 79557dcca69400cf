"""Every error a generated project stops for: one sentence and an exit code.

ProjectError                          exit 1
├── WrongInputError                   exit 2   what the owner wrote is wrong; nothing was started
│   ├── SettingsError                          a value of the environment or of .env
│   ├── ManifestError                          project.toml, or a layout asked for
│   └── UsageError                             a flag, or a combination of flags
└── EnvironmentFailedError            exit 4   the machine lacks something, or something died
    ├── PortTakenError                         somebody else listens there
    ├── MissingProgramError                    a program or package is not installed
    ├── PartDiedError                          a process ended by itself
    ├── ServiceError                           PostgreSQL, Valkey or the front door did not start
    ├── NotReadyError                          a process lives but did not answer in time
    ├── PrepareError                           bringing the database up to date failed
    ├── SetupError                             installing failed; nothing half-made stays
    └── AlreadyRunningError                    this folder already runs a copy
"""

__all__ = [
    "AlreadyRunningError",
    "EnvironmentFailedError",
    "ManifestError",
    "MissingProgramError",
    "NotReadyError",
    "PartDiedError",
    "PortTakenError",
    "PrepareError",
    "ProjectError",
    "ServiceError",
    "SettingsError",
    "SetupError",
    "UsageError",
    "WrongInputError",
]


class ProjectError(Exception):
    """Anything a project stops for on purpose."""

    exit_code = 1


class WrongInputError(ProjectError):
    """What the owner wrote is wrong. Nothing was started."""

    exit_code = 2


class SettingsError(WrongInputError):
    """A setting has a value that cannot be used; the message names variable, rule and remedy."""


class ManifestError(WrongInputError):
    """``project.toml`` breaks a rule, or names a layout that does not exist."""


class UsageError(WrongInputError):
    """A command was called with flags that do not fit together."""


class EnvironmentFailedError(ProjectError):
    """The machine lacks something: a free port, a program, the package index, a process that stays alive."""

    exit_code = 4


class PortTakenError(EnvironmentFailedError):
    """Another program listens on the port. ``port`` is its number."""

    def __init__(self, message: str, port: int) -> None:
        """Keep the number beside the sentence."""
        self.port = port
        super().__init__(message)


class MissingProgramError(EnvironmentFailedError):
    """A program or package that this command needs is not installed."""


class PartDiedError(EnvironmentFailedError):
    """A process ended by itself. ``process``, ``code`` (negative: signal) and ``log`` (path) say which, how and where."""

    def __init__(self, message: str, process: str, code: int, log: str) -> None:
        """Keep what happened beside the sentence."""
        self.process = process
        self.code = code
        self.log = log
        super().__init__(message)


class ServiceError(EnvironmentFailedError):
    """PostgreSQL, Valkey or the front door did not start."""


class NotReadyError(EnvironmentFailedError):
    """A process lives but did not answer its health address in time."""


class PrepareError(EnvironmentFailedError):
    """A part could not bring the database up to date."""


class SetupError(EnvironmentFailedError):
    """Installing the packages failed. Nothing half-made stays behind."""


class AlreadyRunningError(EnvironmentFailedError):
    """This folder already runs a copy of the project."""
