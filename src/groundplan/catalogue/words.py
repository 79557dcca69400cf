"""The few words that catalogue files may choose between."""

from typing import Literal

__all__ = ["Axis", "Grade", "Interface", "Party", "Question", "Style", "Workload"]

Axis = Literal["scope", "team", "performance", "horizon"]
Interface = Literal["wsgi", "asgi", "own"]
"""How a framework is called: by a server through WSGI or ASGI, or by the server that it brings itself."""

Style = Literal["threads", "loop"]
Party = Literal["core", "first_party", "third_party", "runtime", "absent", "unknown"]
Grade = Literal["A", "B", "C", "D"]
Question = Literal["sockets", "socket_growth", "waiting", "calm_loop", "incumbent", "leaving", "scaling"]
Workload = Literal["json", "post", "page", "row"]
