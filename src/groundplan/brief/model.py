"""The brief as a value: what a project needs, stated by its team. Nothing here reads a file."""

from dataclasses import field
from enum import StrEnum

from groundplan.records import dataclass

__all__ = [
    "ANSWERS",
    "AXES",
    "NEEDS",
    "Brief",
    "Check",
    "Comparison",
    "Entity",
    "Field",
    "FieldType",
    "Horizon",
    "Kind",
    "Load",
    "LoadPlan",
    "Must",
    "Part",
    "Policy",
    "Target",
    "Team",
]


class Kind(StrEnum):
    """The job of a part."""

    WEB = "web"
    ADMIN = "admin"
    API = "api"
    REALTIME = "realtime"
    GATEWAY = "gateway"
    AUTH = "auth"
    PANEL = "panel"
    WORKER = "worker"
    ML_SERVING = "ml-serving"
    WEBHOOKS = "webhooks"


AXES = ("scope", "team", "performance", "horizon")

NEEDS = (
    "relational_data",
    "admin_backoffice",
    "content_permissions",
    "server_rendered_html",
    "spa_frontend",
    "public_api_docs",
    "request_validation",
    "websockets_or_streaming",
    "io_fanout",
    "cpu_or_ml",
    "small_footprint",
    "plugins_extensibility",
)
"""The twelve needs of a part, each a level 0-3 or unknown."""

ANSWERS: dict[str, tuple[int | str, ...]] = {
    "existing_code": ("none", "sync", "async", "mixed"),
    "keep_existing": (0, 1, 2, 3),
    "leave_incumbent": (0, 1, 2, 3),
    "existing_data_layer": ("none", "django-orm", "sqlalchemy", "other"),
    "staff_screens": ("none", "generated", "custom"),
    "typed_clients": (0, 1, 2, 3),
    "embedded": ("no", "library", "event-loop", "device-or-desktop"),
    "third_party_extensions": (0, 1, 2, 3),
    "identity": ("none", "own-users", "external", "shared"),
    "background_jobs": (0, 1, 2, 3),
}
"""Questions about the whole product that tell near-twins apart, each with its possible answers."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the product with a job of its own.

    share: part of the product's work, in (0, 1]; the shares of a brief sum to 1.
    needs: need -> level 0-3; None means that the team does not know. A need that is not named is 0.
    requires: capabilities of the catalogue that nothing goes without, whatever the needs say.
    """

    name: str
    kind: Kind
    share: float
    needs: dict[str, int | None] = field(default_factory=dict)
    requires: tuple[str, ...] = ()


class FieldType(StrEnum):
    """What a field of an entity holds."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    EMAIL = "email"
    URL = "url"
    CHOICE = "choice"
    REFERENCE = "ref"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity, parsed from a text such as ``decimal(12,2) index``.

    length: most characters of a text (None: unbounded). digits, places: of a decimal. choices: of a choice.
    target: entity that a reference points at. default: as written in the brief, already of the field's Python type's
    text form; None when there is none.
    """

    name: str
    type: FieldType
    length: int | None = None
    digits: int | None = None
    places: int | None = None
    choices: tuple[str, ...] = ()
    target: str | None = None
    null: bool = False
    unique: bool = False
    index: bool = False
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """A thing the product keeps records of; singular snake_case name."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Team:
    """Who builds and runs it.

    shipped: skill -> engineers who have shipped with it; None: the team does not know. operations: 0 none .. 3 platform team.

    None: the team did not say.
    """

    engineers: int | None = None
    teams: int = 1
    shipped: dict[str, int | None] = field(default_factory=dict)
    operations: int | None = None
    first_release_weeks: int | None = None


@dataclass(frozen=True, slots=True)
class Horizon:
    """How long it must live. years: of use. turnover: 0 one author .. 3 large and changing."""

    years: int | None = None
    turnover: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What it must carry: requests per second and connections open at the same time. later: the same after growth."""

    requests_per_second: float | None = None
    open_connections: int | None = None
    later: "Load | None" = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organisation allows. allow: None means everything that is not forbidden."""

    allow: tuple[str, ...] | None = None
    forbid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where it will run. host: one machine, containers, device or desktop."""

    python: str = "3.11"
    host: str = "one machine"


class Comparison(StrEnum):
    """How a measured value is held against its limit."""

    BELOW = "<"
    AT_MOST = "<="
    EQUAL = "="
    AT_LEAST = ">="
    ABOVE = ">"


@dataclass(frozen=True, slots=True)
class Check:
    """``p(99) < 100ms`` or ``= 0``.

    percentile: in (0, 100), None for a count. limit: in ``unit`` (``s``, ``1``, ``B``, ``1/s``). text: as written.
    """

    comparison: Comparison
    limit: float
    unit: str
    percentile: float | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """The load of one must. rate: arrivals per second. duration, cut_seconds, cut_every: seconds. sockets: held open."""

    rate: float | None = None
    duration: float | None = None
    sockets: int | None = None
    cut_seconds: float | None = None
    cut_every: float | None = None


@dataclass(frozen=True, slots=True)
class Must:
    """A non-negotiable of the product (part None) or of one part. level: must or should."""

    id: str
    part: str | None
    metric: str
    check: Check
    load: LoadPlan = LoadPlan()
    level: str = "must"


@dataclass(frozen=True, slots=True)
class Brief:
    """What a project needs. source: where it was read from, for messages. text: the file as the team wrote it.

    answers: question of `ANSWERS` -> level or word; None, or no entry, means that the team does not know. priorities: place or gap
    -> axis or distance. choices: pairs of criteria, the first counts at least as much as the second.
    """

    name: str
    summary: str
    parts: tuple[Part, ...]
    entities: tuple[Entity, ...] = ()
    team: Team = Team()
    horizon: Horizon = Horizon()
    load: Load = Load()
    policy: Policy = Policy()
    target: Target = Target()
    musts: tuple[Must, ...] = ()
    incumbent: dict[str, str] = field(default_factory=dict)
    priorities: dict[str, str] = field(default_factory=dict)
    choices: tuple[tuple[str, str], ...] = ()
    answers: dict[str, int | str | None] = field(default_factory=dict)
    source: str = "<brief>"
    text: str = ""
