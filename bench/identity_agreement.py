"""How many generated sessions every adapter judged as Django does, as a Markdown table; ends with 1 when one of them did not.

``python bench/identity_agreement.py [CASES]``: so many for each database and engine. ``OTHER_DJANGO`` in the environment is a
folder with another Django than the installed one.
"""

import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from runtime.events.services import postgresql_server
from runtime.identity.askers import makers
from runtime.identity.conftest import new_site
from runtime.identity.differential import Tally, compare, everybody
from runtime.identity.site_files import Site

CASES = 1000
ENGINES = ("db", "cached_db")


@contextmanager
def project(url: str, engine: str) -> Iterator[Site]:
    """Give a running Django project."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        site = new_site(Path(folder), url, engine)
        try:
            site("flush")
            yield site
        finally:
            site.stop()


def judged(database: str, url: str, engine: str, cases: int) -> tuple[str, Tally]:
    """Give a row of the table, and what was counted."""
    with project(url, engine) as site, everybody(makers(site.settings)) as askers:
        tally = compare(site, askers, f"evidence {database} {engine}", cases)
        told = [
            site("version"),
            database,
            engine,
            tally.cases,
            tally.accepted,
            len(tally.kinds),
            ", ".join(askers),
            len(tally.apart),
        ]
    return f"| {' | '.join(map(str, told))} |", tally


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.system()} {platform.machine()}\n")
    print("| Django | database | engine | sessions | accepted by Django | kinds of case | adapters | answers that differ |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    apart = []
    with postgresql_server() as url:
        for database, address in (("SQLite", ""), ("PostgreSQL", url)):
            for engine in ENGINES:
                row, tally = judged(database, address, engine, cases)
                apart += tally.apart
                print(row, flush=True)
    print("\n".join(apart), file=sys.stderr)
    raise SystemExit(1 if apart else 0)


if __name__ == "__main__":
    main()
