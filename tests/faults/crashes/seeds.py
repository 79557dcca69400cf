"""How many schedules are drawn, and from which seed on: `FAULTS_SEED=… FAULTS_SCHEDULES=1 make faults` replays one of them.

FAULTS_MINUTES   schedules that would begin later than so many minutes after the first one are left out, and are counted; the first
                 twenty are played however long they take, so that a slow machine shows something too
"""

import os
import random
import time

__all__ = ["BASE", "SCHEDULES", "may_begin", "replay"]

SCHEDULES = int(os.environ.get("FAULTS_SCHEDULES") or 20)
BASE = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(1_000_000))
_MINUTES = float(os.environ.get("FAULTS_MINUTES") or "inf")
_LEAST = 20
_began: list[float] = []


def replay(seed: int) -> str:
    """Give the command that draws the same schedule again."""
    return f"FAULTS_SEED={seed} FAULTS_SCHEDULES=1 .venv/bin/pytest -m faults tests/faults/crashes/test_schedules.py"


def may_begin(place: int) -> bool:
    """Tell whether the schedule at this place may begin. place: from 0."""
    if not _began:
        _began.append(time.monotonic())
    return place < _LEAST or time.monotonic() - _began[0] < _MINUTES * 60
