"""The decision as one page: pictures, the tables behind them, sources. It loads nothing, works offline and on paper."""

from importlib.resources import files
from importlib.util import find_spec
from types import ModuleType

import jinja2
from markupsafe import Markup

from groundplan.brief.model import AXES
from groundplan.catalogue.model import Fact
from groundplan.errors import MachineError
from groundplan.report import figures, wording
from groundplan.report.decision_details import fact_value
from groundplan.report.telling import Telling

__all__ = ["decision_html"]

_HELP = {
    "clear": "its frameworks come first in at least 80 % of the draws, and choosing it gives away at most 0.05 in 95 of 100",
    "lean": "its frameworks come first in at least half of the draws",
    "toss-up": "no combination of frameworks comes first in half of the draws; of those as good, the simplest is recommended",
}


def decision_html(telling: Telling) -> str:
    """Give the page. Raises MachineError with the command to type when the drawing library is not installed."""
    plots = _plots()
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {"percent": wording.percent, "named": wording.named, "fact_value": fact_value, "link": _link}
    folder = files("groundplan.report") / "pages"
    page = environment.from_string((folder / "decision.html.j2").read_text(encoding="utf-8"))
    style = Markup((folder / "decision.css").read_text(encoding="utf-8"))  # noqa: S704 -- our own file
    return page.render(style=style, axes=AXES, words=wording, help=_HELP, telling=telling, **_pictures(telling, plots)) + "\n"


def _plots() -> ModuleType:
    if find_spec("matplotlib") is None:
        raise MachineError("the report needs matplotlib to draw its pictures; install it with: pip install 'groundplan[report]'.")
    from groundplan.report import plots  # noqa: PLC0415 -- half a second that only this page needs

    return plots


def _pictures(telling: Telling, plots: ModuleType) -> dict[str, object]:
    """Give rows and picture of every figure; a picture is ours, its words are escaped by the library that draws it."""
    rows = {
        "bars": figures.acceptability(telling.decision),
        "stacks": figures.contributions(telling.compared),
        "lines": figures.weight_lines(telling),
        "dots": figures.pareto(telling),
        "regrets": figures.regrets(telling),
    }
    return {name: (found, Markup(getattr(plots, name)(found, _TITLES[name])) if found else "") for name, found in rows.items()}  # noqa: S704 -- see above


_TITLES = {
    "bars": "Bar chart: how often each combination of frameworks comes first",
    "stacks": "Stacked bar chart: what each axis adds to the value of each architecture",
    "lines": "Dot chart: the weight of each criterion now, and the weight at which a rival draws level",
    "dots": "Scatter chart: value against complexity of each architecture",
    "regrets": "Bar chart: what choosing each architecture gives away",
}


def _link(fact: Fact) -> str:
    """Give the address of a fact when it is one that a browser may open."""
    return fact.where if fact.where.startswith("https://") else ""
