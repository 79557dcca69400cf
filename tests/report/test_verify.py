"""A record against its own inputs: every number of it, one after the other."""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from groundplan.catalogue.storing import packed, unpacked
from groundplan.errors import InputError
from groundplan.events import ignore
from groundplan.report.decision_adr import decision_adr
from groundplan.report.decision_record import again, stored
from groundplan.report.decision_verify import compared, verified
from groundplan.report.telling import PIECES, USUAL, Section, Telling, tell

Told = Callable[[str], Telling]
EXAMPLES = ["pulse", "pulse-mvp", "device-api", "aggregation", "grants", "notifications"]
BLOCK = "\n```groundplan-inputs\n"
END = "\n```"


@pytest.fixture(scope="module")
def record(told: Told) -> str:
    return decision_adr(told("pulse"))


def readable(record: str) -> str:
    return record[: record.rindex(BLOCK)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_fresh_record_follows_from_its_inputs(told: Told, name: str) -> None:
    found = verified(decision_adr(told(name)), "record.md")
    assert found.differences == ()
    assert found.numbers > 100


def test_each_altered_number_is_named_with_its_line_and_what_follows(record: str) -> None:
    """Each number that a person can read is changed in turn; none of it is read when the record is derived again."""
    text = readable(record)
    derived = decision_adr(again(stored(BLOCK + record.partition(BLOCK)[2], "record.md"), "record.md"))
    assert derived == record
    numbers = [place.end() - 1 for place in re.finditer(r"\d+", text)]
    assert len(numbers) > 700
    for place in numbers:
        digit = str((int(record[place]) + 1) % 10)
        altered = record[:place] + digit + record[place + 1 :]
        found = compared(altered, derived)
        line = record[:place].count("\n") + 1
        assert [difference.line for difference in found.differences] == [line], altered[place - 20 : place + 20]
        difference = found.differences[0]
        assert digit in difference.stands
        assert difference.stands != difference.follows
        assert f"line {line}, " in str(difference)


def test_a_changed_sign_is_named(record: str) -> None:
    found = verified(record.replace("(+0.031)", "(-0.031)", 1), "record.md")
    assert [(difference.stands, difference.follows) for difference in found.differences] == [("-0.031", "+0.031")]


def test_a_changed_word_is_named(record: str) -> None:
    found = verified(record.replace("- Good, because Shipped with it", "- Bad, because Shipped with it", 1), "record.md")
    assert [difference.heading for difference in found.differences] == ["Consequences"]
    assert "Bad, because" in found.differences[0].stands
    assert "Good, because" in found.differences[0].follows


def test_a_line_taken_out_is_named(record: str) -> None:
    line = next(line for line in record.splitlines() if line.startswith("| django | support_until"))
    found = verified(record.replace(f"{line}\n", ""), "record.md")
    assert [(difference.stands, difference.follows) for difference in found.differences] == [("", line)]
    assert "a line is missing" in str(found.differences[0])


def test_a_line_put_in_place_of_another_stands_where_none_should(record: str) -> None:
    line = next(line for line in record.splitlines() if line.startswith("| django | support_until"))
    found = verified(record.replace(line, "It lives long.\nFor ever."), "record.md")
    assert [difference.follows for difference in found.differences] == [repr(line), "no such line"]


def test_what_people_add_and_agree_on_is_theirs(record: str) -> None:
    agreed = record.replace("status: proposed", "status: accepted").replace("decision-makers:", "decision-makers: Ada, 36")
    agreed = agreed.replace("- [ ] Agreed", "- [x] Agreed").replace(
        "## Considered Options", "We met 3 times.\n\n## Considered Options"
    )
    found = verified(agreed, "record.md")
    assert (found.differences, found.added) == ((), 1)


def test_a_record_verifies_though_the_catalogue_has_moved_on(told: Told, record: str) -> None:
    """The stored facts count, not those of today: another fact gives another record, and both verify."""
    telling = told("pulse")
    facts = tuple(replace(fact, value=17.0) if fact.id == "survey_share" else fact for fact in telling.catalogue.facts)
    moved = tell(telling.brief, replace(telling.catalogue, facts=facts), "2026-11-22")
    other = decision_adr(moved)
    assert readable(other) != readable(record)
    assert verified(other, "other.md").differences == ()
    assert verified(record, "record.md").differences == ()


@pytest.mark.parametrize("settings", [{"draws": 0}, {"draws": 500, "seed": 7}])
def test_a_record_is_derived_with_its_own_draws_and_seed(told: Told, settings: dict[str, int]) -> None:
    telling = told("grants")
    record = decision_adr(tell(telling.brief, telling.catalogue, "2026-11-22", settings=settings))
    assert verified(record, "record.md").differences == ()
    assert stored(record, "record.md").settings == settings
    assert ("500 draws" in record) == ("seed" in settings)


def test_results_under_other_inputs_do_not_pass(told: Told, record: str) -> None:
    """The inputs of one record under the results of another."""
    other = decision_adr(told("grants"))
    assert verified(readable(other) + record[record.rindex(BLOCK) :], "mixed.md").differences != ()


def test_the_inputs_hold_no_result(record: str) -> None:
    inputs = stored(record, "record.md")
    value = {"catalogue": inputs.catalogue, "settings": inputs.settings}
    assert set(value["settings"]) <= {"draws", "seed"}
    assert "ranked" not in value["catalogue"]
    assert inputs.as_of == "2026-11-22"


def test_a_brief_full_of_fences_verifies_too(told: Told) -> None:
    telling = told("grants")
    text = telling.brief.text + f"\n# {BLOCK.strip()}\n# ````\n"
    fenced = decision_adr(replace(telling, brief=replace(telling.brief, text=text)))
    assert "`````toml" in fenced
    assert verified(fenced, "record.md").differences == ()


@pytest.fixture
def counting() -> Iterator[None]:
    """Register one more piece of a report, and take it back."""
    PIECES["count"] = lambda decision, _brief, _catalogue, _listener: Section("count", "Count", (f"{decision.candidates}",))
    yield
    del PIECES["count"]


@pytest.mark.usefixtures("counting")
def test_further_pieces_are_made_again(told: Told) -> None:
    telling = told("pulse")
    decision, brief, catalogue = telling.decision, telling.brief, telling.catalogue
    text = decision_adr(replace(telling, sections=(PIECES["count"](decision, brief, catalogue, ignore),)))
    assert verified(text, "record.md").differences == ()
    altered = text.replace(f"### Count\n\n- {decision.candidates}", "### Count\n\n- 7")
    assert [difference.stands for difference in verified(altered, "record.md").differences] == ["7"]


def test_a_text_without_inputs_is_no_record() -> None:
    with pytest.raises(InputError, match=r"^note\.md: the text is not a record of groundplan"):
        verified("# A note\n", "note.md")


def test_damaged_inputs_are_told(record: str) -> None:
    place = record.rindex(BLOCK) + len(BLOCK) + 500
    with pytest.raises(InputError, match=r"^record\.md: the block of stored inputs is damaged"):
        verified(record[:place] + "A" * 8 + record[place + 8 :], "record.md")


def inputs_of(record: str) -> dict[str, Any]:
    """Give what a record stores."""
    letters = record.rpartition(BLOCK)[2].partition(END)[0]
    value: dict[str, Any] = unpacked(letters)
    return value


def edited(record: str, inputs: dict[str, Any]) -> str:
    """Give the record with other stored inputs."""
    head, _, rest = record.rpartition(BLOCK)
    return f"{head}{BLOCK}{packed(inputs)}\n```{rest.partition(END)[2]}"


def changed(record: str, **changes: object) -> str:
    """Give the record with some of its stored inputs changed."""
    return edited(record, inputs_of(record) | changes)


def test_inputs_of_another_form_are_told(record: str) -> None:
    with pytest.raises(InputError, match="has a form that this version does not know"):
        verified(changed(record, format=2), "record.md")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("brief", 5),
        ("as_of", "yesterday"),
        ("as_of", None),
        ("settings", []),
        ("settings", {"draws": "many"}),
        ("settings", {"draws": -1}),
        ("settings", {"draws": 10**12}),
        ("settings", {"dice": 1}),
        ("sections", None),
        ("sections", [1]),
        ("groundplan", 1),
        ("catalogue", []),
    ],
)
def test_inputs_that_were_never_written_so_are_told(record: str, key: str, value: object) -> None:
    with pytest.raises(InputError, match=f"^record.md: '{key}' of the stored inputs is missing or was changed"):
        verified(changed(record, **{key: value}), "record.md")


