"""What the team's answers change: wants, needs, code that stays, one process."""

import itertools
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.brief.model import ANSWERS, NEEDS, Brief, Horizon, Kind, Load, Part, Policy, Team
from groundplan.catalogue import Catalogue
from groundplan.decision import Decision
from groundplan.decision.answers import one_process
from groundplan.decision.options import Want, wants
from groundplan.decision.preferring import preferring
from groundplan.decision.situation import PartView, situation
from groundplan.decision.weights import weights
from groundplan.errors import BriefError

Decided = Callable[[Brief], Decision]
AS_OF = "2026-11-22"
API = Part("calls", Kind.API, 1.0, {"relational_data": 2, "request_validation": 2})
WEB = Part("pages", Kind.WEB, 1.0, {"relational_data": 2, "admin_backoffice": 3, "server_rendered_html": 2})


def brief_of(*parts: Part, incumbent: str = "", **answers: int | str | None) -> Brief:
    shares = tuple(replace(part, share=1 / len(parts)) for part in parts)
    named = {parts[0].name: incumbent} if incumbent else {}
    team = Team(4, 1, {}, 1, 26)
    return Brief("any", "", shares, team=team, horizon=Horizon(3), load=Load(10, 10), incumbent=named, answers=dict(answers))


def view(catalogue: Catalogue, brief: Brief) -> PartView:
    return situation(brief, catalogue, AS_OF).parts[0]


def wanted(catalogue: Catalogue, brief: Brief, part: int = 0) -> dict[str, Want]:
    return {want.capability: want for want in wants(situation(brief, catalogue, AS_OF).parts[part], catalogue)}


def test_every_line_names_a_question_and_answers_that_a_brief_can_give(catalogue: Catalogue) -> None:
    for line in catalogue.answer_lines:
        assert set(line.given) <= set(ANSWERS[line.question])
        assert not line.need or line.need in NEEDS
        assert set(line.kinds) <= {kind.value for kind in Kind}
        assert line.reason


def test_an_unknown_answer_changes_nothing_and_is_told(catalogue: Catalogue, decided: Decided) -> None:
    silent, unknown = brief_of(WEB), replace(brief_of(WEB), answers=dict.fromkeys(ANSWERS))
    assert decided(unknown).ranked == decided(silent).ranked
    told = situation(unknown, catalogue, AS_OF).told
    assert "answers.identity is unknown; nothing is concluded from it." in told


def test_generated_staff_screens_are_wanted_where_staff_work_and_only_there(catalogue: Catalogue) -> None:
    brief = brief_of(API, replace(WEB, needs={}), staff_screens="generated")
    assert "generated_admin" not in wanted(catalogue, brief, 0)
    assert wanted(catalogue, brief, 1)["generated_admin"].weight == 3


@pytest.mark.parametrize("answer", ["custom", "none"])
def test_staff_screens_by_hand_need_no_generated_admin_whatever_the_level_of_the_need(catalogue: Catalogue, answer: str) -> None:
    assert wanted(catalogue, brief_of(WEB))["generated_admin"].required
    assert "generated_admin" not in wanted(catalogue, brief_of(WEB, staff_screens=answer))


def test_generated_clients_require_a_description(catalogue: Catalogue) -> None:
    levels = [wanted(catalogue, brief_of(API, typed_clients=level)).get("openapi") for level in (0, 1, 2, 3)]
    assert [want and (want.weight, want.required) for want in levels] == [None, (1, False), (2, False), (3, True)]


def test_a_device_raises_the_need_for_a_small_footprint_and_says_so(catalogue: Catalogue) -> None:
    brief = brief_of(API, embedded="device-or-desktop")
    assert view(catalogue, brief).needs["small_footprint"] == 3
    told = [sentence for sentence in situation(brief, catalogue, AS_OF).told if "small_footprint" in sentence]
    because = "answers.embedded = device-or-desktop: it is installed on every device or desktop, beside other things"
    assert told == [f"Part calls: small_footprint is taken to be 3 at least, by {because}."]


def test_an_answer_never_lowers_a_need(catalogue: Catalogue) -> None:
    part = replace(API, needs={"plugins_extensibility": 3})
    assert view(catalogue, brief_of(part, third_party_extensions=1)).needs["plugins_extensibility"] == 3


def test_inside_an_event_loop_nothing_is_served_by_threads_or_in_two_processes(decided: Decided) -> None:
    for rated in decided(brief_of(API, replace(API, name="more"), embedded="event-loop")).ranked:
        assert rated.architecture.topology.name == "together"
        assert {stack.interface for stack in rated.architecture.stacks.values()} != {"wsgi"}


