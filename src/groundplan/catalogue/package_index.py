"""What a package index tells about a package: its newest release, when that came, which Python it wants and what it stands on.

The simple repository API as JSON (PEP 691, dates by PEP 700) or as HTML (PEP 503), and a release's own metadata (PEP 658), from
the index that pip is set up to use.
"""

import datetime as dt
import json
import re
import ssl
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import HeaderParser
from html.parser import HTMLParser
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urljoin, urlsplit, urlunsplit
from urllib.request import Request, urlopen

from groundplan.catalogue.model import Fact
from groundplan.errors import MachineError

__all__ = ["Index", "Release", "configured", "newest", "told"]

_JSON = "application/vnd.pypi.simple.v1+json"
_ACCEPT = f"{_JSON}, text/html;q=0.5"
_SECONDS = 20
_FINAL = re.compile(r"\d+(\.\d+)*(\.post\d+)?")
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Index:
    """A package index. address: of its simple API. certificates: file of those to trust; empty: the system's."""

    address: str
    certificates: str = ""

    @property
    def shown(self) -> str:
        """Give the address without what may be a password."""
        parts = urlsplit(self.address)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


@dataclass(frozen=True, slots=True)
class Release:
    """The newest final release of a package. date: ISO; empty where the index tells none, as for the two others."""

    package: str
    version: str
    date: str
    requires_python: str
    dependencies: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class _File:
    """A file of a release, as the index lists it."""

    name: str
    url: str
    date: str
    requires_python: str
    has_metadata: bool
    yanked: bool


def configured() -> Index:
    """Give the index that pip uses here. Raises MachineError when this Python has no pip to ask."""
    told = dict(line.split("=", 1) for line in _pip("config", "list").splitlines() if "=" in line)
    files_first = sorted(told.items(), key=lambda pair: pair[0].startswith(":env:"))  # what the environment says wins, as in pip
    settings = {key.rpartition(".")[2]: value.strip("'\"") for key, value in files_first}
    return Index(settings.get("index-url") or _default(), settings.get("cert", ""))


def _default() -> str:
    """Read pip's own default from its help, so that its address stands in one place: there."""
    found = re.search(r"Package\s+Index\s+\(default\s+(\S+)\)", _pip("install", "--help"))
    if found is None:
        raise MachineError("pip names no package index; set one with `pip config set global.index-url ADDRESS`.")
    return found[1]


def _pip(*arguments: str) -> str:
    ended = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    if ended.returncode:
        raise MachineError(f"pip cannot be asked which package index to use; install it into {sys.executable}.")
    return ended.stdout


def newest(index: Index, package: str) -> Release | None:
    """Ask for the newest final release that was not taken back; None when the index has no such package or no such release.

    Raises MachineError when the index cannot be reached or answers with something else.
    """
    page = f"{index.address.rstrip('/')}/{package}/"
    answer = _get(index, page)
    if answer is None:
        return None
    try:
        releases = _by_version(package, _files(answer, page))
    except (ValueError, KeyError, TypeError):
        raise _failure(index, f"does not list the files of {package} as PEP 503 or 691 say") from None
    if not releases:
        return None
    version = max(releases, key=_order)
    return _release(index, package, version, releases[version])


def told(release: Release, index: Index, day: dt.date) -> Iterator[Fact]:
    """Give what an index told of a release as facts of that day."""
    where = f"{index.shown.rstrip('/')}/{release.package}/"
    pairs = {
        "newest_version": (release.version, "version"),
        "newest_date": (release.date, "date"),
        "requires_python": (release.requires_python, "Python versions"),
        "dependencies": ("; ".join(release.dependencies or ()), "packages"),
    }
    for fact_id, (value, unit) in pairs.items():
        if value or (fact_id == "dependencies" and release.dependencies is not None):
            yield Fact(release.package, fact_id, value, unit, "package index", where, day.isoformat(), "B")


