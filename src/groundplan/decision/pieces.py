"""A stack as pieces: how much of what a part wants each of them carries."""

from groundplan.decision.readings import Place

__all__ = ["carried"]


def carried(place: Place) -> dict[str, float]:
    """Give piece -> share of the part's wants that it carries; what nobody brings is work with the framework."""
    pieces = dict.fromkeys(place.option.names(), 0.0)
    for want in place.wanted:
        provision = place.option.provisions.get(want.capability)
        provider = provision.provider if provision is not None and provision.provider in pieces else place.option.framework.name
        pieces[provider] += want.weight
    total = sum(pieces.values())
    return {name: weight / total if total else float(name == place.option.framework.name) for name, weight in pieces.items()}