def test_who_signs_in_with_another_provider_keeps_no_passwords(catalogue: Catalogue) -> None:
    part = replace(WEB, needs={"content_permissions": 2})
    assert "sign_in" in wanted(catalogue, brief_of(part))
    assert not {"sign_in", "password_hashing"} & set(wanted(catalogue, brief_of(part, identity="external")))


def test_who_signs_in_with_another_provider_is_sent_there_by_the_part_where_people_sign_in(catalogue: Catalogue) -> None:
    brief = brief_of(API, WEB, identity="external")
    assert "external_sign_in" not in wanted(catalogue, brief, 0)
    assert (want := wanted(catalogue, brief, 1)["external_sign_in"]).weight == 2
    assert not want.required
    assert wanted(catalogue, brief_of(API, identity="external"))["external_sign_in"].weight == 2  # nothing else to sign in at


@pytest.mark.parametrize("answer", ["none", "own-users", "shared"])
def test_nobody_is_sent_to_a_provider_who_signs_in_here_or_not_at_all(catalogue: Catalogue, answer: str) -> None:
    assert "external_sign_in" not in wanted(catalogue, brief_of(WEB, identity=answer))


@pytest.mark.parametrize(("name", "addons"), [("flask", ("authlib",)), ("fastapi", ("authlib",)), ("tornado", ())])
def test_a_provider_costs_a_package_where_the_framework_has_no_word_for_it(
    decided: Decided, name: str, addons: tuple[str, ...]
) -> None:
    brief = replace(brief_of(Part("door", Kind.API, 1.0)), policy=Policy(allow=(name,)))
    asked = replace(brief, answers={"identity": "external"})
    assert decided(brief).chosen.architecture.stacks["door"].addons == ()
    assert decided(asked).chosen.architecture.stacks["door"].addons == addons


def means(catalogue: Catalogue, brief: Brief) -> object:
    """Give all that answers can move: levels, wants, code that stays, the wish to leave, processes."""
    view = situation(brief, catalogue, AS_OF)
    parts = [(part.needs, wants(part, catalogue), part.existing, part.leaving) for part in view.parts]
    return parts, one_process(brief, catalogue)


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [(question, *pair) for question, given in ANSWERS.items() for pair in itertools.combinations(given, 2)],
)
def test_answers_mean_different_things_but_for_two_without_generated_screens(
    catalogue: Catalogue, question: str, one: int | str, other: int | str
) -> None:
    old = brief_of(API, existing_code="sync", keep_existing=2)
    grounds = [brief_of(API), brief_of(WEB), old, replace(old, incumbent={API.name: "flask"})]
    pairs = [[replace(brief, answers=brief.answers | {question: answer}) for answer in (one, other)] for brief in grounds]
    told_apart = any(means(catalogue, left) != means(catalogue, right) for left, right in pairs)
    assert told_apart == ((question, one, other) != ("staff_screens", "none", "custom"))  # nothing is generated either way


def test_one_identity_for_other_services_wants_tokens_where_people_sign_in(catalogue: Catalogue) -> None:
    brief = brief_of(API, Part("door", Kind.AUTH, 1.0), identity="shared")
    assert "token_auth" not in wanted(catalogue, brief, 0)
    assert wanted(catalogue, brief, 1)["token_auth"].weight == 3


def kept(decided: Decided, brief: Brief, allowed: str) -> float:
    rated = decided(replace(brief, policy=Policy(allow=(allowed,)))).chosen
    return next(one.value for one in rated.contributions if one.criterion == "kept")


def test_code_on_an_event_loop_stays_only_with_one(decided: Decided) -> None:
    brief = brief_of(API, existing_code="async", keep_existing=2)
    assert [kept(decided, brief, name) for name in ("fastapi", "quart", "flask")] == [1.0, 1.0, 0.0]


def test_blocking_code_stays_with_threads_and_mostly_beside_a_loop_that_has_them(decided: Decided) -> None:
    brief = brief_of(API, existing_code="sync", keep_existing=2)
    assert [kept(decided, brief, name) for name in ("flask", "django", "fastapi")] == [1.0, 1.0, 0.75]


def test_tables_that_stay_count_beside_the_style_of_the_code(decided: Decided) -> None:
    brief = brief_of(API, existing_code="sync", keep_existing=1, existing_data_layer="sqlalchemy")
    assert kept(decided, brief, "django") == 0.5
    assert kept(decided, brief, "flask") == 1.0


