"""Why an event was not written or not read.

EventsError
├── PublishError        the caller's mistake: no transaction, a payload too large or not JSON, a bad name
└── TablesMissingError  the database lacks the tables of schema.py
"""

__all__ = ["EventsError", "PublishError", "TablesMissingError"]


class EventsError(Exception):
    """Anything that events stop for, as one sentence."""


class PublishError(EventsError):
    """The event was refused before anything was written."""


class TablesMissingError(EventsError):
    """The database was not prepared for events."""
