"""The page of a decision: whole, safe, the same bytes, and nothing from elsewhere."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import pytest

from groundplan.brief.model import AXES
from groundplan.decision.model import Family
from groundplan.decision.weight_flips import WeightFlips, weight_flips
from groundplan.report.decision_html import decision_html
from groundplan.report.figures import acceptability, contributions, pareto, regrets, weight_lines
from groundplan.report.telling import Section, Telling
from groundplan.report.wording import meaning
from report.robust import with_robustness

Told = Callable[[str], Telling]
Flips = Callable[[str], WeightFlips]
PICTURES = ["acceptability", "contributions", "regret", "pareto", "weights"]
VOID = {"meta", "path", "use", "link", "br", "rect"}


class Tags(HTMLParser):
    """Collects tags, ids and addresses, and complains about what is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.named: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.addresses += [value or "" for key, value in attrs if key in {"href", "src", "xlink:href"}]
        self.named += [found.get("aria-label") or ""] if tag == "svg" else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def tags(page: str) -> Tags:
    found = Tags()
    found.feed(page)
    assert found.open == []
    return found


@pytest.fixture(scope="module")
def flips(told: Told) -> Flips:
    """Give the nearest weight flips of an example."""
    return cache(lambda name: weight_flips(told(name).brief, told(name).catalogue, told(name).decision))


@pytest.fixture(scope="module")
def page(told: Told, flips: Flips) -> str:
    return decision_html(with_robustness(told("pulse")), flips("pulse"))


def test_the_page_is_whole_and_every_id_is_there_once(page: str) -> None:
    found = tags(page)
    assert page.startswith("<!DOCTYPE html>\n<html lang=")
    assert len(found.ids) == len(set(found.ids))
    assert [name for name in PICTURES if name not in found.ids] == []


def test_the_page_tells_what_becomes_of_what_runs_today(told: Told, flips: Flips, page: str) -> None:
    found = decision_html(told("notifications"), flips("notifications"))
    assert "<h2>What runs today</h2>\n<ul><li>keep and tune: inbox: Flask" in found
    assert "What runs today" not in page


def test_the_page_loads_nothing(page: str) -> None:
    found = tags(page)
    assert {"script", "img", "link", "iframe", "object"} & set(found.tags) == set()
    assert [address for address in found.addresses if not address.startswith(("#", "https://"))] == []
    assert "url(http" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_every_picture_has_a_name_and_a_table_with_its_figures(page: str) -> None:
    found = tags(page)
    assert len(found.named) == len(PICTURES)
    assert all("chart" in name for name in found.named)
    for name in PICTURES:
        figure = page.partition(f'id="{name}"')[2].split("</figure>", maxsplit=1)[0]
        assert figure.count("<svg") == 1
        assert "<table>" in figure


def test_text_in_pictures_stays_text_and_takes_the_page_s_colours(page: str) -> None:
    pictures = "".join(re.findall(r"<svg.*?</svg>", page, re.DOTALL))
    assert ">Django + FastAPI<" in pictures
    assert "var(--ink)" in pictures
    assert "#0f0f" not in pictures
    assert "DejaVu" not in pictures
    style = page.split("<style>")[1].split("</style>", maxsplit=1)[0]
    assert all(style.count(f"--{axis}:") == 3 for axis in AXES)


def test_the_same_decision_gives_the_same_bytes(told: Told, flips: Flips, page: str) -> None:
    assert decision_html(with_robustness(told("pulse")), flips("pulse")) == page


def test_the_words_of_a_brief_are_escaped(told: Told, flips: Flips) -> None:
    telling = told("grants")
    evil = '<script>alert(1)</script> $x$ & "quoted"'
    brief = replace(telling.brief, summary=evil)
    section = Section("evil", evil, (evil,))
    decision = replace(telling.decision, brief_name=evil, unknown=(evil,))
    page = decision_html(replace(telling, brief=brief, decision=decision, sections=(section,)), flips("grants"))
    assert "script" not in tags(page).tags
    assert page.count("&lt;script&gt;") >= 4


def test_points_under_a_sentence_are_a_list_of_their_own(told: Told, flips: Flips) -> None:
    section = Section("flips", "Changes", ("office Django, when\nfirst <1>\nsecond", "it stays"))
    page = decision_html(replace(told("grants"), sections=(section,)), flips("grants"))
    assert "<li>office Django, when<ul><li>first &lt;1&gt;</li><li>second</li></ul></li>" in page
    assert "<li>it stays</li>" in page