def test_another_data_layer_beside_the_one_that_stays_is_extra_structure(decided: Decided) -> None:
    brief = brief_of(API, existing_code="sync", keep_existing=1, existing_data_layer="sqlalchemy")
    evidence = {
        name: next(
            one.evidence
            for one in decided(replace(brief, policy=Policy(allow=(name,)))).chosen.contributions
            if one.criterion == "simplicity"
        )
        for name in ("django", "flask")
    }
    assert "a second data layer" in evidence["django"]
    assert "data layer" not in evidence["flask"]


@pytest.mark.parametrize(("keep", "figures"), [(3, [1.0, 0.775]), (2, [1.0, 0.75])])
def test_routes_count_only_where_they_stay_too(decided: Decided, keep: int, figures: list[float]) -> None:
    brief = brief_of(API, incumbent="flask", keep_existing=keep)
    assert [kept(decided, brief, name) for name in ("flask", "quart")] == pytest.approx(figures)


def test_what_is_rewritten_keeps_nothing(catalogue: Catalogue) -> None:
    assert not view(catalogue, brief_of(API, incumbent="flask", keep_existing=0)).existing
    assert view(catalogue, brief_of(API, incumbent="flask")).existing.framework == "flask"


def test_where_incumbents_are_named_the_other_parts_have_no_code_to_keep(catalogue: Catalogue) -> None:
    brief = brief_of(API, replace(API, name="new"), incumbent="flask", existing_code="sync", keep_existing=3)
    assert [bool(part.existing) for part in situation(brief, catalogue, AS_OF).parts] == [True, False]


def test_the_wish_to_leave_counts_against_what_is_there(decided: Decided) -> None:
    mild, pressing = (brief_of(API, incumbent="flask", leave_incumbent=level, keep_existing=0) for level in (1, 3))
    values = [
        {
            name: next(
                one.value
                for one in decided(replace(brief, policy=Policy(allow=(name,)))).chosen.contributions
                if one.criterion == "departure"
            )
            for name in ("flask", "django")
        }
        for brief in (mild, pressing)
    ]
    assert values == [{"flask": pytest.approx(2 / 3), "django": 1.0}, {"flask": 0.0, "django": 1.0}]


def test_a_choice_lifts_what_was_preferred_to_what_it_was_put_above(catalogue: Catalogue) -> None:
    before = weights(situation(brief_of(API), catalogue, AS_OF))
    after = weights(situation(replace(brief_of(API), choices=(("guides", "skill"), ("coverage", "dependence"))), catalogue, AS_OF))
    assert before["guides"] < before["skill"]
    assert after["guides"] == after["skill"] == pytest.approx((before["guides"] + before["skill"]) / 2)
    assert {name: after[name] for name in after if name not in {"guides", "skill"}} == pytest.approx(
        {name: before[name] for name in before if name not in {"guides", "skill"}}
    )


def test_choices_about_what_a_brief_does_not_raise_say_nothing(catalogue: Catalogue) -> None:
    before = weights(situation(brief_of(API), catalogue, AS_OF))
    assert weights(situation(replace(brief_of(API), choices=(("live", "skill"),)), catalogue, AS_OF)) == before


@given(
    st.lists(st.floats(0.01, 1), min_size=5, max_size=5),
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 4)).filter(lambda pair: pair[0] < pair[1]), max_size=6),
)
def test_choices_are_kept_whatever_they_are_and_the_sum_stays(found: list[float], places: list[tuple[int, int]]) -> None:
    names = dict(zip("abcde", found, strict=True))
    choices = [("abcde"[more], "abcde"[less]) for more, less in places]
    kept_to = preferring(names, choices)
    assert sum(kept_to.values()) == pytest.approx(sum(found))
    assert all(kept_to[more] >= kept_to[less] - 1e-9 for more, less in choices)


def test_a_choice_must_name_criteria(decided: Decided) -> None:
    brief = replace(brief_of(API), choices=(("coverage", "skil"), ("velocity", "coverage")), source="b.toml")
    with pytest.raises(BriefError) as refused:
        decided(brief)
    said = [str(problem) for problem in refused.value.problems]
    assert said[0] == 'b.toml priorities.choices[1]: "skil" is no criterion of the catalogue; write "skill".'
    assert said[1].startswith('b.toml priorities.choices[2]: "velocity" is no criterion of the catalogue; use two of ')
