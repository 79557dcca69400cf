"""What the team's answers mean for a part: needs that stand higher, capabilities that are wanted or not, code that stays."""

from collections.abc import Iterator

from groundplan.brief.model import Brief, Part
from groundplan.catalogue.model import AnswerLine, Catalogue
from groundplan.records import dataclass

__all__ = ["Answered", "Existing", "answered", "existing", "one_process", "raised", "told"]

_WEB_CODE_STAYS = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """A line of the catalogue with the answer that raised it."""

    line: AnswerLine
    answer: int | str

    @property
    def because(self) -> str:
        """Say which answer it was, and why it matters."""
        return f"answers.{self.line.question} = {self.answer}: {self.line.reason}"

    @property
    def weight(self) -> int:
        """Give the level or weight of the answer."""
        return self.line.weight(self.answer)


@dataclass(frozen=True, slots=True)
class Existing:
    """Code that a part has to keep. style: ``sync``, ``async``, ``mixed`` or empty: nobody said.

    framework: of its pages and routes, where those stay too. data_layer: ``django-orm``, ``sqlalchemy`` or empty.
    """

    style: str = ""
    framework: str = ""
    data_layer: str = ""

    def __bool__(self) -> bool:
        """Tell whether there is anything to keep."""
        return bool(self.style or self.framework or self.data_layer)


def answered(part: Part, brief: Brief, catalogue: Catalogue) -> tuple[Answered, ...]:
    """Give the lines that concern a part: all of them, or those whose first kind that the product has is the part's."""
    kinds = {other.kind.value for other in brief.parts}
    return tuple(
        Answered(line, answer)
        for line in catalogue.answer_lines
        if (answer := brief.answers.get(line.question)) is not None and answer in line.given
        if not line.kinds or next((kind for kind in line.kinds if kind in kinds), None) == part.kind.value
    )


def raised(needs: dict[str, int], lines: tuple[Answered, ...]) -> dict[str, int]:
    """Give the needs of a part at the levels that the answers lift them to."""
    found = dict(needs)
    for one in lines:
        if one.line.need:
            found[one.line.need] = max(found.get(one.line.need, 0), one.weight)
    return found


def told(part: Part, brief: Brief, catalogue: Catalogue) -> Iterator[str]:
    """Tell which needs of a part are taken to be higher than the brief writes them."""
    for one in answered(part, brief, catalogue):
        if one.line.need and one.weight > (part.needs.get(one.line.need, 0) or 0):
            yield f"Part {part.name}: {one.line.need} is taken to be {one.weight} at least, by {one.because}."


def one_process(brief: Brief, catalogue: Catalogue) -> bool:
    """Tell whether an answer leaves no room for a second process."""
    return any(line.one_process and brief.answers.get(line.question) in line.given for line in catalogue.answer_lines)


def existing(part: Part, brief: Brief, catalogue: Catalogue) -> Existing:
    """Give the code that a part has to keep. Where the brief names incumbents, only their parts have any."""
    framework = brief.incumbent.get(part.name, "")
    keep = brief.answers.get("keep_existing")
    if keep == 0 or (brief.incumbent and not framework):
        return Existing()
    kept, data = keep is not None, brief.answers.get("existing_data_layer")
    return Existing(
        style=_style(brief, framework, catalogue) if kept else "",
        framework=framework if keep in {None, _WEB_CODE_STAYS} else "",
        data_layer=str(data) if kept and data in {"django-orm", "sqlalchemy"} else "",
    )


def _style(brief: Brief, framework: str, catalogue: Catalogue) -> str:
    """Give the style that the brief tells, or else that of the framework it names."""
    said = brief.answers.get("existing_code")
    if said is not None:
        return "" if said == "none" else str(said)
    return next((_STYLES[known.style] for known in catalogue.frameworks if known.name == framework), "")


_STYLES = {"threads": "sync", "loop": "async"}
