"""``groundplan catalogue``: what is known, whether it can be relied on, and what the package index says today."""

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict

import click

from groundplan import catalogue
from groundplan.catalogue.model import Catalogue, Fact
from groundplan.catalogue.noted import keep, noted_file, packages
from groundplan.catalogue.package_index import Index, Release, configured, newest, told
from groundplan.cli.deciding import as_of_option
from groundplan.cli.surface import as_json, colorful, format_option, result, talk, width
from groundplan.errors import CatalogueError, InputError, Problem
from groundplan.report.catalogue_telling import GROUPS, page, rows, subjects
from groundplan.report.catalogue_text import list_text, page_text
from groundplan.spelling import nearest

__all__ = ["command"]

_AT_A_TIME = 4


@click.group("catalogue")
def command() -> None:
    """Look into the catalogue that decisions rest on.

    Every statement has a source, a date and a grade: A measured by us, B
    official text, C survey or count, D judgement.
    """


@command.command("list")
@click.argument("group", type=click.Choice(GROUPS), nargs=-1)
@format_option("text", "json")
@as_of_option
def listed(group: tuple[str, ...], form: str, as_of: str) -> None:
    """List frameworks, add-ons, servers and capabilities.

    Name one or more of them to see only those. --as-of lists what there was
    on a day.
    """
    known = _known(as_of)
    found = rows(known, group or GROUPS)
    entries = {"as_of": as_of, "catalogue": known.version, "entries": [asdict(row) for row in found]}
    result(as_json(entries) if form == "json" else list_text(found, width(), color=colorful()))


@command.command("show")
@click.argument("name")
@format_option("text", "json")
@as_of_option
def shown(name: str, form: str, as_of: str) -> None:
    """Show all that is known of one name, with sources.

    NAME is a framework, an add-on, a server, a layer below them or a
    capability.
    """
    known = _known(as_of)
    try:
        found = page(known, name)
    except KeyError:
        raise InputError(str(_unknown(known, name))) from None
    result(as_json(found.plain()) if form == "json" else page_text(found, width(), color=colorful()))


def _known(as_of: str) -> Catalogue:
    return catalogue.load(told=noted_file()).at(dt.date.fromisoformat(as_of))


def _unknown(known: Catalogue, name: str) -> Problem:
    near = nearest(name, subjects(known))
    remedy = f"write {near!r}" if near else "`groundplan catalogue list` names everything"
    return Problem("catalogue", repr(name), "is not in it", remedy)


@command.command("check")
@format_option("text", "json")
@as_of_option
def checked(form: str, as_of: str) -> None:
    """Check that every fact can be traced and is not expired.

    Tells all problems at once: a fact without source, date, unit or grade, a
    name that no file knows, a fact past its end or older than the method
    allows.
    """
    problems = catalogue.audit(dt.date.fromisoformat(as_of), told=noted_file())
    if problems:
        raise CatalogueError(problems)
    known = catalogue.load(told=noted_file())
    counts = {group: sum(row.group == group for row in rows(known)) for group in GROUPS} | {"facts": len(known.facts)}
    words = ", ".join(f"{count} {name}" for name, count in counts.items())
    sentence = f"Catalogue {known.version}: {words}; all traced, none expired on {as_of}."
    result(as_json({"as_of": as_of, "catalogue": known.version, **counts, "problems": []}) if form == "json" else sentence)


@command.command("refresh")
@click.argument("name", nargs=-1)
@format_option("text", "json")
def refreshed(name: tuple[str, ...], form: str) -> None:
    """Ask your package index for the newest releases.

    Asks the index that pip is set up to use for versions, dates, Python
    versions and dependencies, of everything in the catalogue or of the names
    given. The answers are facts of grade B with today's date, in a file of
    your own; what ships stays as it is, and decisions do not read them.
    """
    known = catalogue.load()
    asked = name or packages(known)
    for one in asked:
        if one not in packages(known):
            raise InputError(str(_unknown(known, one)))
    index = configured()
    talk(f"asking {index.shown} for {len(asked)} packages")
    releases = _asked(index, asked)
    facts = [fact for release in releases.values() if release for fact in told(release, index, _today())]
    keep(facts, noted_file())
    _tell(form, index, releases, facts)


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()


def _asked(index: Index, names: tuple[str, ...]) -> dict[str, Release | None]:
    """Ask for all of them before anything is written; the first failure ends it."""
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        answers = [pool.submit(newest, index, name) for name in names]
        try:
            return {name: answer.result() for name, answer in zip(names, answers, strict=True)}
        finally:
            pool.shutdown(cancel_futures=True)


def _tell(form: str, index: Index, releases: dict[str, Release | None], facts: list[Fact]) -> None:
    missing = [name for name, release in releases.items() if release is None]
    answer = {"index": index.shown, "file": str(noted_file()), "facts": [asdict(fact) for fact in facts], "missing": missing}
    result(as_json(answer) if form == "json" else "\n".join(_lines(releases, facts)))


def _lines(releases: dict[str, Release | None], facts: list[Fact]) -> Iterator[str]:
    for name, release in releases.items():
        if release is None:
            yield f"{name}: the index has no release of it"
        else:
            yield f"{name} {release.version}{f' of {release.date}' if release.date else ''}"
    yield f"{len(facts)} facts written to {noted_file()}"
