"""One question of the interview."""

from collections.abc import Callable
from dataclasses import dataclass

from groundplan.brief.interview.readers import Value

__all__ = ["Options", "Question", "Said"]

Options = tuple[tuple[int | str, str], ...]
"""Answers to choose from, each with its words."""

Said = dict[str, Value]
"""Key of a question -> its answer; None: not known. A question that is not in it was not asked yet."""


def _as_it_is(text: str) -> Value:
    return text


@dataclass(frozen=True, slots=True)
class Question:
    """One question. key: its place in what was said. options: to choose from; none: a text is typed, and ``read`` understands it.

    many: several of the options may be chosen. needed: there is no brief without an answer. proposed: what Enter means; empty:
    that it is not known. read: raises GrammarError for what it cannot understand.
    """

    key: str
    section: str
    asks: str
    options: Options = ()
    many: bool = False
    read: Callable[[str], Value] = _as_it_is
    example: str = ""
    proposed: str = ""
    needed: bool = False

    def understood(self, text: str) -> Value:
        """Give the value of what was typed; nothing is not known. Raises GrammarError."""
        bare = text.strip()
        return self.read(bare) if bare else None

    def words(self, value: Value) -> str:
        """Give an answer as it was put."""
        if value is None or value == []:
            return "nothing" if self.many else "not known"
        chosen = value if isinstance(value, list) else [value]
        named = dict(self.options)
        if isinstance(value, dict):
            return ", ".join(f"{skill} {count}" for skill, count in value.items())
        return "; ".join(named.get(one, str(one)) if isinstance(one, int | str) else str(one) for one in chosen)