def _release(index: Index, package: str, version: str, files: list[_File]) -> Release:
    first = min((file.date for file in files if file.date), default="")
    return Release(package, version, first[:10], files[0].requires_python, _dependencies(index, files))


def _dependencies(index: Index, files: Iterable[_File]) -> tuple[str, ...] | None:
    """Give what a release needs on every machine: extras are left out. None where the index does not tell."""
    for file in files:
        answer = _get(index, f"{file.url}.metadata") if file.has_metadata else None
        if answer is not None:
            needed = HeaderParser().parsestr(answer[1]).get_all("Requires-Dist") or []
            return tuple(sorted(str(one) for one in needed if "extra ==" not in str(one)))
    return None


def _get(index: Index, address: str) -> tuple[str, str] | None:
    """Give media type and text of an address; None when there is nothing."""
    trusted = ssl.create_default_context(cafile=index.certificates or None) if address.startswith("https:") else None
    try:
        with urlopen(Request(address, headers={"Accept": _ACCEPT}), timeout=_SECONDS, context=trusted) as answer:  # noqa: S310  # the address is the user's own setting
            return answer.headers.get_content_type(), answer.read().decode()
    except HTTPError as error:
        if error.code == _NOT_FOUND:
            return None
        raise _failure(index, f"answered with {error.code} ({error.reason})") from None
    except (OSError, ValueError) as error:
        raise _failure(index, f"cannot be reached ({getattr(error, 'reason', error)})") from None


def _failure(index: Index, why: str) -> MachineError:
    return MachineError(f"The package index {index.shown} {why}; nothing was changed.")


def _files(answer: tuple[str, str], page: str) -> list[_File]:
    kind, text = answer
    return [*_listed_in_json(text, page)] if kind == _JSON else _Anchors.read(text, page)


def _listed_in_json(text: str, page: str) -> Iterator[_File]:
    for file in json.loads(text)["files"]:
        yield _File(
            name=file["filename"],
            url=urljoin(page, file["url"]),
            date=file.get("upload-time") or "",
            requires_python=file.get("requires-python") or "",
            has_metadata=bool(file.get("core-metadata") or file.get("dist-info-metadata")),
            yanked=bool(file.get("yanked")),
        )


class _Anchors(HTMLParser):
    """The links of a page of PEP 503."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page
        self.files: list[_File] = []

    @staticmethod
    def read(text: str, page: str) -> list[_File]:
        """Give the files that a page links."""
        parser = _Anchors(page)
        parser.feed(text)
        return parser.files

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        """Take down one link."""
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            url = urljoin(self.page, told["href"]).partition("#")[0]
            has_metadata = "data-core-metadata" in told or "data-dist-info-metadata" in told
            name, python = url.rpartition("/")[2], told.get("data-requires-python") or ""
            self.files.append(_File(name, url, "", python, has_metadata, "data-yanked" in told))


def _by_version(package: str, files: Iterable[_File]) -> dict[str, list[_File]]:
    found: dict[str, list[_File]] = {}
    for file in files:
        version = _version(package, file.name)
        if version and not file.yanked:
            found.setdefault(version, []).append(file)
    return found


def _version(package: str, name: str) -> str:
    """Read the version from a file's name; empty for a pre-release and for other kinds of file."""
    stem = name.removesuffix(".whl") if name.endswith(".whl") else name.removesuffix(".tar.gz").removesuffix(".zip")
    pattern = re.sub(r"[-_.]+", r"[-_.]+", re.escape(package).replace(r"\-", "-"))
    found = re.match(rf"{pattern}-([^-]+)(-|$)", stem, re.IGNORECASE)
    return found[1] if found and stem != name and _FINAL.fullmatch(found[1]) else ""


def _order(version: str) -> tuple[tuple[int, ...], int]:
    release, _, post = version.partition(".post")
    numbers = [int(number) for number in release.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers), int(post or 0)
