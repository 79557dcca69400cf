"""One question at a terminal: arrows or a key to choose, text to type. Everything goes to stderr; Ctrl-C and Ctrl-D stop."""

import os
import shutil
import sys
import textwrap
from collections.abc import Sequence

import questionary
from prompt_toolkit.output import ColorDepth, create_output
from questionary import Choice

from groundplan.brief.interview import Question
from groundplan.brief.interview.readers import Value
from groundplan.brief.mistakes import GrammarError
from groundplan.cli.surface import talk

__all__ = ["ask", "pick"]

_PASSED = "passed"
"""What choosing nothing gives: questionary takes None for a choice without a value."""

_KEYS = "123456789abcdefghijklmnopqrstuvwxyz"
_MARGIN = 10
_PLAIN = questionary.Style([("answer", "bold"), ("question", "bold"), ("instruction", ""), ("pointer", "bold")])


def ask(question: Question, place: str) -> Value:
    """Ask until the answer is understood; None when it was passed over. place: where it stands, e.g. ``3/40``."""
    if not question.options:
        return _typed(question, place)
    return _several(question, place) if question.many else _one(question, place)


def pick(asks: str, ways: Sequence[tuple[str, str]]) -> str:
    """Let one of some ways be chosen."""
    keys = dict(zip(_KEYS, ways, strict=False))
    choices = [Choice(_short(words), value, shortcut_key=key) for key, (value, words) in keys.items()]
    return str(_select(asks, choices, "(arrows or a key, then Enter)"))


def _typed(question: Question, place: str) -> Value:
    example = f"e.g. {question.example}; " if question.example and not question.proposed else ""
    passing = "" if question.proposed else "Enter: not known"
    answer = questionary.text(
        question.asks,
        default=question.proposed,
        instruction=f"({place}; {example}{passing})".replace("; )", ")"),
        validate=lambda text: _complaint(question, text),
        style=_PLAIN,
        output=create_output(stdout=sys.stderr),
        color_depth=_depth(),
    ).unsafe_ask()
    return question.understood(answer)


def _complaint(question: Question, text: str) -> bool | str:
    """Say what is wrong with a text, as the prompt wants it: True when nothing is."""
    try:
        value = question.understood(text)
    except GrammarError as refused:
        return f"{refused.rule}; {refused.remedy}"
    return "this one is needed" if question.needed and value is None else True


def _several(question: Question, place: str) -> Value:
    answer = questionary.checkbox(
        question.asks,
        choices=[Choice(_short(words), value) for value, words in question.options],
        instruction=f"({place}; space marks, Enter goes on)",
        validate=lambda chosen: bool(chosen) or not question.needed or "mark one at least",
        style=_PLAIN,
        use_jk_keys=False,
        output=create_output(stdout=sys.stderr),
        color_depth=_depth(),
    ).unsafe_ask()
    return [str(value) for value in answer]


def _one(question: Question, place: str) -> Value:
    levels = [str(value) for value, _ in question.options]
    keys = levels if set(levels) <= set("0123456789") else list(_KEYS)
    _show_long(question, keys)
    choices = [Choice("not known", _PASSED, shortcut_key="x")]
    choices += [Choice(_short(words), value, shortcut_key=key) for key, (value, words) in zip(keys, question.options, strict=False)]
    answer = _select(question.asks, choices, f"({place}; arrows or a key, then Enter)")
    return None if answer == _PASSED else answer


def _select(asks: str, choices: list[Choice], instruction: str) -> Value:
    answer: Value = questionary.select(
        asks,
        choices=choices,
        instruction=instruction,
        use_shortcuts=True,
        use_jk_keys=False,
        style=_PLAIN,
        output=create_output(stdout=sys.stderr),
        color_depth=_depth(),
    ).unsafe_ask()
    return answer


def _show_long(question: Question, keys: Sequence[str]) -> None:
    """Show answers that do not fit into a line in full, above the question."""
    if any(_short(words) != words for _, words in question.options):
        for key, (_, words) in zip(keys, question.options, strict=False):
            talk(textwrap.fill(words, _width(), initial_indent=f"  {key}) ", subsequent_indent="     "))


def _short(words: str) -> str:
    return textwrap.shorten(words, _width() - _MARGIN, placeholder=" …")


def _width() -> int:
    return max(40, min(shutil.get_terminal_size().columns, 120))


def _depth() -> ColorDepth | None:
    """Give no colours where NO_COLOR (no-color.org) is set, else what the terminal can."""
    return ColorDepth.DEPTH_1_BIT if os.environ.get("NO_COLOR") else None
