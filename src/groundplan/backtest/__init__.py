"""The method held against real decisions: what it would have advised in their year, beside what was chosen."""

from groundplan.backtest.model import Case, Report, Study
from groundplan.backtest.reading import load
from groundplan.backtest.studying import study

__all__ = ["Case", "Report", "Study", "load", "study"]
