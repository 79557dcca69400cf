"""Run the demo several times in a row and list the outcomes: ``python scripts/repeat_demo.py 10 > docs/evidence/demo-runs.md``.

Each line is written as soon as its run has ended, so an interrupted list is still true.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from groundplan.measure.machine import facts

GROUNDPLAN = Path(sys.executable).parent / "groundplan"
HEAD = """\
# {count} demonstrations in a row

Command: `python scripts/repeat_demo.py {count}`, begun {begun} on {machine}. Version under test: commit {commit}.
Each run decides, builds, installs and proves `examples/pulse.toml` afresh: in one process on SQLite, and in a process per
part on PostgreSQL and Valkey. p99 is the API's 99th percentile at 200 requests/s over three starts, with its one-sided 95 %
bound; delivered counts (socket, event) pairs while sockets are cut.

| run | exit code | seconds | verdicts SQLite | p99 | lost of delivered | verdicts PostgreSQL + Valkey | p99 | lost of delivered |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |"""


def say(text: str) -> None:
    """Write a line at once."""
    print(text, flush=True)


def cells(proof: dict[str, Any]) -> list[str]:
    """Give the three cells of one proof."""
    verdicts = {verdict["id"]: verdict for verdict in proof["verdicts"]}
    met = sum(verdict["outcome"] == "MET" for verdict in proof["verdicts"])
    others = [f"{name} {verdict['outcome']}" for name, verdict in verdicts.items() if verdict["outcome"] != "MET"]
    told = f"{met} MET" + "".join(f", {other}" for other in others)
    return [told, verdicts["api-p99"]["measured"], verdicts["nothing-lost"]["measured"].split(",")[0]]


def run(number: int) -> dict[str, Any]:
    """Run the demo once and write its line."""
    ended = subprocess.run([GROUNDPLAN, "demo", "--format", "json"], capture_output=True, text=True, check=False)
    told: dict[str, Any] = json.loads(ended.stdout)
    if "proofs" not in told:
        say(f"| {number} | {ended.returncode} | - | {told['error']['message']} |")
        return told
    seconds = sum(value for step, value in told["seconds"].items() if not step.startswith("set up"))
    row = [str(number), str(ended.returncode), f"{seconds:.0f}", *cells(told["proofs"][0]), *cells(told["proofs"][1])]
    say(f"| {' | '.join(row)} |")
    return told


def main(count: int) -> None:
    """Write the page."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    machine = facts()
    begun = datetime.now(UTC).isoformat(timespec="minutes")
    say(HEAD.format(count=count, begun=begun, machine=f"{machine['cores']} cores, {machine['processor']}", commit=commit))
    for number in range(1, count + 1):
        run(number)


if __name__ == "__main__":
    main(int(sys.argv[1]))
