"""How each criterion is read on a part with a stack: one function each. Scales, weights and judgements are data."""

import datetime as dt
from collections.abc import Callable

from groundplan.catalogue.model import Catalogue, Fact
from groundplan.catalogue.words import Party
from groundplan.decision import load_readings
from groundplan.decision.doubts import about, on_fact, open_question
from groundplan.decision.governing import governance
from groundplan.decision.keeping import departure, kept
from groundplan.decision.options import Option
from groundplan.decision.pieces import carried, figure_in_words
from groundplan.decision.readings import Doubt, Place, Reading
from groundplan.decision.skills import skill

__all__ = ["OF_SERVER", "PART_READINGS"]

_SURVEY = "survey_share"


def _coverage(place: Place) -> Reading:
    total = sum(want.weight for want in place.wanted)
    if not total:
        return Reading(100.0, "the part asks for nothing special")
    parties = place.catalogue.method.parties
    got = sum(want.weight * parties[_party(place.option, want.capability)] for want in place.wanted)
    figure = 100 * got / total
    outside = [
        want.capability for want in place.wanted if _party(place.option, want.capability) not in {"core", "first_party", "runtime"}
    ]
    rest = f"; from others or missing: {', '.join(outside)}" if outside else ""
    facts = tuple(
        _written(place.option, want.capability, place.catalogue)
        for want in place.wanted
        if want.capability in place.option.provisions
    )
    return Reading(figure, f"{figure:.0f} % of what it needs comes ready-made{rest}", facts, doubts=_of_coverage(place, total))


def _of_coverage(place: Place, total: int) -> tuple[Doubt, ...]:
    """Give the doubt of a checklist: what the documentation says, and what nobody looked up."""
    framework = place.option.framework
    silent = [want for want in place.wanted if want.capability not in place.option.provisions]
    known = 1 - sum(want.weight for want in silent) / total
    read = Doubt(framework.name, "coverage", known, "B", framework.checked, f"what the documentation of {framework.title} says")
    names = ", ".join(want.capability for want in silent)
    missing = open_question(framework.name, "capabilities", f"Not known of {framework.title}: {names}.", 1 - known)
    return (read, missing) if silent else (read,)


def _party(option: Option, capability: str) -> Party:
    provision = option.provisions.get(capability)
    return "unknown" if provision is None else provision.party


def _written(option: Option, capability: str, catalogue: Catalogue) -> Fact:
    provision = option.provisions[capability]
    word = "none" if provision.party == "absent" else provision.party.replace("_", "-")
    source = f"documentation of {provision.provider}"
    return Fact(
        provision.provider,
        capability,
        f"{word}: {catalogue.capabilities[capability]}",
        "",
        source,
        provision.where,
        provision.date,
        "B",
    )


def _dependence(place: Place) -> Reading:
    outside = [addon.name for addon in place.option.addons if addon.party == "third_party"]
    words = (
        f"{len(outside)} package{'s' * (len(outside) > 1)} of others ({', '.join(outside)})" if outside else "no package of others"
    )
    return Reading(float(len(outside)), words)


def _unused(place: Place) -> Reading:
    """Read what the framework itself lays down in every project and no part of the product wants."""
    own = place.option.framework.provisions[place.option.interface]
    pieces = place.catalogue.method.structure
    laid = [name for name in pieces if name in own and own[name].party == "core"]
    idle = [name for name in laid if name not in place.product]
    title = place.option.framework.title
    words = f"{len(idle)} of the {len(laid)} things {title} lays down stay unused" + (f" ({', '.join(idle)})" if idle else "")
    return Reading(float(len(idle)), words)


def _about(place: Place, fact_id: str) -> tuple[Fact, ...]:
    return place.situation.known.about(place.option.framework.name, fact_id)


def _mixed(fact_id: str, alone: str, of_many: str) -> Callable[[Place], Reading]:
    """Read the mean of the pieces, each by the share of the part it carries, and each the worse of itself and its layers.

    alone: what is said of a framework that carries the part by itself. of_many: what the mean of several is a figure of.
    """

    def read(place: Place) -> Reading:
        found = {name: _highest(place, name, fact_id) for name in place.option.names()}
        shares = {name: share for name, share in carried(place).items() if share > 0}
        mix = tuple((share, _number(found[name])) for name, share in shares.items())
        known = [(share, figure) for share, figure in mix if figure is not None]
        unknown = [name for name in shares if found[name] is None]
        facts = tuple(fact for name in shares if (fact := found[name]) is not None)
        missing = f"Not known of {', '.join(unknown)}: {_ASKED[fact_id]}." if unknown else ""
        doubts = tuple(_piece(name, found[name], fact_id, share) for name, share in shares.items())
        if not known:
            words_only = f"{alone.format('?', place.option.framework.title)}: not known"
            return Reading(None, words_only, missing=missing, doubts=doubts)
        figure = sum(share * number for share, number in known) / sum(share for share, _ in known)
        told = {name: found[name] for name in shares}
        said = figure_in_words(place, figure, told, alone, of_many)
        return Reading(figure, said, facts, missing, mix, doubts)

    return read


_ASKED = {
    "survey_share": "how many people use it",
    "ships_types": "whether it ships types",
    "breaking_per_year": "how often an upgrade breaks",
    "guides": "which guides it has",
    "top_author_share": "how much of it is one person's work",
    "fix_delay_days": "how long a security fix waits",
}


