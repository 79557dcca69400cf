"""Lives of accounts, drawn from a seed: sign-ins, sign-outs and changes in any order, after each the same question to everybody."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

from runtime.identity.askers import Asker
from runtime.identity.site_files import Site

NAMES = ("ada", "bob", "eve")
GROUPS = ("clerks", "buyers")
PERMISSIONS = ("view_sale", "add_sale", "change_sale", "delete_sale")


class History:
    """One history on an emptied project. keys: of every session there has been. done: event -> how often it happened."""

    def __init__(self, site: Site, seed: str, *, cached: bool) -> None:
        self.site = site
        self.dice = random.Random(seed)
        self.keys: list[str] = []
        self.done: Counter[str] = Counter()
        self.events: list[Callable[[], Any]] = [self.sign_in] * 4 + [
            self.sign_out,
            self.new_password,
            self.switch,
            self.switch_silently,
            self.membership,
            self.own_permission,
            self.group_permission,
            self.group_ends,
            self.account_ends,
            self.sessions_swept,
            self.page_read,
        ]
        if not cached:  # what a statement does to a row is not seen by Django while its cache holds the session
            self.events += [self.expires, self.row_deleted]
        for group in GROUPS:
            site("make_group", group)
        for name in NAMES:
            site("make_user", name)

    def go_on(self) -> str:
        """Let something happen and give its name."""
        event = self.dice.choice(self.events)
        event()
        self.done[event.__name__] += 1
        return event.__name__

    def sign_in(self) -> None:
        key = self.site("sign_in_here", self._name())
        self.keys += [key] if key else []

    def sign_out(self) -> None:
        self.site("sign_out", self._key())

    def page_read(self) -> None:
        self.site("whoami", self._key())

    def new_password(self) -> None:
        self.site("change", f"u and u.set_password({self.dice.random()!r}.hex()) or u and u.save()", u=self._name())

    def switch(self) -> None:
        name, value = self.dice.choice(["is_active", "is_superuser", "is_staff"]), self.dice.random() < 0.7
        self.site("change", f"u and (setattr(u, {name!r}, {value}), u.save())", u=self._name())

    def switch_silently(self) -> None:
        self.site("update_users", self._name(), is_active=self.dice.random() < 0.7)

    def membership(self) -> None:
        how = self.dice.choice([*["u.groups.add(g)"] * 2, "u.groups.remove(g)", "u.groups.clear()", "g.user_set.remove(u)"])
        self.site("change", f"u and g and {how}", u=self._name(), g=self.dice.choice(GROUPS))

    def own_permission(self) -> None:
        how = self.dice.choice(["add(p)", "remove(p)", "clear()"])
        self.site("change", f"u and u.user_permissions.{how}", u=self._name(), p=self.dice.choice(PERMISSIONS))

    def group_permission(self) -> None:
        how = self.dice.choice(["g.permissions.add(p)", "g.permissions.add(p)", "g.permissions.remove(p)", "p.group_set.clear()"])
        self.site("change", f"g and {how}", g=self.dice.choice(GROUPS), p=self.dice.choice(PERMISSIONS))

    def group_ends(self) -> None:
        group = self.dice.choice(GROUPS)
        self.site("change", "g and g.delete()", g=group)
        self.site("make_group", group)

    def account_ends(self) -> None:
        name = self._name()
        self.site("change", "u and u.delete()", u=name)
        if self.dice.random() < 0.7:
            self.site("make_user", name)

    def sessions_swept(self) -> None:
        self.site("command", "clearsessions")

    def expires(self) -> None:
        self.site("expire", self._key())

    def row_deleted(self) -> None:
        self.site("delete_row", self._key())

    def _name(self) -> str:
        return self.dice.choice(NAMES)

    def _key(self) -> str:
        return self.dice.choice(self.keys[-5:] or ["x" * 32])


def live_through(site: Site, askers: dict[str, Asker], seed: str, events: int, *, cached: bool) -> tuple[History, Counter[bool]]:
    """Let so many things happen, asking everybody after each about the latest sessions; gives how many answers were an account."""
    history, answers = History(site, seed, cached=cached), Counter[bool]()
    for number in range(events):
        happened = history.go_on()
        cookies = [f"sessionid={key}" for key in history.keys[-4:]]
        given = {name: [asker(cookie) for cookie in cookies] for name, asker in askers.items()}
        expected = site("judge", cookies)
        answers.update(answer is not None for answer in expected)
        for name, answered in given.items():
            assert answered == expected, f"{name} differs after event {number} ({happened}) of history {seed}"
    return history, answers
