"""How many schedules are drawn, and from which seed on: `FAULTS_SEED=… FAULTS_SCHEDULES=1 make faults` replays one of them."""

import os
import random

__all__ = ["BASE", "SCHEDULES", "replay"]

SCHEDULES = int(os.environ.get("FAULTS_SCHEDULES") or 20)
BASE = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(1_000_000))


def replay(seed: int) -> str:
    """Give the command that draws the same schedule again."""
    return f"FAULTS_SEED={seed} FAULTS_SCHEDULES=1 pytest -m faults tests/faults/crashes/test_schedules.py"