def _piece(name: str, fact: Fact | None, fact_id: str, share: float) -> Doubt:
    if fact is None:
        return open_question(name, fact_id, f"Not known of {name}: {_ASKED[fact_id]}.", share)
    return on_fact(fact, fact_id, share)


def _number(fact: Fact | None) -> float | None:
    return None if fact is None else fact.number


def _highest(place: Place, name: str, fact_id: str) -> Fact | None:
    if fact_id == _SURVEY and name not in _learned(place):
        name = place.option.framework.name  # what has no skill of its own is learned with the framework
    facts = place.situation.known.about(name, fact_id)
    own = [fact for fact in facts if fact.subject == name]
    # How many people know a layer says nothing about who knows what stands on it; a risk below is a risk here.
    counting = own if fact_id in {_SURVEY, "ships_types"} else facts
    return max(counting, key=lambda fact: fact.number, default=None)


def _learned(place: Place) -> set[str]:
    return {addon.name for addon in place.option.addons if addon.skills}


def _worst(fact_id: str, words: str) -> Callable[[Place], Reading]:
    """Read the highest of the facts about the framework, the layers below it and its add-ons: a risk below is a risk here."""

    def read(place: Place) -> Reading:
        title = place.option.framework.title
        below = [fact for addon in place.option.addons for fact in place.situation.known.about(addon.name, fact_id)]
        facts = [*_about(place, fact_id), *below]
        if not facts:
            missing = f"Not known of {title}: {_ASKED[fact_id]}."
            said = f"{words.format(value='?', title=title)}: not known"
            return Reading(None, said, missing=missing, doubts=about(place, fact_id, (), missing))
        fact = max(facts, key=lambda found: found.number)
        named = title if fact.subject == place.option.framework.name else f"{title} (through {fact.subject})"
        return Reading(fact.number, words.format(value=f"{fact.number:g}", title=named), (fact,), doubts=(on_fact(fact, fact_id),))

    return read


def _typing(place: Place) -> Reading:
    ships = _mixed("ships_types", "{}", "")(place)
    typed = _party(place.option, "typed_handlers") not in {"absent", "unknown"}
    mix = tuple((share, None if figure is None else figure + typed) for share, figure in ships.mix)
    signs = [word for word, found in (("typed packages", ships.figure == 1), ("request data typed from hints", typed)) if found]
    words = " and ".join(signs) or "neither typed packages throughout nor request data typed from hints"
    figure = None if ships.figure is None else ships.figure + typed
    return Reading(figure, words, ships.facts, ships.missing, mix, ships.doubts)


def _support(place: Place) -> Reading:
    """Read the months promised, averaged over what the part needs: what comes from elsewhere has its own promise or none."""
    title = place.option.framework.title
    facts = [fact for fact in _about(place, "support_until") if fact.subject == place.option.framework.name]
    missing = f"Not known of {title}: how long a release is supported."
    doubts = about(place, "support_until", facts, missing)
    if not facts:
        # A promise that nobody can find is none: silence must not count for more than the word that nothing is promised.
        return Reading(0.0, f"no word about how long {title} is supported", missing=missing, doubts=doubts)
    until = str(facts[0].value)
    if not until:
        return Reading(0.0, f"{title} promises no date", tuple(facts[:1]), doubts=doubts)
    months = max(0, _months(place.situation.as_of, until))
    covered = _share_of_framework(place)
    words = (
        f"{title} is promised security fixes to {until}, {months} months, and brings {100 * covered:.0f} % of what the part needs"
    )
    return Reading(months * covered, words, tuple(facts[:1]), doubts=doubts)


def _months(since: dt.date, until: str) -> int:
    end = dt.date.fromisoformat(until)
    return (end.year - since.year) * 12 + end.month - since.month


def _share_of_framework(place: Place) -> float:
    """Give the share of the part's wants that no add-on brings."""
    total = sum(want.weight for want in place.wanted)
    added = sum(want.weight for want in place.wanted if _party(place.option, want.capability) in {"third_party", "absent"})
    return 1.0 - added / total if total else 1.0


PART_READINGS: dict[str, Callable[[Place], Reading]] = {
    "coverage": _coverage,
    "dependence": _dependence,
    "unused": _unused,
    "skill": skill,
    "kept": kept,
    "departure": departure,
    "hiring": _mixed("survey_share", "{} % of surveyed Python developers use {}", "% of surveyed Python developers"),
    "typing": _typing,
    "guides": _mixed("guides", "{} of 5 guides for {}", "of 5 guides"),
    "live": load_readings.sockets(after_growth=False),
    "live_growth": load_readings.sockets(after_growth=True),
    "waiting": load_readings.waiting,
    "headroom": load_readings.headroom,
    "memory": load_readings.memory,
    "installed": load_readings.installed,
    "support": _support,
    "upgrades": _mixed(
        "breaking_per_year", "{} upgrades a year that break something in {}", "upgrades a year that break something"
    ),
    "people": _mixed(
        "top_author_share", "{} % of a year's commits to {} come from one person", "% of a year's commits come from one person"
    ),
    "governance": governance,
    "fixes": _worst("fix_delay_days", "a security fix below {title} waits {value} days"),
}
"""Criterion -> how it is read on a part. The others are read on the whole architecture (``whole.py``)."""

OF_SERVER = frozenset({"live", "live_growth", "headroom", "memory", "installed"})
"""Those whose reading depends on the server; for the others one reading stands for all servers."""
