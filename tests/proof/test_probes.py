"""Every probe passes on a protected project, and is seen failing when its protection is left out."""

from collections.abc import Callable

import pytest

from groundplan.brief.model import Entity, Field, FieldType
from groundplan.proof.model import Outcome
from groundplan.proof.probes import PROBES
from groundplan.proof.scene import Scene
from groundplan.proof.surface import Surface
from groundplan.proof.verdicts import judge_probe

Switch = Callable[..., None]
_BY_ID = {probe.id: probe for probe in PROBES}


def _outcome(name: str, scene: Scene) -> tuple[Outcome, str]:
    probe = _BY_ID[name]
    verdict = judge_probe(probe, probe.run(scene), "prove")
    return verdict.outcome, verdict.why


@pytest.mark.parametrize("name", _BY_ID)
def test_a_protected_project_meets_every_probe(name: str, scene: Scene) -> None:
    assert _outcome(name, scene) == (Outcome.MET, "every attempt ended as it must, and every control worked")


@pytest.mark.parametrize(
    ("left_out", "name", "seen"),
    [
        ("password", "one-sign-in", "a wrong password gives none"),
        ("sign-in-page", "one-sign-in", "pages ask a stranger to sign in"),
        ("sign-in-api", "one-sign-in", "the API answers a stranger with 401"),
        ("sign-in-socket", "one-sign-in", "the socket turns a stranger away"),
        ("csrf-form", "csrf", "a form without its token is refused"),
        ("origin-form", "csrf", "a form from another site is refused"),
        ("csrf-api", "csrf", "an API request without the token is refused"),
        ("origin-api", "csrf", "an API request from another site is refused"),
        ("origin-socket", "origin", "a foreign Origin is refused"),
        ("origin-missing", "origin", "no Origin is refused"),
        ("origin-lookalike", "origin", "a look-alike port is refused"),
        ("permission-page", "permission", "the page is refused"),
        ("permission-admin", "permission", "the admin is refused"),
        ("permission-read", "permission", "reading by the API is refused"),
        ("permission-write", "permission", "writing by the API is refused"),
        ("permission-socket", "permission", "the subscription is refused"),
        ("revoke-api", "sign-out", "the API answers 401 within 2 s"),
        ("revoke-socket", "sign-out", "the socket is closed with 4401 within 2 s"),
        ("escape", "escaping", "the page shows its markup as text"),
        ("json-type", "escaping", "the API says that its answer is JSON"),
        ("sql", "sql-injection", "SQL as a cursor is refused"),
        ("sql-search", "sql-injection", "SQL in the search finds no more than it should"),
        ("sql-sign-in", "sql-injection", "SQL as a user name signs nobody in"),
        ("sql-drop", "sql-injection", "the other rows are still there"),
        ("host", "host-header", "the page refuses a foreign host"),
        ("nosniff", "headers", "page: browsers may not guess the type"),
        ("framing", "headers", "page: no framing by others"),
        ("referrer", "headers", "page: no addresses to other sites"),
        ("httponly", "headers", "the session cookie is not for scripts"),
        ("samesite", "headers", "the session cookie does not go to other sites"),
        ("errors", "headers", "an error page tells nothing about the code"),
    ],
)
def test_a_probe_sees_that_its_protection_is_missing(left_out: str, name: str, seen: str, scene: Scene, switch: Switch) -> None:
    switch(left_out)
    outcome, why = _outcome(name, scene)
    assert outcome is Outcome.NOT_MET
    assert seen in why


@pytest.mark.parametrize(
    ("broken", "name"),
    [("socket", "origin"), ("drop-writes", "csrf"), ("drop-writes", "escaping"), ("recognised-api", "sign-out")],
)
def test_a_project_that_refuses_everybody_is_not_proven_safe(broken: str, name: str, scene: Scene, switch: Switch) -> None:
    scene.row()
    switch(broken)
    outcome, why = _outcome(name, scene)
    assert outcome is Outcome.NOT_PROVEN
    assert why.startswith("a control failed, so a refusal says nothing")


@pytest.mark.parametrize("part", ["recognised-api", "recognised-page", "recognised-socket"])
def test_a_part_that_does_not_know_the_account_is_seen(part: str, scene: Scene, switch: Switch) -> None:
    switch(part)
    outcome, why = _outcome("one-sign-in", scene)
    assert outcome is Outcome.NOT_MET
    assert "know the account" in why or "knows the account" in why


@pytest.mark.parametrize("kinds", [("web",), ("web", "api"), ("web", "realtime")])
def test_a_project_is_held_against_what_it_has(kinds: tuple[str, ...], scene: Scene) -> None:
    whole = scene.surface
    parts = tuple(part for part in whole.parts if part.kind in kinds)
    scene.surface = Surface("s", whole.root, "l", (), parts, whole.entities)
    applicable = [probe for probe in PROBES if probe.applies(scene.surface)]
    assert ("origin" in {probe.id for probe in applicable}) is ("realtime" in kinds)
    assert {probe.id: _outcome(probe.id, scene)[1] for probe in applicable if _outcome(probe.id, scene)[0] is not Outcome.MET} == {}


def test_without_sign_in_without_rows_or_without_texts_there_is_less_to_try(scene: Scene) -> None:
    whole = scene.surface
    numbers = Entity("reading", (Field("value", FieldType.INTEGER),))
    tried = [
        {probe.id for probe in PROBES if probe.applies(Surface("s", whole.root, "l", (), parts, entities))}
        for parts, entities in ((whole.parts[1:], whole.entities), (whole.parts, ()), (whole.parts, (numbers,)))
    ]
    assert tried[:2] == [set(), {"origin"}]
    assert tried[2] == set(_BY_ID) - {"escaping", "sql-injection"}
