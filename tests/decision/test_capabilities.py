"""Every capability takes stacks out of one brief and of another it does not."""

from dataclasses import replace

import pytest

from groundplan.brief.model import Brief, Kind, Part, Policy, Team
from groundplan.catalogue import Catalogue, load
from groundplan.catalogue.model import NeedLine
from groundplan.decision import ScreenedOut, decide
from groundplan.decision.relaxing import relaxed
from groundplan.decision.screening import constraints, screen
from groundplan.decision.situation import situation
from groundplan.errors import BriefError, NoArchitectureError

AS_OF = "2026-11-22"
KNOWN = load()
REQUIRED = [line for line in KNOWN.need_lines if line.required_at]


def brief_for(part: Part, capability: str) -> Brief:
    """Give a brief whose organisation allows no add-on that would bring the capability."""
    bringing = tuple(addon.name for addon in KNOWN.addons if capability in addon.provisions)
    return Brief("one", "", (part,), team=Team(4, 1, {"flask": 2}), policy=Policy(forbid=bringing))


def taken_out(part: Part, capability: str, catalogue: Catalogue) -> list[ScreenedOut]:
    sieve = screen(situation(brief_for(part, capability), catalogue, AS_OF))
    return [row for row in sieve.screened_out if row.fact.startswith(f"no {capability} ")]


def lacking_somewhere(capability: str) -> Catalogue:
    """Give the catalogue; where every framework has the capability, one in which Flask has not."""
    provisions = [found for one in KNOWN.frameworks for held in one.provisions.values() for found in held.values()]
    if any(found.capability == capability and found.party == "absent" for found in provisions):
        return KNOWN
    flask = KNOWN.framework("flask")
    without = {name: held | {capability: replace(held[capability], party="absent")} for name, held in flask.provisions.items()}
    return replace(KNOWN, frameworks=tuple(replace(one, provisions=without) if one is flask else one for one in KNOWN.frameworks))


@pytest.mark.parametrize("capability", KNOWN.capabilities)
def test_a_brief_that_requires_a_capability_screens_by_it_and_one_that_does_not_does_not(capability: str) -> None:
    catalogue = lacking_somewhere(capability)
    required = taken_out(Part("only", Kind.API, 1.0, requires=(capability,)), capability, catalogue)
    assert required
    assert {row.constraint for row in required} == {f"part only requires {capability}"}
    assert not taken_out(Part("only", Kind.API, 1.0), capability, catalogue)


@pytest.mark.parametrize("line", REQUIRED, ids=lambda line: f"{line.need}-{line.capability}")
def test_a_need_screens_from_the_level_on_that_the_table_says(line: NeedLine) -> None:
    catalogue = lacking_somewhere(line.capability)
    level = {at: taken_out(Part("only", Kind.API, 1.0, {line.need: at}), line.capability, catalogue) for at in range(4)}
    assert [bool(level[at]) for at in range(4)] == [at >= line.required_at for at in range(4)]
    assert all(row.constraint.startswith(f"{line.need} = ") for rows in level.values() for row in rows)


@pytest.mark.parametrize(
    "line", [line for line in KNOWN.need_lines if not line.required_at], ids=lambda line: f"{line.need}-{line.capability}"
)
def test_a_line_without_such_a_level_counts_in_value_alone(line: NeedLine) -> None:
    elsewhere = any(other.required_at and (other.need, other.capability) == (line.need, line.capability) for other in REQUIRED)
    rows = taken_out(Part("only", Kind.API, 1.0, {line.need: 3}), line.capability, lacking_somewhere(line.capability))
    assert elsewhere or not rows


def test_an_add_on_keeps_a_stack_whose_framework_lacks_what_is_required() -> None:
    brief = Brief("one", "", (Part("only", Kind.API, 1.0, requires=("rate_limiting",)),), policy=Policy(allow=("flask",)))
    assert decide(brief, KNOWN, AS_OF).chosen.architecture.stacks["only"].addons == ("flask-limiter",)


def test_what_is_required_stays_wanted_where_an_answer_says_it_is_not() -> None:
    part = Part("only", Kind.WEB, 1.0, {"admin_backoffice": 2}, requires=("generated_admin",))
    brief = Brief("one", "", (part,), policy=Policy(allow=("quart",)), answers={"staff_screens": "custom"})
    with pytest.raises(NoArchitectureError, match="part only requires generated_admin"):
        decide(brief, KNOWN, AS_OF)


def test_what_is_required_can_be_loosened() -> None:
    brief = Brief("one", "", (Part("only", Kind.API, 1.0, requires=("i18n", "csrf")),))
    assert constraints(brief) == ("part only: requires i18n", "part only: requires csrf")
    assert relaxed(brief, ("part only: requires i18n",)).parts[0].requires == ("csrf",)


@pytest.mark.parametrize(
    ("word", "remedy"), [("i18m", 'write "i18n"'), ("mood", "`groundplan catalogue list capabilities` names all")]
)
def test_a_word_that_is_no_capability_is_refused(word: str, remedy: str) -> None:
    brief = Brief("one", "", (Part("only", Kind.API, 1.0, requires=(word,)),), source="b.toml")
    with pytest.raises(BriefError) as caught:
        decide(brief, KNOWN, AS_OF)
    assert str(caught.value) == f'b.toml part.only.requires[1]: "{word}" is no capability of the catalogue; {remedy}.'