def test_names_in_pictures_are_escaped_and_no_formulas(told: Told, flips: Flips) -> None:
    telling = told("pulse")
    odd = tuple(replace(criterion, title=f"{criterion.title} <b> $5$") for criterion in telling.catalogue.criteria)
    page = decision_html(replace(telling, catalogue=replace(telling.catalogue, criteria=odd)), flips("pulse"))
    assert "b" not in tags(page).tags
    assert "&lt;b&gt; $5$" in page


def test_an_address_that_is_no_address_is_no_link(told: Told, flips: Flips) -> None:
    telling = told("grants")
    facts = tuple(replace(fact, where="javascript:alert(1)") for fact in telling.decision.facts)
    page = decision_html(replace(telling, decision=replace(telling.decision, facts=facts)), flips("grants"))
    assert [address for address in tags(page).addresses if address.startswith("javascript")] == []


def test_every_source_is_on_the_page_with_its_date(told: Told, page: str) -> None:
    facts = told("pulse").decision.facts
    rows = page.split("<h2>Sources</h2>")[1]
    assert rows.count("<tr>") == len(facts) + 1
    assert all(fact.date in rows for fact in facts)


@pytest.mark.parametrize("name", ["pulse-mvp", "device-api", "aggregation", "grants", "notifications"])
def test_every_example_has_a_page(told: Told, flips: Flips, name: str) -> None:
    assert tags(decision_html(told(name), flips(name))).named


def test_without_draws_there_is_no_picture_of_them(told: Told, flips: Flips) -> None:
    telling = told("pulse")
    found = tags(decision_html(replace(telling, decision=replace(telling.decision, robustness=None)), flips("pulse")))
    assert "acceptability" not in found.ids
    assert "regret" not in found.ids
    assert "contributions" in found.ids


@pytest.mark.parametrize("word", ["clear", "lean", "toss-up"])
def test_the_word_is_explained(told: Told, flips: Flips, word: str) -> None:
    page = decision_html(with_robustness(told("pulse"), word), flips("pulse"))
    assert f'<span class="word">{word}</span>' in page
    assert f"{word}: {meaning(word, told('pulse').catalogue.method.sampling)}" in page


def test_many_small_families_are_one_bar(told: Told) -> None:
    telling = with_robustness(told("pulse"))
    robust = telling.decision.robustness
    assert robust is not None
    many = tuple(Family((f"framework{number}",), 0.1) for number in range(10))
    rows = acceptability(replace(telling.decision, robustness=replace(robust, families=many)))
    assert [row.label for row in rows[-2:]] == ["framework6", "3 others"]
    assert sum(row.share for row in rows) == pytest.approx(1.0)


def test_the_parts_of_a_bar_are_the_whole_value(told: Told) -> None:
    telling = told("pulse")
    for row, rated in zip(contributions(telling.compared), telling.compared, strict=True):
        assert row.total == pytest.approx(rated.value)


def test_nothing_on_the_front_is_beaten_in_both(told: Told) -> None:
    dots = pareto(told("pulse"))
    front = [dot for dot in dots if dot.front]
    assert front
    for dot in dots:
        better = [one for one in dots if one.complexity <= dot.complexity and one.value >= dot.value and one != dot]
        strictly = [one for one in better if (one.complexity, one.value) != (dot.complexity, dot.value)]
        assert dot.front == (not strictly)


def test_every_criterion_has_a_line_and_every_flip_a_cross(told: Told, flips: Flips) -> None:
    telling = told("pulse")
    found = flips("pulse")
    rows = weight_lines(telling, found)
    assert len(rows) == len(telling.decision.chosen.contributions)
    titles = {criterion.title: criterion.id for criterion in telling.catalogue.criteria}
    crosses = sorted((titles[row.criterion], weight) for row in rows for weight, _ in row.flips)
    assert crosses == sorted((flip.criterion, flip.becomes) for flip in found.flips)
    near = [min(abs(weight - row.now) for weight, _ in row.flips) for row in rows if row.flips]
    assert near
    assert near == sorted(near)


def test_regret_is_told_for_what_was_drawn(told: Told) -> None:
    telling = with_robustness(told("pulse"))
    rows = regrets(telling)
    assert rows[0].average == pytest.approx(0.01)
    assert all(row.average <= row.most_95 <= row.most for row in rows)
