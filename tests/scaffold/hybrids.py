"""Briefs and decisions made by hand, so that the scaffold is tested without the room that decides."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from groundplan.brief import parse
from groundplan.brief.model import Brief
from groundplan.decision.model import Architecture, Decision, Rated, Stack, Topology
from groundplan.scaffold import Template, buildable

EXAMPLES = Path(__file__).parents[2] / "examples"

# One entity with every type of field and every modifier, one that refers to it, and one that refers to itself.
EVERYTHING = """
format = 1
[project]
name = "every-thing"
summary = "Every type of field"
{parts}
[[entity]]
name = "order_line"
fields = {{ order = "ref(order)", twin = "ref(order_line) null", note = "text null", good = "choice(big,very_small) null" }}
[[entity]]
name = "order"
fields = {{ title = "text(80) unique", body = "text", count = "integer index default=3", price = "decimal(12,2) default=1.50", rate = "decimal(2,2)", paid = "boolean default=false", day = "date default=now", since = "date default=2026-01-31", at = "datetime default=now", until = "datetime null default=2026-01-31T09:00:00Z", mail = "email null", page = "url default=https://example.com/", status = "choice(new,sent) default=new index" }}
[[entity]]
name = "category"
fields = {{ name = "text(40)", first = "ref(order)", last = "ref(order) null" }}
"""  # noqa: E501  TOML has one line per inline table


def example(name: str) -> Brief:
    """Read one of the examples."""
    path = EXAMPLES / f"{name}.toml"
    return parse(path.read_text(), path.name)


def everything(*kinds: str) -> Brief:
    """Give a brief with every type of field and a part for each kind, named part_1, part_2 and so on."""
    parts = "\n".join(f'[[part]]\nname = "part_{number}"\nkind = "{kind}"' for number, kind in enumerate(kinds, start=1))
    return parse(EVERYTHING.format(parts=parts), "everything.toml")


def decided(brief: Brief, *templates: Template, topology: str = "split") -> Decision:
    """Decide by hand: the stack of each template for the parts, in order."""
    pairs = zip(brief.parts, templates, strict=True)
    stacks = {part.name: Stack(template.framework, template.addons, "any", template.interface) for part, template in pairs}
    chosen = Rated(Architecture(stacks, Topology(topology, {})), 0.75, ())
    return Decision(brief.name, "2026-11-22", "by hand", (chosen,), (), (), None)


def shelf(kind: str) -> list[Template]:
    """Give all templates of one kind."""
    return [template for template in buildable() if template.kind == kind]


def combinations() -> Iterator[tuple[Template, ...]]:
    """Give every choice of one template for each of web, api and realtime, and every template that can stand alone."""
    yield from product(shelf("web"), shelf("api"), shelf("realtime"))
    for template in buildable():
        if template.owns or (template.framework != "django" and template.kind != "realtime"):
            yield (template,)
