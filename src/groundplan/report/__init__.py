"""Handlers of results: the terminal, JSON, Markdown and JUnit."""

from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_json import decision_json, decision_schema
from groundplan.report.decision_text import decision_text
from groundplan.report.proof_json import proof_json
from groundplan.report.proof_junit import proof_junit
from groundplan.report.proof_text import proof_text

__all__ = ["decision_adr", "decision_json", "decision_schema", "decision_text", "proof_json", "proof_junit", "proof_text"]
