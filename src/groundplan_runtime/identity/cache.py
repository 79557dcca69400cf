"""A bounded memory of recent answers."""

from typing import Generic, TypeVar

__all__ = ["RecentAnswers"]

Answer = TypeVar("Answer")


class RecentAnswers(Generic[Answer]):
    """Answers by key, each good for ``seconds`` after it was asked for; the oldest goes when ``most`` are held.

    All answers live equally long, so the order of insertion is the order of expiry. The clock is the caller's:
    ``now`` is monotonic seconds.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self._answers: dict[str, tuple[float, Answer]] = {}

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, key: str, now: float) -> Answer | None:
        """Give the answer if it is still good."""
        entry = self._answers.get(key)
        return None if entry is None or now >= entry[0] else entry[1]

    def put(self, key: str, answer: Answer, asked: float) -> None:
        """Keep an answer. asked: when its question was put, so that reading slowly does not lengthen its life."""
        self._answers.pop(key, None)
        while len(self._answers) >= self._most:
            del self._answers[next(iter(self._answers))]
        self._answers[key] = (asked + self._seconds, answer)

    def drop(self, key: str) -> None:
        """Forget one answer, if it is held."""
        self._answers.pop(key, None)

    def items(self) -> list[tuple[str, Answer]]:
        """Give what is held, good or not."""
        return [(key, answer) for key, (_, answer) in self._answers.items()]
