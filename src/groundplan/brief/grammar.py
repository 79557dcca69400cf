"""The shape of a brief: every table and key, with what it says. Rows only; shapes.py gives them their meaning."""

from groundplan.brief.checks import CHECK_PATTERN, CUT_PATTERN, parse_cut, read_duration, read_rate, split_check
from groundplan.brief.fields import FIELD_PATTERN, parse_field
from groundplan.brief.judged import ANSWERS_TABLE, PRIORITIES_TABLE
from groundplan.brief.metrics import METRICS
from groundplan.brief.mistakes import GrammarError, listed
from groundplan.brief.model import NEEDS, Kind
from groundplan.brief.names import ENTITY_NAMES, FIELD_NAMES, PART_NAMES, SLUG, WORD, plain_word, refuse_taken, slug
from groundplan.brief.shapes import Choice, Key, ListOf, Named, Number, OrUnknown, Table, Tables, Text, Whole
from groundplan.units import DURATION, RATE

__all__ = ["BRIEF", "FORMAT", "HOSTS", "LEVELS", "PYTHONS"]

FORMAT = 1
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
HOSTS = ("one machine", "containers", "device", "desktop")
LEVELS = ("must", "should")

_NAME_LENGTH = 30
"""PostgreSQL cuts identifiers at 63 bytes; a table is ``<part>_<entity>``."""
_FIELD_LENGTH = 40
_LINE_LENGTH = 300


def _line(text: str) -> None:
    if not text.isprintable() or len(text) > _LINE_LENGTH:
        raise GrammarError(
            f"must be one printable line of at most {_LINE_LENGTH} characters", "shorten it and write it in one line"
        )


def _filled_line(text: str) -> None:
    _line(text)
    if not text.strip():
        raise GrammarError("is empty", "write something or leave the key out")


def _part_name(text: str) -> None:
    plain_word(text, _NAME_LENGTH)
    refuse_taken(text, PART_NAMES)


def _entity_name(text: str) -> None:
    plain_word(text, _NAME_LENGTH)
    refuse_taken(text, ENTITY_NAMES)


def _field_name(text: str) -> None:
    plain_word(text, _FIELD_LENGTH)
    refuse_taken(text, FIELD_NAMES)


LINE = Text("a text of one line", "Live sales analytics for shops", _line)
SAID = Text("a text of one line", "django", _filled_line, r"\S")
LEVEL = OrUnknown(Whole(0, 3, "level"))
COUNT = OrUnknown(Whole(0, 1_000_000_000))
FROM_ONE = OrUnknown(Whole(1, 1_000_000))
PER_SECOND = OrUnknown(Number(0, 1e9))

_LOAD_NOW = {
    "requests_per_second": Key(PER_SECOND, "Requests per second at the busiest time."),
    "open_connections": Key(COUNT, "Connections that are open at the same time, WebSockets included."),
}

PROJECT = Table(
    {
        "name": Key(
            Text("a name", "pulse", lambda text: slug(text, 40), f"^(?=.{{1,40}}$){SLUG}$"),
            "Names the project, its folder and its database.",
            required=True,
            hint='name = "…"',
        ),
        "summary": Key(LINE, "Says in one line what the product is."),
    },
    "key of [project]",
)

PART = Table(
    {
        "name": Key(
            Text("a name", "office", _part_name, f"^(?=.{{1,{_NAME_LENGTH}}}$){WORD}$", tuple(PART_NAMES)),
            "Names the part: its folder, its Python package and, for most kinds, its address.",
            required=True,
            hint='name = "…"',
        ),
        "kind": Key(
            Choice("kind", tuple(Kind)),
            "The job of the part.",
            required=True,
            hint=f"its job, kind = one of {listed(Kind)}",
        ),
        "share": Key(
            OrUnknown(Number(0, 1, above=True)),
            "Part of the product's work. All shares sum to 1; parts without one share equally what the others leave.",
        ),
        "needs": Key(
            Table({need: Key(LEVEL, f"How much the part needs {need}: 0 not at all, 3 it lives by it.") for need in NEEDS}, "need"),
            "How much the part needs what; a need that is not named is 0.",
        ),
        "requires": Key(
            ListOf(Text("a capability", "i18n", lambda _text: None)),
            "Capabilities that nothing goes without, by the words of groundplan catalogue list capabilities.",
        ),
    },
    "key of a part",
)

ENTITY = Table(
    {
        "name": Key(
            Text("a name", "sale", _entity_name, f"^(?=.{{1,{_NAME_LENGTH}}}$){WORD}$", tuple(ENTITY_NAMES)),
            "Names a thing the product keeps records of, in the singular.",
            required=True,
            hint='name = "…"',
        ),
        "fields": Key(
            Named(
                Text("a name", "amount", _field_name, f"^(?=.{{1,{_FIELD_LENGTH}}}$){WORD}$", tuple(FIELD_NAMES)),
                Text("a field", "text(80)", lambda text: parse_field("", text), FIELD_PATTERN),
                'title = "text(80)"',
                at_least=1,
            ),
            "Field name -> what the field holds, e.g. decimal(12,2) index.",
            required=True,
            hint='fields = { title = "text(80)" } or the like',
        ),
    },
    "key of an entity",
)

