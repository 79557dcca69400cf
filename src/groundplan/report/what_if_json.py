"""What ``decide`` tells instead of a decision, for programs, each with the JSON Schema that describes it."""

from dataclasses import fields
from typing import Any

from groundplan.catalogue.storing import plain
from groundplan.decision.comparing import Compared
from groundplan.decision.flipping import Ledger
from groundplan.decision.model import Decision
from groundplan.decision.versus import Versus
from groundplan.report.decision_json import FORMAT, decision_json, decision_schema, object_schema, rounded

__all__ = ["comparison_json", "comparison_schema", "ledger_json", "ledger_schema", "versus_json", "versus_schema"]

Json = dict[str, Any]

_CLOSED = {"additionalProperties": False}


def ledger_json(found: Ledger) -> Json:
    """Give the list of all answers that were tried."""
    return _headed(found)


def ledger_schema() -> Json:
    """Give the schema of ``decide --ledger``."""
    return _schema("Groundplan ledger", Ledger)


def versus_json(found: Versus, brief_name: str, as_of: str) -> Json:
    """Give a favourite held against the recommendation."""
    return _headed(found, brief_name=brief_name, as_of=as_of)


def versus_schema() -> Json:
    """Give the schema of ``decide --versus``."""
    return _schema("Groundplan favourite", Versus, brief_name={"type": "string"}, as_of={"type": "string"})


def comparison_json(found: Compared, left: Decision, right: Decision) -> Json:
    """Give two decisions and what differs."""
    return _headed(found, left=decision_json(left), right=decision_json(right))


def comparison_schema() -> Json:
    """Give the schema of ``decide --compare``; either side is a decision without what it takes to run and without pieces."""
    decision = decision_schema()
    known = ("format", "gap", *(field.name for field in fields(Decision)))
    properties = {name: decision["properties"][name] for name in known}
    side = {"$ref": "#/$defs/decision"}
    schema = _schema("Groundplan comparison", Compared, left=side, right=side)
    return schema | {"$defs": {"decision": {"type": "object", "properties": properties, "required": list(known), **_CLOSED}}}


def _headed(found: object, **more: object) -> Json:
    value: Json = rounded({"format": FORMAT, **plain(found), **more})
    return value


def _schema(title: str, shape: type, **more: Json) -> Json:
    schema = object_schema(shape)
    schema["properties"] = {"format": {"const": FORMAT}, **schema["properties"], **more}
    schema["required"] = list(schema["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title, **schema}
