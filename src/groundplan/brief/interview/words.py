"""What the interview says: words for needs and levels, for the ten answers, and for what nobody may give up. Rows only."""

from dataclasses import dataclass

from groundplan.brief.model import Kind

__all__ = ["ANSWER_WORDS", "AXIS_WORDS", "GROWTH", "IMPLIED", "KIND_WORDS", "NEED_WORDS", "NON_NEGOTIABLES", "OPERATIONS",
           "PART_NAMES", "TELLING", "TURNOVER", "NonNegotiable"]  # fmt: skip

Levels = tuple[str, str, str, str]

KIND_WORDS: dict[Kind, str] = {
    Kind.WEB: "pages for people, rendered on the server",
    Kind.ADMIN: "screens for staff who look after the data",
    Kind.API: "an API for programs and apps",
    Kind.REALTIME: "live push to open browsers",
    Kind.GATEWAY: "a gateway that asks many services and answers with one",
    Kind.AUTH: "sign-in for other services",
    Kind.PANEL: "a control panel on a device or in a desktop application",
    Kind.WORKER: "work in the background",
    Kind.ML_SERVING: "answers of a model",
    Kind.WEBHOOKS: "calls from other systems",
}

PART_NAMES: dict[Kind, str] = {
    Kind.WEB: "site",
    Kind.ADMIN: "backoffice",
    Kind.API: "api",
    Kind.REALTIME: "live",
    Kind.GATEWAY: "gateway",
    Kind.AUTH: "sign_in",
    Kind.PANEL: "panel",
    Kind.WORKER: "jobs",
    Kind.ML_SERVING: "model_answers",
    Kind.WEBHOOKS: "hooks",
}
"""What the interview calls a part; its owner renames it in the file."""

NEED_WORDS: dict[str, tuple[str, Levels]] = {
    "relational_data": (
        "How much related data does it keep?",
        ("none", "a table or a few", "a dozen related tables", "a rich data model is the product"),
    ),
    "admin_backoffice": (
        "How much do staff edit data on screens?",
        ("not at all", "a page of settings", "screens over several tables", "most tables; a main use"),
    ),
    "content_permissions": (
        "Who may do what?",
        ("everybody everything", "one user or a shared login", "users with roles", "rights by record, team or tenant"),
    ),
    "server_rendered_html": (
        "How much of it is pages rendered on the server?",
        ("nothing", "a shell page, a login", "many, beside a script-driven front", "the pages are the product"),
    ),
    "public_api_docs": (
        "Who uses the API by its description?",
        ("nobody", "only your own clients", "others; it is published", "the described API is what is sold"),
    ),
    "request_validation": (
        "How much structured input has to be checked?",
        ("none", "a few forms", "many structured inputs", "strict, typed input of third parties"),
    ),
    "io_fanout": (
        "How often does it wait for other services?",
        ("never", "now and then, in the background", "many calls for one action", "requests mostly wait for others"),
    ),
    "cpu_or_ml": (
        "How much does it compute?",
        ("hardly", "light computing", "heavy work in workers", "models or heavy computing behind a request"),
    ),
    "small_footprint": (
        "How small must it be?",
        ("no matter", "one plain box", "one container, nothing else to install", "it runs on a device or a desktop"),
    ),
}
"""Need -> what is asked, and what levels 0 to 3 mean."""

TELLING: dict[Kind, tuple[str, ...]] = {
    Kind.WEB: ("relational_data", "admin_backoffice", "content_permissions", "server_rendered_html"),
    Kind.ADMIN: ("relational_data", "admin_backoffice", "content_permissions"),
    Kind.API: ("relational_data", "public_api_docs", "request_validation", "io_fanout"),
    Kind.REALTIME: (),
    Kind.GATEWAY: ("public_api_docs", "request_validation"),
    Kind.AUTH: ("content_permissions", "small_footprint"),
    Kind.PANEL: ("server_rendered_html", "small_footprint"),
    Kind.WORKER: ("relational_data", "cpu_or_ml"),
    Kind.ML_SERVING: ("request_validation",),
    Kind.WEBHOOKS: ("request_validation", "io_fanout"),
}
"""The needs that tell frameworks apart for a kind of part; the others stay 0 until somebody writes them."""

