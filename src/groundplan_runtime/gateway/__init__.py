"""Live events by socket or by stream, with resume: the framework-free core that every realtime part serves its clients with."""

from groundplan_runtime.gateway.event_stream import EventStream
from groundplan_runtime.gateway.gateway import Gateway
from groundplan_runtime.gateway.limits import Limits, Timing
from groundplan_runtime.gateway.socket import Socket

__all__ = ["EventStream", "Gateway", "Limits", "Socket", "Timing"]
