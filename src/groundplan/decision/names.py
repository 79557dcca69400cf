"""Names of the brief that only the catalogue can judge: a slip of the pen must not allow what was forbidden."""

from collections.abc import Callable, Iterator

from groundplan.brief import placed
from groundplan.brief.judged import split_choice
from groundplan.brief.mistakes import GrammarError, Mistake, shown
from groundplan.brief.model import Brief
from groundplan.brief.positions import Path
from groundplan.brief.raw import Raw, table, tables
from groundplan.catalogue.model import Catalogue
from groundplan.errors import BriefError
from groundplan.spelling import misspelled, nearest

__all__ = ["check_names", "name_rules"]


def name_rules(catalogue: Catalogue) -> Callable[[Raw], Iterator[Mistake]]:
    """Give what finds names that are nearly, but not quite, those of the catalogue, in a brief as TOML gives it.

    A name of a policy that is like none of them is left alone: an organisation may forbid what we do not know. A choice must
    name criteria, and what a part requires must be a capability.
    """
    pieces = [piece.name for group in (catalogue.frameworks, catalogue.addons, catalogue.servers) for piece in group]
    capabilities, criteria = list(catalogue.capabilities), [criterion.id for criterion in catalogue.criteria]

    def found(data: Raw) -> Iterator[Mistake]:
        yield from _slips(data, pieces)
        yield from _unknown_capabilities(data, capabilities)
        yield from _unknown_criteria(data, criteria)

    return found


def check_names(brief: Brief, catalogue: Catalogue) -> None:
    """Raise BriefError for a brief that was read without ``name_rules``; its mistakes have no lines."""
    data = {
        "part": [{"name": part.name, "requires": list(part.requires)} for part in brief.parts],
        "policy": {"allow": list(brief.policy.allow or ()), "forbid": list(brief.policy.forbid)},
        "incumbent": dict(brief.incumbent),
        "priorities": {"choices": [f"{more} > {less}" for more, less in brief.choices]},
    }
    problems = placed(name_rules(catalogue)(data), data, {}, brief.source)
    if problems:
        raise BriefError(problems)


def _slips(data: Raw, known: list[str]) -> Iterator[Mistake]:
    for path, name in _names(data):
        near = None if name in known else misspelled(name, known)
        if near:
            yield Mistake(path, shown(name), "is not in the catalogue", f"write {shown(near)}")


def _names(data: Raw) -> Iterator[tuple[Path, str]]:
    """Give the names of frameworks, add-ons and servers with their places."""
    for key in ("allow", "forbid"):
        yield from _texts(table(data, "policy").get(key), ("policy", key))
    yield from ((("incumbent", part), name) for part, name in table(data, "incumbent").items() if isinstance(name, str))


def _texts(found: object, path: Path) -> Iterator[tuple[Path, str]]:
    """Give the texts of a list with their places."""
    items = found if isinstance(found, list) else []
    yield from (((*path, index), text) for index, text in enumerate(items) if isinstance(text, str))


def _unknown_capabilities(data: Raw, known: list[str]) -> Iterator[Mistake]:
    for index, part in tables(data, "part"):
        for path, name in _texts(part.get("requires"), ("part", index, "requires")):
            if name not in known:
                near = nearest(name, known)
                remedy = f"write {shown(near)}" if near else "`groundplan catalogue list capabilities` names all"
                yield Mistake(path, shown(name), "is no capability of the catalogue", remedy)


def _unknown_criteria(data: Raw, known: list[str]) -> Iterator[Mistake]:
    for path, text in _texts(table(data, "priorities").get("choices"), ("priorities", "choices")):
        for name in _pair(text):
            if name not in known:
                near = nearest(name, known)
                remedy = f"write {shown(near)}" if near else f"use two of {', '.join(known)}"
                yield Mistake(path, shown(name), "is no criterion of the catalogue", remedy)


def _pair(text: str) -> tuple[str, ...]:
    try:
        return split_choice(text)
    except GrammarError:  # told where the shape of a choice is judged
        return ()
