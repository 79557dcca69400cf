"""What takes a stack out: a required capability that is known to be absent, the organisation's policy, or a must.

Every test answers yes, no or unknown. Only a no screens out; an unknown is kept and told.
"""

from collections.abc import Iterator
from typing import get_args

from groundplan.brief.metrics import METRICS
from groundplan.brief.model import Brief, Comparison, Must
from groundplan.catalogue.model import Catalogue, Server
from groundplan.catalogue.words import Interface
from groundplan.decision.costs import cpu_us, memory_mb
from groundplan.decision.model import ScreenedOut
from groundplan.decision.options import Option, Want, options, wants
from groundplan.decision.situation import PartView, Situation
from groundplan.records import dataclass

__all__ = ["EVERYWHERE", "Sieve", "constraints", "screen"]

EVERYWHERE = "every part"
"""In place of a part, where something is out for all of them."""

_CALLED: dict[Interface, str] = {"wsgi": "WSGI", "asgi": "ASGI", "own": "its own server"}


@dataclass(frozen=True, slots=True)
class Sieve:
    """What is left for each part, in order of the parts, and what was taken out.

    servers: interface -> servers a project starts for it. doubts: required capabilities nobody could say yes or no to.
    """

    options: tuple[tuple[Option, ...], ...]
    servers: dict[Interface, tuple[Server, ...]]
    screened_out: tuple[ScreenedOut, ...]
    doubts: tuple[str, ...]


def constraints(brief: Brief) -> tuple[str, ...]:
    """Name everything of a brief that can screen: policy, needs at level 3, what parts require, musts, answers.

    The names are those of ``relaxed``.
    """
    named = ["policy.allow"] if brief.policy.allow is not None else []
    named += [f"policy.forbid {name}" for name in brief.policy.forbid]
    named += [f"part {part.name}: {need} = 3" for part in brief.parts for need, level in part.needs.items() if level == 3]  # noqa: PLR2004  # the top of the scale
    named += [f"part {part.name}: requires {capability}" for part in brief.parts for capability in part.requires]
    named += [f"must {must.id}" for must in brief.musts if must.level == "must"]
    named += [f"answers.{question} = {given}" for question, given in brief.answers.items() if given is not None]
    return tuple(named)


def screen(situation: Situation) -> Sieve:
    """Sort the stacks of every part into those that stay and those that are out, each with the fact that decides."""
    servers, out = _servers(situation)
    out += _policy(situation)
    doubts: list[str] = []
    kept: list[tuple[Option, ...]] = []
    for part in situation.parts:
        stays, goes, doubted = _part(part, situation, servers)
        kept.append(tuple(stays))
        out += goes
        doubts += doubted
    return Sieve(tuple(kept), servers, tuple(dict.fromkeys(out)), tuple(dict.fromkeys(doubts)))


def _servers(situation: Situation) -> tuple[dict[Interface, tuple[Server, ...]], list[ScreenedOut]]:
    forbidden = situation.brief.policy.forbid
    usable = [server for server in situation.catalogue.servers if server.name not in forbidden]
    interfaces: tuple[Interface, ...] = get_args(Interface)
    chosen = {interface: tuple(server for server in usable if interface in server.runs) for interface in interfaces}
    out = [
        ScreenedOut(EVERYWHERE, server.name, "started by a generated project", server.reason, server.source, server.date)
        for server in situation.catalogue.servers
        if not server.runs
    ]
    return chosen, out


def _barred(situation: Situation) -> frozenset[str]:
    policy = situation.brief.policy
    frameworks = {framework.name for framework in situation.catalogue.frameworks}
    allowed = frameworks if policy.allow is None else frameworks & set(policy.allow)
    return frozenset((frameworks - allowed) | set(policy.forbid))


def _policy(situation: Situation) -> list[ScreenedOut]:
    policy, date = situation.brief.policy, situation.as_of.isoformat()
    catalogue = situation.catalogue
    known = [framework.name for framework in catalogue.frameworks]
    known += [addon.name for addon in catalogue.addons] + [server.name for server in catalogue.servers]
    barred = _barred(situation)
    return [
        ScreenedOut(EVERYWHERE, name, *_rule(name, policy.forbid), situation.brief.source, date) for name in known if name in barred
    ]