MUST_LOAD = Table(
    {
        "rate": Key(Text("a rate", RATE.example, read_rate, f"^{RATE.pattern}$"), "Arrivals per second, whatever the answers do."),
        "for": Key(Text("a time", "20s", read_duration, f"^{DURATION.pattern}$"), "How long the load lasts."),
        "sockets": Key(Whole(1, 1_000_000), "Connections that are held open."),
        "cut": Key(Text("a cut", "2s every 10s", parse_cut, CUT_PATTERN), "How long and how often connections are cut."),
    },
    "key of a load",
)

MUST = Table(
    {
        "id": Key(
            Text("a name", "api-p99", lambda text: slug(text, 60), f"^(?=.{{1,60}}$){SLUG}$"),
            "Names the must in verdicts.",
            required=True,
            hint='id = "…"',
        ),
        "part": Key(
            Text("the name of a part", "public", lambda _text: None),
            'The part that must hold it, or "product".',
            required=True,
            hint='part = the name of a part, or "product"',
        ),
        "metric": Key(
            Choice("metric", tuple(METRICS)),
            "What is measured.",
            required=True,
            hint=f"what is measured, metric = one of {listed(METRICS)}",
        ),
        "check": Key(
            Text("a check", "p(99) < 100ms", split_check, CHECK_PATTERN),
            "What must hold, e.g. p(99) < 100ms.",
            required=True,
            hint='check = "p(99) < 100ms" or the like',
        ),
        "load": Key(MUST_LOAD, "The load under which it must hold."),
        "level": Key(Choice("level of a must", LEVELS), "Whether it must hold (the default) or only should."),
    },
    "key of a must",
)

BRIEF = Table(
    {
        "format": Key(Whole(FORMAT, FORMAT, "format that this version reads"), "Always 1.", required=True, hint="format = 1"),
        "project": Key(PROJECT, "The product as a whole.", required=True, hint='a table [project] with name = "…"'),
        "part": Key(
            Tables("part", PART, at_least=1), "The pieces of the product.", required=True, hint="a [[part]] with name and kind"
        ),
        "entity": Key(Tables("entity", ENTITY), "The things the product keeps records of."),
        "team": Key(
            Table(
                {
                    "engineers": Key(FROM_ONE, "People who build and run it."),
                    "teams": Key(FROM_ONE, "Teams they work in; 1 when not told."),
                    "shipped": Key(
                        Named(SAID, COUNT, "django = 3"),
                        "Skill -> how many have shipped a product with it. Skills are free words; framework names are understood.",
                    ),
                    "operations": Key(LEVEL, "Who operates it: 0 nobody in particular, 3 a platform team."),
                    "first_release_weeks": Key(FROM_ONE, "Weeks until the first release."),
                },
                "key of [team]",
            ),
            "Who builds and runs it.",
        ),
        "horizon": Key(
            Table(
                {
                    "years": Key(FROM_ONE, "Years of use to plan for."),
                    "turnover": Key(
                        LEVEL, "Change of people: 0 one author, 1 a core team, 2 open community, 3 large and changing."
                    ),
                },
                "key of [horizon]",
            ),
            "How long it must live.",
        ),
        "load": Key(
            Table(
                _LOAD_NOW | {"later": Key(Table(_LOAD_NOW, "key of load.later"), "The same after the growth that is expected.")},
                "key of [load]",
            ),
            "What it must carry.",
        ),
        "policy": Key(
            Table(
                {
                    "allow": Key(ListOf(SAID, at_least=1), "The only frameworks that may be used; without it, all."),
                    "forbid": Key(ListOf(SAID), "Frameworks that may not be used."),
                },
                "key of [policy]",
            ),
            "What the organisation allows.",
        ),
        "incumbent": Key(
            Named(Text("the name of a part", "office", lambda _text: None), SAID, 'office = "flask"'),
            "Part -> the framework it is built with today.",
        ),
        "answers": Key(ANSWERS_TABLE, "Ten questions about the whole product that tell near-twins apart."),
        "priorities": Key(PRIORITIES_TABLE, "What counts more, by the ends of the scales, as the team gave it."),
        "target": Key(
            Table(
                {
                    "python": Key(Choice("Python version to build for", PYTHONS), 'The Python it will run on, "3.11" by default.'),
                    "host": Key(Choice("host", HOSTS), 'Where it will run, "one machine" by default.'),
                },
                "key of [target]",
            ),
            "Where it will run.",
        ),
        "must": Key(Tables("must", MUST), "The non-negotiables, each measured by prove."),
    },
    "table of a brief",
)
