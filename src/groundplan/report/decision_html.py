"""The decision as one page: pictures, the tables behind them, sources. It loads nothing, works offline and on paper."""

from collections.abc import Sequence
from importlib.resources import files
from importlib.util import find_spec
from types import ModuleType

import jinja2
from markupsafe import Markup

from groundplan.brief.model import AXES
from groundplan.catalogue.model import Fact
from groundplan.decision.weight_flips import WeightFlips
from groundplan.errors import MachineError
from groundplan.report import figures, wording
from groundplan.report.decision_details import fact_value
from groundplan.report.telling import Telling

__all__ = ["decision_html", "drawing"]


def decision_html(telling: Telling, flips: WeightFlips) -> str:
    """Give the page. flips: of this decision, complete. Raises MachineError when the drawing library is missing."""
    plots = drawing()
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"percent": wording.percent, "named": wording.named, "fact_value": fact_value, "link": _link}
    folder = files("groundplan.report") / "pages"
    page = environment.from_string((folder / "decision.html.j2").read_text(encoding="utf-8"))
    style = Markup((folder / "decision.css").read_text(encoding="utf-8"))  # noqa: S704 -- our own file
    return page.render(style=style, axes=AXES, words=wording, telling=telling, **_pictures(telling, flips, plots)) + "\n"


def drawing() -> ModuleType:
    """Give what draws the pictures. Raises MachineError with the command to type when its library is not installed."""
    if find_spec("matplotlib") is None:
        raise MachineError("the report needs matplotlib to draw its pictures; install it with: pip install 'groundplan[report]'.")
    from groundplan.report import plots  # noqa: PLC0415 -- half a second that only this page needs

    return plots


def _pictures(telling: Telling, flips: WeightFlips, plots: ModuleType) -> dict[str, object]:
    """Give rows and picture of every figure."""
    rows: dict[str, Sequence[object]] = {
        "bars": figures.acceptability(telling.decision),
        "stacks": figures.contributions(telling.compared),
        "lines": figures.weight_lines(telling, flips),
        "dots": figures.pareto(telling),
        "regrets": figures.regrets(telling),
    }
    return {name: (found, _drawn(plots, name, found)) for name, found in rows.items()}


def _drawn(plots: ModuleType, name: str, rows: Sequence[object]) -> Markup:
    return Markup(getattr(plots, name)(rows, _TITLES[name])) if rows else Markup()  # noqa: S704 -- its words are escaped by the library


_TITLES = {
    "bars": "Bar chart: how often each combination of frameworks comes first",
    "stacks": "Stacked bar chart: what each axis adds to the value of each architecture",
    "lines": "Dot chart: the weight of each criterion now, and those at which another architecture is recommended",
    "dots": "Scatter chart: value against complexity of each architecture",
    "regrets": "Bar chart: what choosing each architecture gives away",
}


def _link(fact: Fact) -> str:
    """Give the address of a fact when it is one that a browser may open."""
    return fact.where if fact.where.startswith("https://") else ""