def _rule(name: str, forbidden: tuple[str, ...]) -> tuple[str, str]:
    if name in forbidden:
        return "policy.forbid", f"the organisation forbids {name}"
    return "policy.allow", f"{name} is not among what the organisation allows"


def _part(
    part: PartView, situation: Situation, servers: dict[Interface, tuple[Server, ...]]
) -> tuple[list[Option], list[ScreenedOut], list[str]]:
    catalogue = situation.catalogue
    wanted = _with_musts(part, wants(part, catalogue), situation.brief)
    stays: list[Option] = []
    goes: list[ScreenedOut] = []
    doubts: list[str] = []
    for option in options(part, wanted, catalogue, _barred(situation)):
        reasons = [*_unserved(option, situation, servers), *_lacking(option, wanted), *_musts(option, part, situation, servers)]
        if reasons:
            goes += reasons
        else:
            stays.append(option)
            doubts += _doubts(option, wanted)
    return stays, goes, doubts


def _unserved(option: Option, situation: Situation, servers: dict[Interface, tuple[Server, ...]]) -> Iterator[ScreenedOut]:
    if not servers[option.interface]:
        source, date = situation.brief.source, situation.as_of.isoformat()
        fact = "its own server is left out" if option.interface == "own" else f"no server for {option.interface.upper()} is left"
        yield ScreenedOut(option.part, str(option), "policy.forbid", fact, source, date)


def _with_musts(part: PartView, wanted: tuple[Want, ...], brief: Brief) -> tuple[Want, ...]:
    """Add what a must of this part presupposes, e.g. sockets for ``events_lost``."""
    needed = {
        capability: Want(capability, f"must {must.id}: {must.metric} {must.check.text}", 3, required=True)
        for must in brief.musts
        if must.part == part.name and must.level == "must" and must.metric in METRICS
        for capability in METRICS[must.metric].requires
    }
    return (*(needed.pop(want.capability, want) for want in wanted), *needed.values())


def _lacking(option: Option, wanted: tuple[Want, ...]) -> Iterator[ScreenedOut]:
    for want in wanted:
        provision = option.provisions.get(want.capability)
        if want.required and provision is not None and provision.party == "absent":
            fact = f"no {want.capability} under {_CALLED[option.interface]}, and no known add-on brings it"
            yield ScreenedOut(option.part, str(option), want.because, fact, provision.where, provision.date)


def _doubts(option: Option, wanted: tuple[Want, ...]) -> Iterator[str]:
    for want in wanted:
        if want.required and want.capability not in option.provisions:
            yield f"Whether {option.framework.title} has {want.capability} is not known; part {option.part} requires it."


def _musts(
    option: Option, part: PartView, situation: Situation, servers: dict[Interface, tuple[Server, ...]]
) -> Iterator[ScreenedOut]:
    for must in situation.brief.musts:
        if must.level != "must" or must.part != part.name:
            continue
        verdicts = [_verdict(must, option, part, server, situation.catalogue) for server in servers[option.interface]]
        if verdicts and all(verdicts):
            run = situation.catalogue.measured
            source, date = (f"{run.source}: {run.where}", run.date) if run else ("", "")
            yield ScreenedOut(
                option.part, str(option), f"must {must.id}: {must.metric} {must.check.text}", verdicts[0], source, date
            )


def _verdict(must: Must, option: Option, part: PartView, server: Server, catalogue: Catalogue) -> str:
    """Say why a must cannot be met on a server, or give an empty text when it can or nobody knows."""
    below = must.check.comparison in {Comparison.BELOW, Comparison.AT_MOST}
    cost = cpu_us(option, part.kind, server.name, catalogue)
    memory = memory_mb(option, server.name, catalogue)
    if must.metric == "memory" and below and memory is not None and memory * 1e6 > must.check.limit:
        return f"a process takes {memory:g} MB on {server.name}"
    if must.metric == "latency" and below and cost is not None and cost / 1e6 >= must.check.limit:
        return f"a request takes {cost / 1000:g} ms of processor time on {server.name}"
    most = catalogue.method.screening.most_processes
    rate = must.load.rate or 0.0
    if cost is not None and rate * cost / 1e6 > most:
        return f"{rate:g} requests per second take {rate * cost / 1e6:.0f} cores on {server.name}, more than {most}"
    return ""