def test_a_record_that_was_cut_off_is_told(record: str) -> None:
    for share in (0.0, 0.3, 0.9, 0.999):
        with pytest.raises(InputError, match=r"^record\.md: the (text is not a record|block of stored inputs is damaged)"):
            verified(record[: int(share * len(record))], "record.md")


def test_a_record_of_another_version_says_which_one_to_use(record: str) -> None:
    with pytest.raises(InputError, match=r"groundplan 9\.9 wrote it; verify it with that version: pip install groundplan==9\.9"):
        verified(changed(record, sections=["ouija"], groundplan="9.9"), "record.md")
    with pytest.raises(InputError, match=r"its catalogue .* is unknown .* groundplan 9\.9 wrote it"):
        verified(changed(record, catalogue={"moods": 1}, groundplan="9.9"), "record.md")


MISSING = object()
Way = tuple[str | int, ...]


def ways(value: Any, steps: int) -> Iterator[Way]:
    """Give the way to each value in a tree, so many steps deep; of a list its first item stands for all."""
    inner = list(value.items()) if isinstance(value, dict) else [(0, value[0])] if isinstance(value, list) and value else []
    for key, item in inner:
        yield (key,)
        yield from ((key, *way) for way in ways(item, steps - 1) if steps > 1)


def with_other(inputs: dict[str, Any], way: Way, value: object) -> dict[str, Any]:
    """Give a copy with one value changed or taken out."""
    copied: Any = copy.deepcopy(inputs)
    place = copied
    for step in way[:-1]:
        place = place[step]
    if value is MISSING:
        del place[way[-1]]
    else:
        place[way[-1]] = value
    return dict(copied)


