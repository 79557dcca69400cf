"""What no template fits, and the nearest architecture that can be built instead."""

from collections.abc import Callable
from dataclasses import replace

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.model import Architecture, Decision, Rated, Stack
from groundplan.errors import NoArchitectureError, NotBuildableError
from groundplan.scaffold.planning import plan
from groundplan.scaffold.template import buildable, find_template

__all__ = ["nearest", "without_template"]


def without_template(brief: Brief, architecture: Architecture) -> tuple[str, ...]:
    """Name the parts that no template fits, with kind and stack: ``quotes (api on litestar + sqlalchemy)``."""
    return tuple(
        f"{part.name} ({part.kind.value} on {' + '.join((stack.framework, *stack.addons))})"
        for part, stack in ((part, architecture.stacks[part.name]) for part in brief.parts)
        if not _fits(part.kind.value, stack)
    )


def _fits(kind: str, stack: Stack) -> bool:
    try:
        find_template(kind, stack)
    except NotBuildableError:
        return False
    return True


def nearest(brief: Brief, decision: Decision, catalogue: Catalogue, again: Callable[[Brief], Decision]) -> Rated | None:
    """Give the architecture of the highest value that can be built, None when there is none.

    Looked for among those ranked, then among those on the frameworks and add-ons of the templates. again: decides anew.
    """
    found = _first(brief, decision)
    if found is not None:
        return found
    try:
        return _first(brief, again(_narrowed(brief, catalogue)))
    except NoArchitectureError:
        return None


def _first(brief: Brief, decision: Decision) -> Rated | None:
    return next((rated for rated in decision.ranked if _builds(brief, decision, rated)), None)


def _builds(brief: Brief, decision: Decision, rated: Rated) -> bool:
    """Tell whether a plan can be made: every part has its template, and nothing clashes."""
    if without_template(brief, rated.architecture):
        return False
    try:
        plan(brief, replace(decision, ranked=(rated,)), record="", tool_version="")
    except NotBuildableError:
        return False
    return True


def _narrowed(brief: Brief, catalogue: Catalogue) -> Brief:
    """Give the brief for which nothing but what templates hold may be chosen."""
    frameworks = {template.framework for template in buildable()}
    addons = {addon for template in buildable() for addon in template.addons}
    allowed = frameworks if brief.policy.allow is None else frameworks & set(brief.policy.allow)
    others = (addon.name for addon in catalogue.addons if addon.name not in addons)
    forbidden = tuple(dict.fromkeys((*brief.policy.forbid, *others)))
    return replace(brief, policy=replace(brief.policy, allow=tuple(sorted(allowed)), forbid=forbidden))
