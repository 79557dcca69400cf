"""The interview: which question comes next, and the brief that the answers make. Nobody is asked here; that is for the edge."""

from groundplan.brief.interview.asking import Interview, Question, Said
from groundplan.brief.interview.scales import Ends
from groundplan.brief.interview.writing import brief_text

__all__ = ["Ends", "Interview", "Question", "Said", "brief_text"]
