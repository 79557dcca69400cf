"""Rounds in which every candidate stands between two runs of the reference, and what is said about them."""

import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

ROUNDS = 7
RAW = Path(__file__).parents[2] / "docs" / "evidence" / "figures"
Values = TypeVar("Values")


def bracketed(
    reference: Callable[[], Values], candidates: Mapping[str, Callable[[], Values]], rounds: int = ROUNDS
) -> tuple[list[Values], dict[str, list[tuple[Values, Values, Values]]]]:
    """Give all runs of the reference, and for each candidate (reference before, itself, reference after) of every round.

    Every second round goes through the candidates backwards: A B C A, A C B A.
    """
    runs: list[Values] = []
    found: dict[str, list[tuple[Values, Values, Values]]] = {name: [] for name in candidates}
    for number in range(rounds):
        names = list(candidates)
        before = reference()
        runs.append(before)
        for name in names if number % 2 == 0 else reversed(names):
            value = candidates[name]()
            after = reference()
            runs.append(after)
            found[name].append((before, value, after))
            before = after
        print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    return runs, found


def spread(values: Sequence[float]) -> tuple[float, float, float]:
    """Give the median and its 95 % interval (percentile bootstrap, 10,000 draws, fixed seed)."""
    drawn = np.random.default_rng(1).choice(np.asarray(values), (10_000, len(values)))
    low, high = np.percentile(np.median(drawn, axis=1), [2.5, 97.5])
    return statistics.median(values), float(low), float(high)


def shown(values: Sequence[float], form: str = ".2f") -> str:
    """Give the median and its interval as text."""
    return "{:{f}} ({:{f}}-{:{f}})".format(*spread(values), f=form)


def conditions(*packages: str) -> str:
    """Say where and when this ran, and with which versions."""
    models = [line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, Python {platform.python_version()}"
    where = f"{os.cpu_count()} processors ({(models or [platform.machine()])[0]}), load average {os.getloadavg()[0]:.1f}"
    return ", ".join([when, where, *(f"{name} {version(name)}" for name in packages)])


def _lines(path: str) -> list[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else []


def keep(name: str, told: str, raw: Any) -> None:
    """Write the raw data beside the evidence when the program was called with --keep."""
    if "--keep" in sys.argv:
        RAW.mkdir(parents=True, exist_ok=True)
        (RAW / f"{name}.json").write_text(json.dumps({"conditions": told, "raw": _rounded(raw)}, separators=(",", ":")) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, (list, tuple)) else value
