"""What a decision at the terminal costs: ``groundplan decide`` and ``--help`` beside ``python -c "import numpy"``.

Every command is a new process. They take turns, so that whatever else the machine does falls on all of them alike; the first round
warms the caches and does not count. Time on the wall and processor time (user and system), medians with the middle half of the
rounds, and the ratio to the import, round by round. Without bytecode on disk Python would compile every module each time, so it
is written first, also where PYTHONDONTWRITEBYTECODE is set. Without the parsed catalogue of an installation every file of it would
be parsed each time, so it is asked for. ``--rounds N`` for other than 15.
"""

import argparse
import compileall
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import groundplan
import groundplan_runtime
from groundplan import brief, catalogue
from groundplan.catalogue.parsed import parsed
from groundplan.decision import decide

EXAMPLES = Path(__file__).parent.parent / "examples"
SIX_PARTS = Path(__file__).parent.parent / "tests" / "decision" / "data" / "six-parts.toml"
AS_OF = "2026-11-22"
TOOL = "from groundplan.cli import main; main()"


@dataclass
class Command:
    """One contestant. wall, cpu: seconds of every round that counts."""

    name: str
    arguments: list[str]
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, *, counts: bool) -> None:
        """Start it once and wait for its end. counts: whether the times are kept."""
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, "-c", *self.arguments], stdout=subprocess.DEVNULL, check=True)
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if counts:
            self.wall.append(wall)
            self.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def unparsed() -> str:
    """Name a file of the catalogue that was changed since the installation; empty when there is none."""
    data = Path(groundplan.__file__).parent / "catalogue" / "data"
    known = parsed()
    return next((file.name for file in sorted(data.rglob("*.toml")) if file.read_text(encoding="utf-8") not in known), "")


def largest() -> str:
    """Name the example with most candidates but for pulse."""
    known = catalogue.load()
    counts = {file.stem: decide(brief.load(file), known, AS_OF, draws=0).candidates for file in EXAMPLES.glob("*.toml")}
    print(f"pulse: {counts.pop('pulse'):,} candidates; {max(counts, key=lambda name: counts[name])}: {max(counts.values()):,}")
    return max(counts, key=lambda name: counts[name])


def spread(values: list[float], digits: int) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def row(command: Command, base: Command) -> str:
    walls = [own / other for own, other in zip(command.wall, base.wall, strict=True)]
    cpus = [own / other for own, other in zip(command.cpu, base.cpu, strict=True)]
    milliseconds = [spread([1000 * one for one in values], 0) for values in (command.wall, command.cpu)]
    return f"| {command.name} | {milliseconds[0]} | {milliseconds[1]} | {spread(walls, 2)} | {spread(cpus, 2)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    if rounds < 2:
        parser.error("--rounds must be at least 2: one value has no spread")
    if missing := unparsed():
        parser.error(f"{missing} is not in the parsed catalogue; install Groundplan anew (pip install -e .)")
    for package in (groundplan, groundplan_runtime):
        compileall.compile_dir(Path(str(package.__file__)).parent, quiet=1)
    decisions = [f"decide {name}" for name in ("pulse", largest())]
    commands = [Command("import numpy", ["import numpy"]), Command("--help", [TOOL, "--help"])]
    commands += [Command(name, [TOOL, "decide", str(EXAMPLES / f"{name.split()[1]}.toml"), "--as-of", AS_OF]) for name in decisions]
    commands.append(Command("decide six parts", [TOOL, "decide", str(SIX_PARTS), "--as-of", AS_OF]))
    for turn in range(rounds + 1):
        for command in commands:
            command.run(counts=turn > 0)
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, {os.cpu_count()} processors")
    print(f"load before this minute: {os.getloadavg()[1]:.1f}; {rounds} rounds\n")
    print("| command | wall, ms | processor, ms | wall, times import | processor, times import |")
    print("| --- | --- | --- | --- | --- |")
    for command in commands:
        print(row(command, commands[0]))


if __name__ == "__main__":
    main()
