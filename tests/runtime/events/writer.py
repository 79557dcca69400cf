"""A process that publishes, as a part of a project would: `python writer.py KIND URL CHANNEL COUNT`.

KIND: django, sqlalchemy (sync) or async. Prints the id of every committed event, one a line, then "done".
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from groundplan_runtime.events.doorbell import Wiring, wire

FAILED = "rolled back on purpose"


def django_database(url: str, mode: str = "IMMEDIATE") -> dict[str, Any]:
    """Give Django's settings for an address, as a generated project has them. mode: how SQLite begins a transaction."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        options = {"transaction_mode": mode, "timeout": 15, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path[1:], "OPTIONS": options}
    host = parse_qs(parts.query)["host"][0]
    return {"ENGINE": "django.db.backends.postgresql", "NAME": parts.path[1:], "USER": parts.username, "HOST": host}


def with_django(asked: argparse.Namespace) -> None:
    """Publish through Django; reads first, as most transactions do."""
    import django  # noqa: PLC0415 each kind of writer loads only its own library
    from django.conf import settings  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    settings.configure(DATABASES={"default": django_database(asked.url, asked.mode)}, INSTALLED_APPS=[], SECRET_KEY="k" * 40)
    django.setup()
    from groundplan_runtime.adapters.django.events import position, publish  # noqa: PLC0415 after django.setup

    def write(number: int) -> str:
        with transaction.atomic():
            position(asked.channel)
            published = publish(asked.channel, f"{asked.channel}.created", {"writer": asked.name, "number": number})
            _maybe_fail(asked, number)
        return published.id

    _repeat(asked, write)


def with_sqlalchemy(asked: argparse.Namespace) -> None:
    """Publish through a synchronous Session."""
    from sqlalchemy import create_engine  # noqa: PLC0415
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from groundplan_runtime.adapters import sqlalchemy as adapter  # noqa: PLC0415 each kind of writer loads only its own library

    engine = create_engine(asked.url.replace("postgresql:", "postgresql+psycopg:"))
    if engine.dialect.name == "sqlite":
        adapter.begin_immediately(engine)

    def write(number: int) -> str:
        with Session(engine) as session, session.begin():
            adapter.position(session, asked.channel)
            data = {"writer": asked.name, "number": number}
            published = adapter.publish(session, asked.channel, f"{asked.channel}.created", data)
            _maybe_fail(asked, number)
        return published.id

    _repeat(asked, write)


async def with_async_sqlalchemy(asked: argparse.Namespace) -> None:
    """Publish through an AsyncSession."""
    from sqlalchemy.ext.asyncio import AsyncSession  # noqa: PLC0415

    from groundplan_runtime.adapters import sqlalchemy as adapter  # noqa: PLC0415 each kind of writer loads only its own library

    engine = adapter.make_engine(asked.url)

    async def write(number: int) -> str:
        async with AsyncSession(engine) as session, session.begin():
            await session.run_sync(adapter.position, asked.channel)
            data = {"writer": asked.name, "number": number}
            published = await adapter.async_publish(session, asked.channel, f"{asked.channel}.created", data)
            _maybe_fail(asked, number)
        return published.id

    for number in range(asked.count):
        try:
            print(await write(number), flush=True)
        except RuntimeError as error:
            _expected(error)
        await asyncio.sleep(asked.pause)
    await engine.dispose()


def _repeat(asked: argparse.Namespace, write: Callable[[int], str]) -> None:
    for number in range(asked.count):
        try:
            print(write(number), flush=True)
        except RuntimeError as error:
            _expected(error)
        time.sleep(asked.pause)


def _maybe_fail(asked: argparse.Namespace, number: int) -> None:
    if asked.hold:
        time.sleep(asked.hold)
    if asked.rollback_every and number % asked.rollback_every == 0:
        raise RuntimeError(FAILED)


def _expected(error: RuntimeError) -> None:
    if str(error) != FAILED:
        raise error


def main() -> None:
    """Publish as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["django", "sqlalchemy", "async"])
    parser.add_argument("url")
    parser.add_argument("channel")
    parser.add_argument("count", type=int)
    parser.add_argument("--name", default="w")
    parser.add_argument("--mode", default="IMMEDIATE")
    parser.add_argument("--rollback-every", type=int, default=0)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--hold", type=float, default=0.0)
    parser.add_argument("--outbox", action="store_true")
    parser.add_argument("--doorbell", type=int, default=0)
    asked = parser.parse_args()
    wire(Wiring(outbox=asked.outbox, doorbells=(("127.0.0.1", asked.doorbell),) if asked.doorbell else ()))
    if asked.kind == "async":
        asyncio.run(with_async_sqlalchemy(asked))
    else:
        {"django": with_django, "sqlalchemy": with_sqlalchemy}[asked.kind](asked)
    print("done", flush=True)


if __name__ == "__main__":
    main()