IMPLIED: dict[Kind, dict[str, int]] = {
    Kind.REALTIME: {"websockets_or_streaming": 3},
    Kind.GATEWAY: {"io_fanout": 3},
    Kind.ML_SERVING: {"cpu_or_ml": 3},
}
"""Needs that a kind has by being one."""

ANSWER_WORDS: dict[str, tuple[str, dict[int | str, str]]] = {
    "existing_code": (
        "Is there code that has to stay or be joined?",
        {"none": "no", "sync": "yes, synchronous", "async": "yes, asynchronous", "mixed": "yes, both kinds"},
    ),
    "keep_existing": (
        "How much of it stays?",
        {0: "nothing, it is rewritten", 1: "its logic", 2: "all but the web layer", 3: "it goes on as it is, or beside the new"},
    ),
    "leave_incumbent": (
        "Does the team want to leave the framework of today?",
        {0: "no", 1: "a little", 2: "yes", 3: "yes, it must go"},
    ),
    "existing_data_layer": (
        "What does that code keep its data with?",
        {"none": "nothing of the kind", "django-orm": "Django's models", "sqlalchemy": "SQLAlchemy", "other": "something else"},
    ),
    "staff_screens": (
        "What do staff work with?",
        {"none": "there is no staff", "generated": "plain screens made from the tables", "custom": "screens of the product's own"},
    ),
    "typed_clients": (
        "How do clients get to know the API?",
        {0: "they are told", 1: "they read about it", 2: "several clients build on a schema", 3: "clients are generated from it"},
    ),
    "embedded": (
        "Where does it live?",
        {"no": "by itself", "library": "in a library or command that others install",
         "event-loop": "in an event loop that runs already", "device-or-desktop": "on a device or in a desktop application"},
    ),
    "third_party_extensions": (
        "What do others add to it?",
        {0: "nothing", 1: "hooks and providers", 2: "pages or routes now and then", 3: "whole applications with their own data"},
    ),
    "identity": (
        "Who signs in?",
        {"none": "nobody, or one shared password", "own-users": "users of its own", "external": "users of another provider",
         "shared": "it signs people in to other services"},
    ),
    "background_jobs": (
        "How much work goes on outside requests?",
        {0: "none", 1: "some", 2: "a part of its own", 3: "the product is about it"},
    ),
}  # fmt: skip
"""Question -> what is asked, and each answer in words."""

OPERATIONS: Levels = ("nobody in particular", "one of the developers", "somebody whose job it is", "a platform team")
TURNOVER: Levels = ("one author stays", "a core team", "people come and go", "many, and always others")
GROWTH: tuple[tuple[int, str], ...] = ((1, "none"), (3, "about three times"), (10, "about ten times"), (100, "a hundred times"))

AXIS_WORDS = {
    "scope": "scope and complexity",
    "team": "team and velocity",
    "performance": "performance and scale",
    "horizon": "long-term maintenance",
}


@dataclass(frozen=True, slots=True)
class NonNegotiable:
    """A must as the interview offers it. limit: what is asked for its figure (None: it has none), with unit and usual figure.

    check and load hold ``{limit}``, ``{rate}`` and ``{sockets}`` where figures go.
    """

    id: str
    metric: str
    words: str
    check: str
    load: str = ""
    limit: tuple[str, str, float] | None = None


NON_NEGOTIABLES: tuple[NonNegotiable, ...] = (
    NonNegotiable(
        "fast",
        "latency",
        "answers come within a time",
        "p(99) < {limit}ms",
        '{ rate = "{rate}/s", for = "20s" }',
        ("Within how many milliseconds, for 99 of 100 requests?", "ms", 100),
    ),
    NonNegotiable("reliable", "errors", "hardly a request fails", "<= 0.1%", '{ rate = "{rate}/s", for = "20s" }'),
    NonNegotiable(
        "nothing-lost",
        "events_lost",
        "no live message is lost, even when connections break",
        "= 0",
        '{ sockets = {sockets}, cut = "2s every 10s", for = "30s" }',
    ),
    NonNegotiable(
        "prompt",
        "delivery",
        "live messages arrive within a time",
        "p(99) < {limit}ms",
        '{ sockets = {sockets}, for = "30s" }',
        ("Within how many milliseconds after the change, for 99 of 100 messages?", "ms", 500),
    ),
    NonNegotiable(
        "small",
        "memory",
        "a process stays below some memory",
        "< {limit}MB",
        "",
        ("Below how many megabytes?", "MB", 80),
    ),
)
