"""Pictures as SVG for a page: drawn by matplotlib without a display, coloured by the page's own style sheet.

Every colour is a placeholder that becomes a CSS variable, so that one picture serves light, dark and paper. Text stays text.
"""

import html
import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from groundplan.brief.model import AXES
from groundplan.report.figures import Bar, Dot, Parts, Regret, WeightLine
from groundplan.report.wording import percent

__all__ = ["bars", "dots", "lines", "regrets", "stacks"]

_WIDTH = 4.3
"""Inches at 72 dots: about as wide as a telephone, so that letters stay readable there; wide pages show two in a row."""

_INK, _MUTED, _GRID = "#0f0f00", "#0f0f01", "#0f0f02"
_ACCENT, _SOFT = "#0f0f03", "#0f0f04"
_AXES = dict(zip(AXES, ("#0f0f05", "#0f0f06", "#0f0f07", "#0f0f08"), strict=True))
_VARIABLES = {
    _INK: "--ink",
    _MUTED: "--muted",
    _GRID: "--grid",
    _ACCENT: "--accent",
    _SOFT: "--soft",
    **{color: f"--{axis}" for axis, color in _AXES.items()},
}
_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.parse_math": False,
    "font.size": 11,
    "axes.edgecolor": _GRID,
    "axes.labelcolor": _MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "xtick.color": _MUTED,
    "ytick.color": _INK,
    "xtick.labelcolor": _MUTED,
    "ytick.labelcolor": _INK,
    "ytick.left": False,
    "grid.color": _GRID,
    "text.color": _INK,
    "legend.frameon": False,
}


def bars(rows: Sequence[Bar], title: str) -> str:
    """Give how often each family comes first."""

    def draw(axes: Axes) -> None:
        labels = [row.label for row in rows]
        places = range(len(rows))
        axes.barh(places, [row.share for row in rows], color=[_ACCENT if row.chosen else _SOFT for row in rows], height=0.6)
        for place, row in zip(places, rows, strict=True):
            axes.annotate(percent(row.share), (row.share, place), (4, 0), textcoords="offset points", va="center")
        _ranked(axes, labels, "share of the draws")
        axes.set_xlim(0, 1.12)
        axes.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])

    return _picture(draw, _height(len(rows)), title, "bars")


def stacks(rows: Sequence[Parts], title: str) -> str:
    """Give what each axis adds to the value of each architecture."""

    def draw(axes: Axes) -> None:
        places = range(len(rows))
        left = [0.0] * len(rows)
        for index, axis in enumerate(AXES):
            widths = [row.parts[index] for row in rows]
            axes.barh(places, widths, left=left, color=_AXES[axis], height=0.6, label=axis)
            left = [start + width for start, width in zip(left, widths, strict=True)]
        for place, row in zip(places, rows, strict=True):
            axes.annotate(f"{row.total:.3f}", (row.total, place), (4, 0), textcoords="offset points", va="center")
        _ranked(axes, [row.label for row in rows], "value, 1 is the most there can be")
        axes.set_xlim(0, max(row.total for row in rows) * 1.15)
        _legend(axes, 4)

    return _picture(draw, _height(len(rows)) + 0.3, title, "stacks")


def lines(rows: Sequence[WeightLine], title: str) -> str:
    """Give for each criterion its weight now and those at which another architecture is recommended.

    The axis is the root of the weight: most weights are small, and so are the steps from them that matter.
    """

    def draw(axes: Axes) -> None:
        for place, row in enumerate(rows):
            for weight, _ in row.flips:
                axes.plot([row.now, weight], [place, place], color=_SOFT, linewidth=3, zorder=1)
                axes.plot([weight], [place], marker="X", color=_ACCENT, markersize=7, linestyle="none", zorder=2, clip_on=False)
            axes.plot([row.now], [place], marker="o", color=_INK, markersize=5, linestyle="none", zorder=3)
        _ranked(axes, [row.criterion for row in rows], "weight of the criterion, %")
        axes.set_xscale("function", functions=(_root, _square))
        axes.set_xlim(0, 1)
        axes.set_xticks(_WEIGHTS, [f"{100 * weight:g}" for weight in _WEIGHTS])
        axes.plot([], [], marker="o", color=_INK, linestyle="none", label="now")
        axes.plot([], [], marker="X", color=_ACCENT, markersize=8, linestyle="none", label="another is recommended")
        _legend(axes, 2)

    return _picture(draw, _height(len(rows)) + 0.3, title, "lines")


