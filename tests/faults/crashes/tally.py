"""What all schedules of a run did together, for its last lines."""

from collections import Counter

from faults.crashes import truth
from faults.crashes.seeds import BASE
from faults.crashes.world import World

__all__ = ["add", "lines"]

_counts: Counter[str] = Counter()
_faults: Counter[str] = Counter()


def add(played: World) -> None:
    """Count a schedule that was played."""
    _counts["schedules"] += 1
    _counts["of them with a database put back"] += played.schedule.puts_back
    _counts["transactions"] += played.told.transactions
    _counts["events rolled back"] += len(played.told.doomed)
    _counts["events committed and kept"] += sum(len(events) for events in truth.log(played.database.url).values())
    for observer in played.observers:
        _counts["connections"] += observer.connections
        _counts["raw frames"] += len(observer.frames)
        for heard in observer.heard.values():
            _counts["doubles"] += heard.doubles
            _counts["resets"] += len(heard.resets)
    _faults.update(fault.what for fault in played.schedule.faults)


def lines() -> list[str]:
    """Give the counts as text; none when nothing was played."""
    if not _counts:
        return []
    told = ", ".join(f"{name} {count}" for name, count in _counts.items())
    broken = ", ".join(f"{name} {count}" for name, count in sorted(_faults.items()))
    return [f"schedules of crashes, from FAULTS_SEED={BASE} on: {told}", f"what broke: {broken}"]
