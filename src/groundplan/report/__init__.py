"""Handlers of results: the terminal, JSON and Markdown."""

from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_json import decision_json, decision_schema
from groundplan.report.decision_text import decision_text

__all__ = ["decision_adr", "decision_json", "decision_schema", "decision_text"]