_WEIGHTS = (0, 0.1, 0.25, 0.5, 1)


def _root(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(np.maximum(weights, 0))


def _square(places: NDArray[np.float64]) -> NDArray[np.float64]:
    return places * places


def dots(rows: Sequence[Dot], title: str) -> str:
    """Give value against complexity; the front is joined."""

    def draw(axes: Axes) -> None:
        front = sorted((row.complexity, row.value) for row in rows if row.front)
        axes.plot([x for x, _ in front], [y for _, y in front], color=_ACCENT, linewidth=1.5, zorder=1)
        for row in rows:
            axes.plot([row.complexity], [row.value], marker="o", color=_ACCENT if row.front else _MUTED, markersize=7, zorder=2)
            if row.label:
                axes.annotate(row.label, (row.complexity, row.value), (7, 5), textcoords="offset points")
        axes.spines["left"].set_visible(True)
        axes.set_xlabel("complexity, share of what the team can carry")
        axes.set_ylabel("value without simplicity")
        axes.grid(visible=True, linewidth=0.6)
        axes.margins(0.12)
        axes.tick_params(axis="y", labelcolor=_MUTED)
        axes.xaxis.set_major_formatter(lambda share, _: percent(share))

    return _picture(draw, 3.1, title, "dots")


def regrets(rows: Sequence[Regret], title: str) -> str:
    """Give what each architecture gives away: average as a bar, 95 of 100 and the most as marks."""

    def draw(axes: Axes) -> None:
        places = range(len(rows))
        axes.barh(places, [row.average for row in rows], color=_SOFT, height=0.6, label="average")
        for place, row in zip(places, rows, strict=True):
            axes.plot([row.average, row.most], [place, place], color=_GRID, linewidth=1.5, zorder=1)
        axes.plot([row.most_95 for row in rows], places, marker="D", color=_ACCENT, linestyle="none", label="95 of 100 draws")
        axes.plot([row.most for row in rows], places, marker="|", markersize=11, color=_INK, linestyle="none", label="most")
        _ranked(axes, [row.label for row in rows], "value given away against the best of each draw")
        axes.set_xlim(left=0)
        _legend(axes, 3)

    return _picture(draw, _height(len(rows)) + 0.3, title, "regrets")


def _height(rows: int) -> float:
    return 0.75 + 0.3 * rows


def _ranked(axes: Axes, labels: Sequence[str], below: str) -> None:
    """Name the rows, the first on top."""
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.set_xlabel(below)
    axes.grid(visible=True, axis="x", linewidth=0.6)
    axes.set_axisbelow(True)


def _legend(axes: Axes, columns: int) -> None:
    """Say above the picture what the marks mean; beside the axes it would take their room."""
    figure = axes.get_figure(root=True)
    if figure is not None:
        figure.legend(loc="outside upper center", ncols=columns, columnspacing=1.0, handlelength=1.2, handletextpad=0.4)


def _picture(draw: Callable[[Axes], None], height: float, title: str, name: str) -> str:
    with rc_context({**_SETTINGS, "svg.hashsalt": name}):
        figure = Figure(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.subplots())
        target = io.StringIO()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(target, format="svg", transparent=True, metadata=nothing)
    return _for_page(target.getvalue(), title, name)


def _for_page(svg: str, title: str, name: str) -> str:
    """Give the SVG as part of a page: no prolog, ids of its own, the page's colours and letters, a name for those who listen."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<style[^>]*>.*?</style>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    svg = re.sub(r"font: ([\d.]+px)[^;\"]*", r"font: \1 var(--letters)", svg)
    svg = re.sub(r"font-family: [^;\"]*", "font-family: var(--letters)", svg)
    for color, variable in _VARIABLES.items():
        svg = svg.replace(color, f"var({variable})")
    head = f'<svg class="plot" role="img" aria-label="{html.escape(title)}" '
    return re.sub(r'<svg (?=.*?viewBox)[^>]*?(viewBox="[^"]*")[^>]*>', rf"{head}\1>", svg, count=1, flags=re.DOTALL).strip()
