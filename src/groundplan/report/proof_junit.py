"""The proof as JUnit XML, for the dashboards of build servers."""

from xml.etree import ElementTree as ET

from groundplan.proof.model import Outcome, Proof, Verdict

__all__ = ["proof_junit"]


def proof_junit(proof: Proof) -> str:
    """Give the proof as one test suite: NOT_MET is a failure, NOT_PROVEN an error, either of a ``should`` is skipped."""
    cases = [_case(proof, verdict) for verdict in proof.verdicts]
    counts = {kind: str(sum(case.find(tag) is not None for case in cases)) for kind, tag in _KINDS.items()}
    facts = {"name": f"{proof.project} {proof.layout} {proof.database}", "tests": str(len(cases)), **counts}
    suite = ET.Element("testsuite", {**facts, "time": f"{proof.seconds:.3f}", "timestamp": proof.taken_at.removesuffix("Z")})
    properties = ET.SubElement(suite, "properties")
    for name, value in proof.machine.items():
        ET.SubElement(properties, "property", {"name": name, "value": value})
    suite.extend(cases)
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


_KINDS = {"failures": "failure", "errors": "error", "skipped": "skipped"}


def _case(proof: Proof, verdict: Verdict) -> ET.Element:
    names = {"classname": f"{proof.project}.{verdict.part}", "name": f"{verdict.id}: {verdict.metric} {verdict.check}"}
    case = ET.Element("testcase", names)
    if verdict.outcome is not Outcome.MET:
        tag = "skipped" if verdict.level == "should" else "failure" if verdict.outcome is Outcome.NOT_MET else "error"
        ET.SubElement(case, tag, {"message": f"{verdict.outcome}: {verdict.why}"})
    ET.SubElement(case, "system-out").text = f"measured {verdict.measured}, n = {verdict.n}; {verdict.how}"
    return case
