"""Events: written in the caller's transaction, read in commit order, resumed without a gap."""

from groundplan_runtime.events.errors import EventsError, PublishError, TablesMissingError
from groundplan_runtime.events.model import Event, Position, Published
from groundplan_runtime.events.payload import jsonable
from groundplan_runtime.events.read import position

__all__ = ["Event", "EventsError", "Position", "PublishError", "Published", "TablesMissingError", "jsonable", "position"]
