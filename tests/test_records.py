"""Values made by ``groundplan.records`` are those of the standard library, made in a fraction of the time."""

import copy
import dataclasses
import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest

from groundplan.records import dataclass


@dataclass(frozen=True, slots=True)
class Ours:
    """Two fields without a default, two with one, one made anew for each value."""

    name: str
    size: float
    unit: str = "ms"
    note: str | None = None
    tags: list[str] = dataclasses.field(default_factory=list)

    @property
    def short(self) -> str:
        return f"{self.size} {self.unit}"


@dataclasses.dataclass(frozen=True, slots=True)
class Theirs:
    """The same by the standard library."""

    name: str
    size: float
    unit: str = "ms"
    note: str | None = None
    tags: list[str] = dataclasses.field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Positive:
    figure: float

    def __post_init__(self) -> None:
        if self.figure <= 0:
            raise ValueError("not above 0")

    def __repr__(self) -> str:
        return "written by hand"


@dataclass(frozen=True, slots=True)
class Empty:
    """No field."""


@dataclass
class Open:
    count: int = 0


def test_fields_defaults_and_words_are_those_of_the_standard_library() -> None:
    ours, theirs = Ours("p99", 1.5, note="cold"), Theirs("p99", 1.5, note="cold")
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert [field.name for field in dataclasses.fields(Ours)] == [field.name for field in dataclasses.fields(Theirs)]
    assert Ours.__match_args__ == Theirs.__match_args__
    assert ours.short == "1.5 ms"


def test_a_default_made_anew_is_not_shared() -> None:
    one, other = Ours("a", 1), Ours("a", 1)
    one.tags.append("x")
    assert (one.tags, other.tags) == (["x"], [])


def test_values_are_equal_when_class_and_fields_are() -> None:
    assert Ours("a", 1) == Ours("a", 1)
    assert Ours("a", 1) != Ours("a", 2)
    other: object = Theirs("a", 1)
    assert Ours("a", 1) != other
    assert Empty() == Empty()


def test_equal_values_have_equal_hashes() -> None:
    assert len({Positive(1), Positive(1.0), Positive(2)}) == 2
    assert hash(Empty()) == hash(Empty())
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours("a", 1))  # a list among its fields, as with the standard library


def test_nothing_can_be_changed_or_added() -> None:
    value: Any = Ours("a", 1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.name = "b"
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.other = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        del value.name
    assert not hasattr(value, "__dict__")


def test_replace_copy_and_pickle_give_equal_values() -> None:
    value = Ours("a", 1, tags=["x"])
    assert dataclasses.replace(value, size=2) == Ours("a", 2, tags=["x"])
    assert copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value  # noqa: S301 -- written one call earlier


@pytest.mark.parametrize("make", [lambda c: c("a"), lambda c: c("a", 1, wrong=2), lambda c: c("a", 1, "ms", None, [], 6)])
def test_wrong_arguments_are_refused_in_the_words_of_the_standard_library(make: Callable[[Any], object]) -> None:
    said = []
    for cls in (Ours, Theirs):
        with pytest.raises(TypeError) as caught:
            make(cls)
        said.append(str(caught.value).replace(cls.__name__, "It"))
    assert said[0] == said[1]


def test_what_a_class_writes_itself_stays() -> None:
    assert repr(Positive(1)) == "written by hand"
    with pytest.raises(ValueError, match="not above 0"):
        Positive(0)


def test_other_options_are_left_to_the_standard_library() -> None:
    value = Open()
    value.count += 1
    assert value == Open(1)


def test_a_class_is_made_in_a_third_of_the_time() -> None:
    """It is about a twelfth; bounds in time are kept wide."""

    def seconds(decorator: Callable[..., Any]) -> float:
        started = time.perf_counter()
        for _ in range(50):
            space = {"__annotations__": {"name": str, "size": float, "unit": str}, "unit": "ms", "__doc__": "A value."}
            decorator(frozen=True, slots=True)(type("Made", (), space))
        return time.perf_counter() - started

    rounds = [(seconds(dataclass), seconds(dataclasses.dataclass)) for _ in range(5)]
    assert min(ours for ours, _ in rounds) < min(theirs for _, theirs in rounds) / 3
