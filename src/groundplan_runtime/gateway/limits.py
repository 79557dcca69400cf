"""How much one socket, one account and one channel may take, and how often the gateway looks."""

from dataclasses import dataclass

from groundplan_runtime.events.lease import LEASE_SECONDS

__all__ = ["Limits", "Timing"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one client from harming the others.

    queue_frames, queue_bytes: waiting for one socket; above, it is closed with 4408 and resumes. frame_bytes: of one frame from
    a client. frames_per_second: from one client on average, with a burst of five seconds' worth. bad_frames: then 4400.
    user_frames_per_second: from all sockets of an account, with a burst as above, each new line counted as one; above, 4429.
    subscriptions: per socket or stream. subscriptions_per_user: of all sockets and streams of an account. sockets_per_user:
    sockets and streams per account; above, 4429 or HTTP 429. connections: of all accounts; above, HTTP 503. All of it in one
    process. ring_frames, ring_bytes: kept per channel. replay_most: missed events that are still replayed; above, the client
    loads the state. replay_page: events per step of a replay.
    """

    queue_frames: int = 1000
    queue_bytes: int = 1024 * 1024
    frame_bytes: int = 4096
    frames_per_second: float = 20.0
    user_frames_per_second: float = 1000.0
    bad_frames: int = 3
    subscriptions: int = 50
    subscriptions_per_user: int = 10_000
    sockets_per_user: int = 2000
    connections: int = 20_000
    ring_frames: int = 1000
    ring_bytes: int = 2 * 1024 * 1024
    replay_most: int = 10_000
    replay_page: int = 200


@dataclass(frozen=True, slots=True)
class Timing:
    """Intervals in seconds.

    poll: how often the database log is looked at when no doorbell rang. tail: how often heads are compared although Redis
    carries the events. recheck: how often every session is looked at again. send: how long a client may take for a batch of
    frames. close: how long a closing handshake may take. retry: pause after the database or Redis failed. heartbeat: how often
    each line is looked at, and told that it lives if it was told nothing since the last look. silence: how long clients hear
    nothing before they take a line for dead; well above two heartbeats. again: how long an EventSource waits, give or take
    half of it, before it connects again. trim: how often old events are removed. lease: how long a relay that died keeps its shard.
    """

    poll: float = 0.15
    tail: float = 5.0
    recheck: float = 5.0
    send: float = 10.0
    close: float = 2.0
    retry: float = 0.5
    heartbeat: float = 10.0
    silence: float = 40.0
    again: float = 2.0
    trim: float = 3600.0
    lease: float = LEASE_SECONDS
