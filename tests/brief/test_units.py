import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.units import COUNT, DURATION, RATE, SHARE, SIZE, Scale, UnitError

SCALES = [DURATION, RATE, SIZE, SHARE, COUNT]


@pytest.mark.parametrize(
    ("scale", "text", "value"),
    [
        (DURATION, "100ms", 0.1),
        (DURATION, "20 s", 20.0),
        (DURATION, "1.5min", 90.0),
        (DURATION, "250us", 0.00025),
        (RATE, "200/s", 200.0),
        (RATE, "12000/min", 200.0),
        (SIZE, "80MB", 80_000_000.0),
        (SIZE, "1KiB", 1024.0),
        (SHARE, "0.1%", 0.001),
        (COUNT, "0", 0.0),
    ],
)
def test_a_quantity_is_read_in_base_units(scale: Scale, text: str, value: float) -> None:
    assert scale.parse(text) == value


@pytest.mark.parametrize(
    ("scale", "text", "sentence"),
    [
        (DURATION, "100", "'100' has no unit; write 100ms (or with us, s, min, h, d)"),
        (DURATION, "100 msec", "'100 msec' has the unit 'msec', which no duration has; write 100ms"),
        (DURATION, "5 parsec?", "'5 parsec?' has the unit 'parsec?', which no duration has; use one of us, ms, s, min, h, d"),
        (DURATION, "soon", "'soon' is not a duration; write a number with its unit, such as 100ms"),
        (DURATION, "-1s", "'-1s' is not a duration; write a number with its unit, such as 100ms"),
        (DURATION, "1e3s", "'1e3s' has the unit 'e3s', which no duration has; write 1s"),
        (RATE, "200", "'200' has no unit; write 200/s (or with /min, /h)"),
        (COUNT, "3 events", "'3 events' has a unit, but a count has none; write 3"),
    ],
)
def test_what_is_no_quantity_is_refused_with_a_remedy(scale: Scale, text: str, sentence: str) -> None:
    with pytest.raises(UnitError) as refused:
        scale.parse(text)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("scale", "value", "text"),
    [(DURATION, 0.1, "100ms"), (DURATION, 20.0, "20s"), (DURATION, 1.5, "1.5s"), (RATE, 200.0, "200/s"), (RATE, 1 / 60, "1/min"),
     (SIZE, 8e7, "80MB"), (SIZE, 1024.0, "1KiB"), (SHARE, 0.001, "0.1%"), (COUNT, 0.0, "0"), (DURATION, 0.0, "0us")],
)  # fmt: skip
def test_a_quantity_is_written_as_a_person_would(scale: Scale, value: float, text: str) -> None:
    assert scale.format(value) == text


@given(st.sampled_from(SCALES), st.just(0.0) | st.floats(1e-9, 1e15))
def test_reading_what_was_written_gives_the_same_value(scale: Scale, value: float) -> None:
    assert scale.parse(scale.format(value)) == value


@given(st.sampled_from(SCALES), st.data())
def test_writing_what_was_read_means_the_same(scale: Scale, data: st.DataObject) -> None:
    value = scale.parse(data.draw(st.from_regex(scale.pattern, fullmatch=True).filter(lambda text: len(text) < 15)))
    assert scale.parse(scale.format(value)) == value


@given(st.sampled_from(SCALES), st.text())
def test_any_text_is_a_quantity_or_refused(scale: Scale, text: str) -> None:
    try:
        assert scale.parse(text) >= 0
    except UnitError as refused:
        assert refused.remedy  # noqa: PT017 -- both ends are right, and this one needs a remedy