def refused(record: str, place: str) -> str:
    """Give the sentence that a record is refused with; empty when it is derived again."""
    try:
        verified(record, place)
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("deep", "others"),
    [
        pytest.param(1, (MISSING, []), id="top"),
        pytest.param(3, (MISSING, [], "", 1e308), id="deep", marks=pytest.mark.long),
    ],
)
def test_whatever_was_done_to_the_facts_is_an_answer_or_a_refusal(told: Told, deep: int, others: tuple[object, ...]) -> None:
    telling = told("device-api")
    record = decision_adr(tell(telling.brief, telling.catalogue, "2026-11-22", USUAL, settings={"draws": 0}))
    inputs = inputs_of(record)
    found = [
        refused(edited(record, with_other(inputs, ("catalogue", *way), other)), "record.md")
        for way in ways(inputs["catalogue"], deep)
        for other in others
    ]
    assert all(sentence.startswith(("record.md: ", "the brief in record.md")) for sentence in found if sentence)
    assert sum(map(bool, found)) > len(inputs["catalogue"])


def test_a_catalogue_without_criteria_is_one_sentence(told: Told) -> None:
    telling = told("device-api")
    record = decision_adr(tell(telling.brief, telling.catalogue, "2026-11-22", USUAL, settings={"draws": 0}))
    with pytest.raises(
        InputError, match=r"^record\.md: what the stored inputs hold can't be decided from .*; take the record"
    ) as caught:
        verified(edited(record, with_other(inputs_of(record), ("catalogue", "criteria"), [])), "record.md")
    assert "\n" not in str(caught.value)
