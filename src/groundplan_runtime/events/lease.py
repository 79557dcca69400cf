"""Which relay carries a shard: a row with an owner, an end, and a fence that grows with every change of owner."""

import time
from uuid import uuid4

from groundplan_runtime.database import Database

__all__ = ["LEASE_SECONDS", "Lease"]

LEASE_SECONDS = 3.0
"""How long a relay that died keeps its shard. Gateways fill from the database meanwhile."""

# The fence is at least the time in milliseconds: it then grows even when a restored database has forgotten the last ones.
_TAKE = """
INSERT INTO relay_lease (shard, owner, fence, expires_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (shard) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at, fence = CASE
    WHEN relay_lease.owner = excluded.owner THEN relay_lease.fence
    WHEN relay_lease.fence >= excluded.fence THEN relay_lease.fence + 1
    ELSE excluded.fence END
WHERE relay_lease.owner = excluded.owner OR relay_lease.expires_at < %s
RETURNING fence"""

_GIVE = "UPDATE relay_lease SET expires_at = 0 WHERE shard = %s AND owner = %s"


class Lease:
    """One relay's claim to a shard. fence: what the last `take` gave, None while somebody else holds the shard."""

    def __init__(self, database: Database, shard: int, seconds: float = LEASE_SECONDS) -> None:
        self.fence: int | None = None
        self.shard = shard
        self._database = database
        self._seconds = seconds
        self._owner = uuid4().hex
        self._renew_at = 0.0

    async def take(self) -> int | None:
        """Take or renew the lease; gives the fence, or None while another relay holds it."""
        if self.fence is not None and time.monotonic() < self._renew_at:
            return self.fence
        now = time.time()
        asked = time.monotonic()
        rows = await self._database.fetch(_TAKE, (self.shard, self._owner, int(now * 1000), now + self._seconds, now))
        self.fence = int(rows[0][0]) if rows else None
        self._renew_at = asked + self._seconds / 3
        return self.fence

    async def give(self) -> None:
        """Let another relay take the shard at once. This one comes back as a new owner, with a new fence."""
        if self.fence is not None:
            await self._database.fetch(_GIVE, (self.shard, self._owner))
        self.fence = None
        self._owner = uuid4().hex
