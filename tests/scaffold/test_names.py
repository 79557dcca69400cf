import pytest

from groundplan.scaffold.names import class_name, plural, title


@pytest.mark.parametrize(
    ("singular", "expected"),
    [
        ("sale", "sales"),
        ("category", "categories"),
        ("day", "days"),
        ("box", "boxes"),
        ("address", "addresses"),
        ("branch", "branches"),
        ("wish", "wishes"),
        ("order_entry", "order_entries"),
    ],
)
def test_a_plural_follows_the_regular_rules(singular: str, expected: str) -> None:
    assert plural(singular) == expected


def test_a_class_has_no_underscores() -> None:
    assert class_name("order_line") == "OrderLine"


def test_a_title_reads_like_words() -> None:
    assert title("sold_at") == "Sold at"
