"""Live events over WebSocket, with resume: the framework-free core that every realtime part serves its sockets with."""

from groundplan_runtime.gateway.gateway import Gateway
from groundplan_runtime.gateway.limits import Limits, Timing
from groundplan_runtime.gateway.socket import Socket

__all__ = ["Gateway", "Limits", "Socket", "Timing"]
