"""The facts of a catalogue by what they are about, so that none has to be searched for."""

from groundplan.catalogue.model import Catalogue, Fact
from groundplan.records import dataclass

__all__ = ["Known", "known"]


@dataclass(frozen=True, slots=True)
class Known:
    """Subject and id -> facts, in the order of the catalogue. below: framework or add-on -> the layers it stands on."""

    facts: dict[tuple[str, str], list[Fact]]
    below: dict[str, tuple[str, ...]]

    def about(self, name: str, fact_id: str) -> tuple[Fact, ...]:
        """Give the facts of that id about a subject and the layers below it, nearest first."""
        subjects = (name, *self.below.get(name, ()))
        return tuple(fact for subject in subjects for fact in self.facts.get((subject, fact_id), ()))


def known(catalogue: Catalogue) -> Known:
    """Sort the facts of a catalogue."""
    facts: dict[tuple[str, str], list[Fact]] = {}
    for fact in catalogue.facts:
        facts.setdefault((fact.subject, fact.id), []).append(fact)
    below = {addon.name: addon.layers for addon in catalogue.addons}
    return Known(facts, below | {framework.name: framework.layers for framework in catalogue.frameworks})
