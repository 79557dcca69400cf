"""How large a run is and which draws it makes: from the environment, so that one suite has a short and a full form."""

import os
import random
import resource
from dataclasses import dataclass

__all__ = ["Scale", "draws", "more_files", "scale"]


@dataclass(frozen=True, slots=True)
class Scale:
    """clients: sockets at once. seconds: how long publishers run and the network breaks. seed: of every draw."""

    clients: int
    seconds: float
    seed: int


def scale(*, clients: int, seconds: float) -> Scale:
    """Give the scale of a run: FAULTS_CLIENTS, FAULTS_SECONDS and FAULTS_SEED, else what is asked for and a seed of its own."""
    seed = os.environ.get("FAULTS_SEED")
    return Scale(
        int(os.environ.get("FAULTS_CLIENTS", clients)),
        float(os.environ.get("FAULTS_SECONDS", seconds)),
        random.SystemRandom().randrange(1_000_000) if seed is None else int(seed),
    )


def draws(seed: int, whose: object = "") -> random.Random:
    """Give a generator that draws the same for the same seed and the same owner, whoever else draws."""
    return random.Random(f"{seed}/{whose}")


def more_files() -> int:
    """Let this process open as many files as it may; gives how many."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
