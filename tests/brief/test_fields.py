"""The grammar of a field, one row per rule."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.brief.fields import FIELD_PATTERN, parse_field
from groundplan.brief.mistakes import GrammarError
from groundplan.brief.model import Field, FieldType

RIGHT = [
    ("text", Field("f", FieldType.TEXT)),
    ("text(80)", Field("f", FieldType.TEXT, length=80)),
    (" text ( 80 )  null  index ", Field("f", FieldType.TEXT, length=80, null=True, index=True)),
    ('text(9) default="two words"', Field("f", FieldType.TEXT, length=9, default="two words")),
    ("text default=ready", Field("f", FieldType.TEXT, default="ready")),
    ("integer unique", Field("f", FieldType.INTEGER, unique=True)),
    ("integer default=-007", Field("f", FieldType.INTEGER, default="-7")),
    ("decimal(12,2)", Field("f", FieldType.DECIMAL, digits=12, places=2)),
    ("decimal(12, 2) default=3.5", Field("f", FieldType.DECIMAL, digits=12, places=2, default="3.50")),
    ("decimal(4,2) default=-99.99", Field("f", FieldType.DECIMAL, digits=4, places=2, default="-99.99")),
    ("decimal(3,3) default=0.123", Field("f", FieldType.DECIMAL, digits=3, places=3, default="0.123")),
    ("boolean default=true", Field("f", FieldType.BOOLEAN, default="True")),
    ("boolean default=False", Field("f", FieldType.BOOLEAN, default="False")),
    ("date default=now", Field("f", FieldType.DATE, default="now")),
    ("date default=2026-02-28", Field("f", FieldType.DATE, default="2026-02-28")),
    ("datetime null", Field("f", FieldType.DATETIME, null=True)),
    ("datetime default=now", Field("f", FieldType.DATETIME, default="now")),
    ("datetime default=2026-01-31T09:00:00+02:00", Field("f", FieldType.DATETIME, default="2026-01-31T07:00:00Z")),
    ("email unique", Field("f", FieldType.EMAIL, unique=True)),
    ("email default=a@b.example", Field("f", FieldType.EMAIL, default="a@b.example")),
    ("url default=https://example.com/", Field("f", FieldType.URL, default="https://example.com/")),
    ("choice(new)", Field("f", FieldType.CHOICE, choices=("new",))),
    ("choice(new, in_review) default=in_review", Field("f", FieldType.CHOICE, choices=("new", "in_review"), default="in_review")),
    ("ref(shop) null", Field("f", FieldType.REFERENCE, target="shop", null=True)),
    ("ref(shop) unique", Field("f", FieldType.REFERENCE, target="shop", unique=True)),
]


@pytest.mark.parametrize(("text", "field"), RIGHT, ids=lambda value: value if isinstance(value, str) else "")
def test_a_field_is_read(text: str, field: Field) -> None:
    assert parse_field("f", text) == field
    assert re.search(FIELD_PATTERN, text)


DECIMAL_RULE = "must have 1 to 15 digits in all (what SQLite keeps exactly), and no more of them behind the point"
DATETIME_REMEDY = "write default=now or a time with its offset, such as default=2026-01-31T09:00:00Z"
CHOICE_RULE = "needs its choices in brackets, each a lower-case word of at most 30 characters"
TYPES = "text, integer, decimal, boolean, date, datetime, email, url, choice or ref"
MODIFIERS = "null, unique, index or default=…"

WRONG = [
    ("", "is not a field; write a type and what holds for it, such as text(80) null"),
    ("(80)", "is not a field; write a type and what holds for it, such as text(80) null"),
    ("text(80", "is not a field; write a type and what holds for it, such as text(80) null"),
    ("varchar(80)", 'starts with "varchar", which is no type; write text'),
    ("Integer", 'starts with "Integer", which is no type; write integer'),
    ("datetme", 'starts with "datetme", which is no type; write datetime'),
    (
        "zzz",
        f'starts with "zzz", which is no type; use one of {TYPES}',
    ),
    ("integer(4)", "gives integer a size, but it has none; write integer without brackets"),
    ("text()", "is incomplete: text needs one number in brackets, its most characters; write text(80)"),
    ("text(0)", "has a length outside 1 to 4000; write text without brackets for long texts"),
    ("decimal", "is incomplete: decimal needs its digits and how many of them are behind the point; write decimal(12,2)"),
    ("decimal(12)", "is incomplete: decimal needs its digits and how many of them are behind the point; write decimal(12,2)"),
    (
        "decimal(16,2)",
        f"{DECIMAL_RULE}; write decimal(12,2) or the like",
    ),
    (
        "decimal(2,3)",
        f"{DECIMAL_RULE}; write decimal(12,2) or the like",
    ),
    (
        "choice",
        f"{CHOICE_RULE}; write choice(new,paid,sent) or the like",
    ),
    (
        "choice(New)",
        f"{CHOICE_RULE}; write choice(new,paid,sent) or the like",
    ),
    ("choice(new,new)", "names a choice twice; name each once"),
    ("ref", "needs the name of one entity in brackets; write ref(shop) or the like"),
    ("ref(a,b)", "needs the name of one entity in brackets; write ref(shop) or the like"),
    (
        "text required",
        f'holds "required", which says nothing about a field; use {MODIFIERS}; a field is required unless it says null',
    ),
    ("text nul", 'holds "nul", which says nothing about a field; write null'),
    ("text null null", 'says "null" twice; say it once'),
    ("text null=true", 'uses "null" wrongly; write null alone'),
    ("text default", 'uses "default" wrongly; write default=VALUE'),
    ('text null "x"', "cannot be read from '\"x\"' on; write a type and what holds for it, such as text(80) null"),
    (
        "integer unique default=1",
        "is unique and has a default, so the second record without a value would clash; drop one of the two",
    ),
    ("text index", "is a text without limit, which PostgreSQL cannot index as a whole; give a length, such as text(200)"),
    ("ref(shop) default=1", "is a reference, which has no default; drop the default, or write null"),
    ("integer default=1.5", "has a default that is no integer; write a whole number such as default=0"),
    ("integer default=9223372036854775808", "has a default that is no integer; write a whole number such as default=0"),
    ("decimal(4,2) default=x", "has a default that is no decimal; write a number with the field's digits, such as default=0.00"),
    (
        "decimal(4,2) default=100",
        "has a default that decimal(4,2) cannot hold; write a number with the field's digits, such as default=0.00",
    ),
    (
        "decimal(4,2) default=0.001",
        "has a default that decimal(4,2) cannot hold; write a number with the field's digits, such as default=0.00",
    ),
    ("boolean default=yes", "has a default that is no boolean; write default=true or default=false"),
    ("date default=2026-02-30", "has a default that is no date; write default=now or a day such as default=2026-01-31"),
    (
        "datetime default=2026-01-31T09:00",
        f"has a default without an offset from UTC; {DATETIME_REMEDY}",
    ),
    (
        "datetime default=0001-01-01T00:00+01:00",
        f"has a default that is no datetime; {DATETIME_REMEDY}",
    ),
    ("email default=nobody", "has a default that is no email; write an address such as default=office@example.com"),
    ("url default=nowhere", "has a default that is no url; write an address such as default=https://example.com/"),
    ("choice(a,paid) default=payd", 'has the default "payd", which is none of its choices; write default=paid'),
    ("choice(a,b) default=zzz", 'has the default "zzz", which is none of its choices; write default=a'),
    ("text(3) default=four", "has a default of 4 characters where 3 fit; shorten it"),
    ('text default=""', "has a default that is empty or not printable; write default=VALUE, or null for an absent value"),
]


@pytest.mark.parametrize(("text", "sentence"), WRONG, ids=lambda value: value)
def test_what_is_no_field_is_refused_with_a_remedy(text: str, sentence: str) -> None:
    with pytest.raises(GrammarError) as refused:
        parse_field("f", text)
    assert str(refused.value) == sentence


@given(st.from_regex(FIELD_PATTERN) | st.text(max_size=40))
def test_any_text_is_a_field_or_refused_and_the_pattern_lets_every_field_pass(text: str) -> None:
    try:
        parse_field("f", text)
    except GrammarError:
        return
    assert re.search(FIELD_PATTERN, text)
