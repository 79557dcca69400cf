"""Load, sockets and cuts against a running server, and what their figures are worth."""
