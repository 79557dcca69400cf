"""A running project with people in it: what every probe and every load needs."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from groundplan.brief.model import Entity
from groundplan.proof.rows import as_form, make_row, marker_field
from groundplan.proof.running import Account
from groundplan.proof.surface import PartAt, Surface
from groundplan.proof.visitor import Said, Visitor, sign_in

__all__ = ["Scene", "UnprovableError"]

SESSIONS = 4


class UnprovableError(Exception):
    """Something cannot be judged on this project; the message is the sentence that says why."""


@dataclass(slots=True)
class Scene:
    """One start of the project. insider may do everything with every entity, outsider nothing; None without sign-in.

    numbers: make each row different, across all starts of a proof.
    """

    surface: Surface
    url: str
    insider: Account | None
    outsider: Account | None
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _visitors: dict[str, Visitor] = field(default_factory=dict)
    _people: list[Visitor] = field(default_factory=list)
    _plurals: dict[str, str] = field(default_factory=dict)
    _targets: dict[str, int] = field(default_factory=dict)

    @property
    def entity(self) -> Entity:
        """Give the entity that requests are about. Raises UnprovableError without one."""
        entity = self.surface.probe_entity
        if entity is None:
            raise UnprovableError("the brief names no entity, so there is no row to ask for")
        return entity

    @property
    def api(self) -> PartAt | None:
        """Give the API part."""
        return self.surface.first("api")

    @property
    def web(self) -> PartAt | None:
        """Give the part with the pages, if it is the one that owns sign-in."""
        owner = self.surface.owner
        return owner if owner is not None and owner.kind in ("web", "admin") else None

    @property
    def live(self) -> PartAt | None:
        """Give the realtime part."""
        return self.surface.first("realtime")

    @property
    def owner_prefix(self) -> str:
        """Give the prefix of the part that holds sign-in."""
        return self.surface.owner.prefix if self.surface.owner else ""

    def visitor(self, account: Account | None) -> Visitor:
        """Give the one signed-in visitor of an account; without an account somebody unknown."""
        if account is None:
            return Visitor(self.url, self.owner_prefix)
        if account.username not in self._visitors:
            self._visitors[account.username] = self.another(account)
        return self._visitors[account.username]

    def another(self, account: Account) -> Visitor:
        """Give a visitor with a session of its own."""
        return sign_in(self.url, self.owner_prefix, account.username, account.password)

    def people(self) -> list[Visitor]:
        """Give several visitors who may do everything, each with a session of its own (one unknown without sign-in).

        One session alone would flatter every cache.
        """
        if not self._people:
            self._people.append(self.member)
            if self.insider is not None:
                self._people += [self.another(self.insider) for _ in range(SESSIONS - 1)]
        return self._people

    @property
    def member(self) -> Visitor:
        """Give somebody who may do everything: signed in where there is sign-in."""
        return self.visitor(self.insider)

    def api_rows(self, entity: Entity | None = None) -> str:
        """Give the address of an entity's rows in the API."""
        if self.api is None:
            raise UnprovableError("the project has no API part")
        return f"{self.api.prefix}/{self._plural(entity or self.entity, self.api.prefix, '')}"

    def page(self, entity: Entity | None = None) -> str:
        """Give the address of an entity's page."""
        if self.web is None:
            raise UnprovableError("the project has no pages behind a sign-in")
        return f"{self.web.prefix}/{self._plural(entity or self.entity, self.web.prefix, '/')}/"

    @property
    def socket_path(self) -> str:
        """Give the address of the live socket."""
        if self.live is None:
            raise UnprovableError("the project has no realtime part")
        return f"{self.live.prefix}/ws"

    def row(self, mark: str = "", entity: Entity | None = None) -> dict[str, object]:
        """Give a new valid row; what it refers to exists."""
        entity = entity or self.entity
        for given in entity.fields:
            if given.target and not given.null and given.target not in self._targets:
                self._targets[given.target] = self._make_target(given.target)
        return make_row(entity, next(self.numbers), self._targets, mark)

    def mark(self, start: str = "gp") -> str:
        """Give a text that no row has yet."""
        return f"{start}{next(self.numbers)}"

    @property
    def marks(self) -> bool:
        """Tell whether rows can carry a mark."""
        return marker_field(self.entity) is not None

    def add(self, row: dict[str, object]) -> Said:
        """Write a row through the API, else through the form."""
        if self.api is not None:
            return self.member.post_json(self.api_rows(), row)
        path, hidden = self.form(self.member)
        return self.member.post_form(path, {**hidden, **as_form(self.entity, row)})

    def form(self, visitor: Visitor) -> tuple[str, dict[str, str]]:
        """Give where the form for a new row goes, and its hidden fields (the CSRF token)."""
        names = [given.name for given in self.entity.fields]
        for page in (f"{self.page()}add/", self.page()):
            found = visitor.form_at(page, *names)
            if found is not None:
                path, form = found
                return path, {name: value for name, value in form.fields.items() if name not in names}
        raise UnprovableError(f"{self.page()}add/ and {self.page()} show no form for a new {self.entity.name}")

    def newest(self, visitor: Visitor | None = None) -> list[dict[str, Any]]:
        """Give the newest rows, as JSON. Raises UnprovableError when they cannot be read."""
        path = self.api_rows() if self.api is not None else f"{self.page()}state"
        said = (visitor or self.member).get(path)
        told = said.json()
        if not said.good or not isinstance(told, dict) or not isinstance(told.get("items"), list):
            raise UnprovableError(f"{path} answered {said} instead of rows")
        rows: list[dict[str, Any]] = told["items"]
        return rows

    def has(self, mark: str) -> bool:
        """Tell whether one of the newest rows carries a mark."""
        return any(mark in row.values() for row in self.newest())

    def _plural(self, entity: Entity, prefix: str, ending: str) -> str:
        """Ask the project which plural it uses, rather than assume it."""
        if entity.name not in self._plurals:
            name = entity.name
            spelled = (f"{name}s", f"{name[:-1]}ies", f"{name}es", name)
            known = (word for word in spelled if self.member.get(f"{prefix}/{word}{ending}").status != 404)  # noqa: PLR2004  (not found)
            plural = next(known, None)
            if plural is None:
                raise UnprovableError(f"{prefix}/{spelled[0]}{ending} and other plurals of {name} are not found (404)")
            self._plurals[name] = plural
        return self._plurals[entity.name]

    def _make_target(self, name: str) -> int:
        entity = next(entity for entity in self.surface.entities if entity.name == name)
        said = self.member.post_json(self.api_rows(entity), self.row(entity=entity))
        told = said.json()
        if not said.good or not isinstance(told, dict):
            raise UnprovableError(f"a {name} to refer to could not be made: {self.api_rows(entity)} answered {said}")
        return int(told["id"])
