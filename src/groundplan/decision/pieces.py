"""A stack as pieces: how much of what a part wants each of them carries."""

from groundplan.decision.readings import Place

__all__ = ["carried", "titles"]


def carried(place: Place) -> dict[str, float]:
    """Give piece -> share of the part's wants that it carries; what nobody brings is work with the framework."""
    pieces = dict.fromkeys(place.option.names(), 0.0)
    for want in place.wanted:
        provision = place.option.provisions.get(want.capability)
        provider = provision.provider if provision is not None and provision.provider in pieces else place.option.framework.name
        pieces[provider] += want.weight
    total = sum(pieces.values())
    return {name: weight / total if total else float(name == place.option.framework.name) for name, weight in pieces.items()}


def titles(place: Place) -> str:
    """Name the pieces that carry something of what a part wants."""
    known = {addon.name: addon.title for addon in place.option.addons} | {place.option.framework.name: place.option.framework.title}
    return " + ".join(known[name] for name, share in carried(place).items() if share > 0)
