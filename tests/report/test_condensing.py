"""Changes of one answer in fewer words."""

from groundplan.report.condensing import condensed


def test_changes_that_give_one_answer_other_values_are_one() -> None:
    changes = ["public: io_fanout 0, not 1", "6 engineers, not 4", "public: io_fanout 2, not 1", "public: io_fanout 3, not 1"]
    assert condensed(changes) == ["public: io_fanout 0, 2 or 3, not 1", "6 engineers, not 4"]


def test_the_same_answer_of_two_parts_stays_two() -> None:
    changes = ["public: io_fanout 0, not 1", "office: io_fanout 0, not 1"]
    assert condensed(changes) == changes


def test_what_changes_no_value_stays_as_it_is() -> None:
    changes = [
        "tenfold load",
        "2 teams, not 1",
        "2 engineers, not 1",
        "no growth",
        "django is not forbidden",
        "upgrades weighs 9.3\u00a0%, not 6.4\u00a0%",
    ]
    assert condensed(changes) == changes
