"""The interview: which questions come in which order, and that whatever is said makes a brief that is right."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.brief import parse
from groundplan.brief.interview import Ends, Interview, Question, Said, brief_text
from groundplan.brief.interview.readers import count_by_skill, figure, framework, name, names, number
from groundplan.brief.interview.scales import even_pairs
from groundplan.brief.interview.words import (
    ANSWER_WORDS,
    IMPLIED,
    KIND_WORDS,
    NEED_WORDS,
    NON_NEGOTIABLES,
    PART_NAMES,
    TELLING,
)
from groundplan.brief.metrics import METRICS
from groundplan.brief.mistakes import GrammarError
from groundplan.brief.model import ANSWERS, AXES, NEEDS, Kind
from groundplan.errors import BriefError

ENDS = tuple(
    Ends(f"{axis}_{size}", axis, f"Size {size} of {axis}", "bad", "good", weight / 100)
    for weight, axis in enumerate(AXES, 10)
    for size in ("large", "small")
)
INTERVIEW = Interview("shop", ENDS)
SMALLEST: Said = {"project.name": "shop", "parts": ["web"]}


def asked(said: Said, interview: Interview = INTERVIEW) -> list[str]:
    return [question.key for question in interview.questions(said)]


def all_said(choose: Callable[[Question], Any]) -> Said:
    said: Said = {}
    while (question := INTERVIEW.upcoming(said)) is not None:
        said[question.key] = choose(question)
    return said


def passed_over(question: Question) -> Any:
    return {"project.name": "shop", "parts": ["web", "api"]}.get(question.key, [] if question.many else None)


def test_the_words_cover_what_a_brief_can_hold() -> None:
    assert {question: tuple(words) for question, (_, words) in ANSWER_WORDS.items()} == ANSWERS
    assert set(KIND_WORDS) == set(PART_NAMES) == set(TELLING) == set(Kind)
    assert {need for needs in TELLING.values() for need in needs} == set(NEED_WORDS)
    assert set(NEED_WORDS) | {need for needs in IMPLIED.values() for need in needs} <= set(NEEDS)
    assert {one.metric for one in NON_NEGOTIABLES} <= set(METRICS)


def test_sections_come_in_the_order_that_decisions_want() -> None:
    said = all_said(lambda question: question.options[0][0] if question.options and not question.many else passed_over(question))
    sections = list(dict.fromkeys(question.section for question in INTERVIEW.questions(said)))
    assert sections == ["project", "non-negotiables", "parts", "team", "load", "horizon", "weights"]


def test_who_passes_over_everything_still_has_a_right_brief_of_unknowns() -> None:
    said = all_said(passed_over)
    brief = parse(brief_text(INTERVIEW.counting(said), ENDS))
    assert [part.name for part in brief.parts] == ["site", "api"]
    assert set(brief.parts[0].needs.values()) == {None}
    assert set(brief.answers.values()) == {None}
    assert (brief.team.engineers, brief.horizon.years, brief.load.open_connections) == (None, None, None)
    assert (brief.priorities, brief.choices, brief.musts) == ({}, (), ())


def test_only_the_name_and_the_parts_are_needed() -> None:
    assert [question.key for question in INTERVIEW.questions({}) if question.needed] == ["project.name", "parts"]
    assert parse(brief_text(SMALLEST)).parts[0].kind is Kind.WEB


def test_an_interview_of_a_usual_product_is_short_enough_for_three_minutes() -> None:
    said = all_said(passed_over) | {"priorities.first": "team", "priorities.second": "scope", "priorities.third": "horizon"}
    assert len(asked(said)) <= 40


def test_a_limit_is_asked_for_only_where_it_is_not_negotiable() -> None:
    assert "must.fast" not in asked(SMALLEST | {"musts": ["reliable"]})
    assert "must.fast" in asked(SMALLEST | {"musts": ["fast"]})


def test_questions_about_existing_code_are_asked_only_where_there_is_some() -> None:
    follow = {"incumbent", "answers.keep_existing", "answers.leave_incumbent", "answers.existing_data_layer"}
    for answer in (None, "none"):
        assert not follow & set(asked(SMALLEST | {"answers.existing_code": answer}))
    assert follow < set(asked(SMALLEST | {"answers.existing_code": "sync"}))


def test_needs_are_asked_for_by_the_kind_of_part() -> None:
    found = asked({"parts": ["gateway", "realtime"]})
    assert [key for key in found if key.startswith("part.")] == ["part.gateway.public_api_docs", "part.gateway.request_validation"]


def test_the_order_of_the_axes_leaves_one_less_to_choose_from_each_time() -> None:
    said = SMALLEST | {"priorities.first": "team", "priorities.second": "scope"}
    third = next(question for question in INTERVIEW.questions(said) if question.key == "priorities.third")
    assert [value for value, _ in third.options] == ["performance", "horizon"]
    assert "priorities.gap_2" not in asked(said)


def test_who_orders_nothing_is_asked_nothing_more_about_weights() -> None:
    assert [key for key in asked(SMALLEST | {"priorities.first": None}) if key.startswith("priorities")] == ["priorities.first"]


def test_cards_show_both_ends_of_the_heaviest_criteria() -> None:
    first = next(question for question in INTERVIEW.questions({}) if question.key == "priorities.first")
    assert dict(first.options)["scope"] == "scope: from “bad / bad” to “good / good”"


def test_choices_are_between_criteria_of_the_top_two_axes_that_weigh_nearly_the_same() -> None:
    ends = [replace(one, weight=weight) for one, weight in zip(ENDS[:4], (0.5, 0.1, 0.11, 0.02), strict=True)]
    pairs = [(left.id, right.id) for left, right in even_pairs(ends, "scope", "team")]
    assert pairs == [("scope_small", "team_large"), ("scope_large", "team_small")]


def test_what_was_said_about_weights_stands_in_the_brief() -> None:
    said: Said = SMALLEST | {
        "priorities.first": "team",
        "priorities.second": "scope",
        "priorities.third": "horizon",
        "priorities.gap_1": "much",
        "priorities.gap_2": None,
        "priorities.inside_team": "team_small",
        "priorities.choice_1": "scope_large > team_large",
    }
    brief = parse(brief_text(INTERVIEW.counting(said), ENDS))
    assert brief.priorities == {"first": "team", "second": "scope", "third": "horizon", "fourth": "performance", "gap_1": "much"}
    assert brief.choices == (("team_small", "team_large"), ("scope_large", "team_large"))


def test_a_non_negotiable_becomes_a_must_of_each_part_that_can_hold_it() -> None:
    said: Said = SMALLEST | {
        "parts": ["web", "api", "realtime"],
        "musts": ["fast", "nothing-lost", "small", "prompt", "reliable"],
        "must.fast": 80,
        "must.prompt": None,
        "load.requests_per_second": 5000,
        "load.open_connections": 40,
    }
    brief = parse(brief_text(INTERVIEW.counting(said)))
    musts = {must.id: must for must in brief.musts}
    assert {"fast-site", "fast-api", "nothing-lost-live", "small-live", "prompt-live"} < set(musts)
    assert "fast-live" not in musts
    assert (musts["fast-api"].check.text, musts["fast-api"].load.rate) == ("p(99) < 80ms", 200)
    assert (musts["prompt-live"].check.text, musts["nothing-lost-live"].load.sockets) == ("p(99) < 500ms", 40)


def test_a_non_negotiable_that_no_part_can_hold_is_told() -> None:
    text = brief_text(SMALLEST | {"musts": ["nothing-lost"]})
    assert "# Not written: “no live message is lost" in text
    assert parse(text).musts == ()


def test_growth_multiplies_what_is_known() -> None:
    text = brief_text(SMALLEST | {"load.requests_per_second": 2.5, "load.open_connections": None, "load.growth": 10})
    later = parse(text).load.later
    assert later is not None
    assert (later.requests_per_second, later.open_connections) == (25, None)
    assert parse(brief_text(SMALLEST | {"load.requests_per_second": 2, "load.growth": 1})).load.later is None


def test_what_exists_team_and_policy_are_written() -> None:
    said: Said = SMALLEST | {
        "project.summary": 'Says "hello"',
        "answers.existing_code": "sync",
        "answers.keep_existing": 2,
        "incumbent": "flask",
        "team.engineers": 3,
        "team.shipped": {"flask": 3, "vue.js": 1},
        "policy.forbid": ["sanic"],
    }
    brief = parse(brief_text(INTERVIEW.counting(said)))
    assert (brief.summary, brief.incumbent, brief.policy.forbid) == ('Says "hello"', {"site": "flask"}, ("sanic",))
    assert brief.team.shipped == {"flask": 3, "vue.js": 1}


def test_an_answer_to_a_question_that_is_no_longer_asked_does_not_count() -> None:
    said: Said = SMALLEST | {"answers.existing_code": "none", "answers.keep_existing": 3, "part.api.io_fanout": 3}
    assert "answers.keep_existing" not in INTERVIEW.counting(said)
    assert parse(brief_text(INTERVIEW.counting(said))).answers == {"existing_code": "none"}


@settings(max_examples=60)
@given(st.data())
def test_whatever_is_said_makes_a_right_brief(data: st.DataObject) -> None:
    texts = {
        "project.name": st.just("shop"),
        "project.summary": st.text(st.characters(exclude_categories=("C", "Z")), max_size=20),
        "team.shipped": st.sampled_from(["", "django 1", "flask 2, c++ 1, vue.js:3"]),
        "policy.forbid": st.sampled_from(["", "sanic", "Flask , tornado,"]),
        "incumbent": st.sampled_from(["", "Flask"]),
    }

    def choose(question: Question) -> Any:
        if question.many:
            values = [str(value) for value, _ in question.options]
            return data.draw(st.lists(st.sampled_from(values), min_size=int(question.needed), unique=True))
        if question.options:
            return data.draw(st.sampled_from([None, *(value for value, _ in question.options)]))
        return question.understood(data.draw(texts.get(question.key, st.sampled_from(["", "4", "999"]))))

    said = all_said(choose)
    assert rules_broken(brief_text(INTERVIEW.counting(said), ENDS)) <= {"contradicts"}


def rules_broken(text: str) -> set[str]:
    """Give the first words of what is wrong. Of choices one can contradict oneself; the review says so."""
    try:
        parse(text)
    except BriefError as error:
        return {problem.rule.split()[0] for problem in error.problems}
    return set()


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (count_by_skill(None), "django 3, fastapi=1", {"django": 3, "fastapi": 1}),
        (count_by_skill(3), "Django: 3", {"django": 3}),
        (figure, "2.5", 2.5),
        (names, "Flask, sanic,flask,", ["flask", "sanic"]),
        (framework, "Flask", "flask"),
        (name, "my-shop", "my-shop"),
        (number("team.engineers"), "12", 12),
    ],
)
def test_what_is_typed_is_understood(read: Callable[[str], Any], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "rule"),
    [
        (count_by_skill(None), "django", "does not say who has shipped with what"),
        (count_by_skill(2), "django 3", "names more people than the 2 there are"),
        (figure, "many", "is no number"),
        (name, "My Shop", "must be lower-case letters"),
        (number("team.engineers"), "0", "is out of range"),
        (number("load.open_connections"), "1.5", "is a number"),
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_rule(read: Callable[[str], Any], text: str, rule: str) -> None:
    with pytest.raises(GrammarError, match=rule):
        read(text)


def test_an_answer_is_shown_as_it_was_put() -> None:
    by_key = {question.key: question for question in INTERVIEW.questions(SMALLEST)}
    assert by_key["answers.identity"].words("external") == "users of another provider"
    assert by_key["answers.identity"].words(None) == "not known"
    assert by_key["musts"].words([]) == "nothing"
    assert by_key["parts"].words(["web", "api"]) == "pages for people, rendered on the server; an API for programs and apps"
    assert by_key["team.shipped"].words({"django": 2}) == "django 2"
    assert by_key["team.engineers"].words(4) == "4"
