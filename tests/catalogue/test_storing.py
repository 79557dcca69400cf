"""A catalogue kept as text for years."""

import json

import pytest

from groundplan.catalogue import Catalogue, load
from groundplan.catalogue.storing import packed, plain, restored, unpacked
from groundplan.errors import CatalogueError


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def test_a_stored_catalogue_is_the_same_catalogue(catalogue: Catalogue) -> None:
    assert restored(unpacked(packed(plain(catalogue)))) == catalogue


def test_what_is_stored_is_json_and_a_fraction_of_its_size(catalogue: Catalogue) -> None:
    text = json.dumps(plain(catalogue))
    assert len(packed(plain(catalogue))) < len(text) / 6


def test_lines_are_short_enough_to_be_looked_at(catalogue: Catalogue) -> None:
    assert max(map(len, packed(plain(catalogue)).splitlines())) == 100


def test_the_same_value_gives_the_same_text() -> None:
    # Bytes written down once: another library on another machine must give the same.
    assert packed({"brief": "x", "year": 2026}).startswith("QlpoOTFBWSZTW")
    assert packed([1.5] * 50) == packed([1.5] * 50)


@pytest.mark.parametrize("place", [0, 20, -3])
def test_a_changed_letter_is_noticed(catalogue: Catalogue, place: int) -> None:
    letters = list(packed(plain(catalogue.method)).replace("\n", ""))
    letters[place] = "A" if letters[place] != "A" else "B"
    with pytest.raises(ValueError, match=r"."):
        unpacked("".join(letters))


def test_a_field_that_this_version_does_not_know_is_refused(catalogue: Catalogue) -> None:
    table = plain(catalogue) | {"moods": []}
    with pytest.raises(CatalogueError, match="moods"):
        restored(table)
