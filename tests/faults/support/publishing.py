"""A process that publishes as parts of a project do: `python publishing.py URL --rate 8 --seconds 60 --seed 7`.

Each transaction publishes one to three events on channels that it draws, and a drawn share is rolled back after the events were
written. Prints `committed ID ID …` or `rolled-back ID ID …` for each transaction and `done` at the end.
"""

import argparse
import random
import time

from sqlalchemy.orm import Session

from faults.support.scale import draws
from groundplan_runtime.adapters.sqlalchemy import hold, publish
from groundplan_runtime.events.doorbell import Wiring, wire
from runtime.gateway.harness import engine_of

__all__ = ["main"]


def transact(session: Session, draw: random.Random, asked: argparse.Namespace, number: int) -> tuple[str, list[str]]:
    """Make one transaction; gives what became of it and the ids it wrote."""
    channels = draw.choices(asked.channels, k=draw.randint(1, 3))
    failing = draw.random() < asked.rollbacks
    hold(session, *channels)
    data = {"writer": asked.name, "number": number, "text": "é" * draw.randint(0, 60)}
    ids = [publish(session, channel, f"{channel}.created", data).id for channel in channels]
    if failing:
        session.rollback()
    else:
        session.commit()
    return "rolled-back" if failing else "committed", ids


def main() -> None:
    """Publish as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--channels", nargs="+", default=["sale", "shop"])
    parser.add_argument("--name", default="writer")
    parser.add_argument("--rate", type=float, default=5.0, help="transactions a second")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rollbacks", type=float, default=0.25, help="share of the transactions that is rolled back")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--outbox", action="store_true")
    parser.add_argument("--doorbell", type=int, default=0)
    asked = parser.parse_args()
    wire(Wiring(outbox=asked.outbox, doorbells=(("127.0.0.1", asked.doorbell),) if asked.doorbell else ()))
    engine, draw = engine_of(asked.url), draws(asked.seed, asked.name)
    end, number = time.monotonic() + asked.seconds, 0
    while time.monotonic() < end:
        with Session(engine) as session:
            what, ids = transact(session, draw, asked, number)
        print(what, *ids, flush=True)
        number += 1
        time.sleep(draw.expovariate(asked.rate))
    print("done", flush=True)


if __name__ == "__main__":
    main()
