"""What all lines of one account use together, so that many of them are no way around the limits of one."""

import time

from groundplan_runtime.gateway.limits import Limits

__all__ = ["Account", "Accounts", "Bucket"]

BURST_SECONDS = 5.0
_FEW = 1000


class Bucket:
    """Lets through so many a second on average, and a burst of five seconds' worth. What it refuses is not counted."""

    __slots__ = ("_left", "_rate", "_seen")

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._left = rate * BURST_SECONDS
        self._seen = time.monotonic()

    @property
    def full(self) -> bool:
        """Whether it is as it was in the beginning."""
        return self._earned() >= self._rate * BURST_SECONDS

    def take(self) -> bool:
        """Count one; False when there were too many."""
        self._left, self._seen = self._earned(), time.monotonic()
        if self._left < 1:
            return False
        self._left -= 1
        return True

    def _earned(self) -> float:
        return min(self._rate * BURST_SECONDS, self._left + (time.monotonic() - self._seen) * self._rate)


class Account:
    """What one account uses in this process. lines: open ones. following: channels, counted once for each line."""

    __slots__ = ("following", "frames", "lines")

    def __init__(self, limits: Limits) -> None:
        self.frames = Bucket(limits.user_frames_per_second)
        self.lines = 0
        self.following = 0

    @property
    def idle(self) -> bool:
        """Whether nothing would be lost by forgetting it."""
        return not self.lines and self.frames.full


class Accounts:
    """The accounts of a gateway; those that left are remembered until their frames no longer count."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._accounts: dict[int, Account] = {}
        self._most = _FEW

    def __len__(self) -> int:
        return len(self._accounts)

    def of(self, user_id: int) -> Account:
        """Give what an account uses."""
        found = self._accounts.get(user_id)
        if found is None:
            if len(self._accounts) >= self._most:
                self._forget_idle()
            found = self._accounts[user_id] = Account(self._limits)
        return found

    def _forget_idle(self) -> None:
        """Forget whoever is idle; the next time when twice as many are known, so that each is looked at seldom."""
        self._accounts = {user_id: account for user_id, account in self._accounts.items() if not account.idle}
        self._most = max(_FEW, 2 * len(self._accounts))
