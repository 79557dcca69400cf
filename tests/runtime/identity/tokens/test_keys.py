"""Signing keys: which one signs, which are published, and the file they stand in."""

import json
from itertools import pairwise
from pathlib import Path

import pytest

from groundplan_runtime.errors import SettingsError
from groundplan_runtime.identity.tokens import SigningKey, public_keys, read_ring, rotated, write_ring
from groundplan_runtime.identity.tokens.model import ACCESS_SECONDS
from groundplan_runtime.identity.tokens.ring import LEAD_SECONDS, signing_key


def key(name: str, made: int) -> SigningKey:
    return SigningKey(name, made, {})


def names(keys: tuple[SigningKey, ...]) -> list[str]:
    return [each.id for each in keys]


def test_the_first_key_signs_at_once() -> None:
    assert signing_key([key("a", 1000)], 1000).id == "a"


def test_a_new_key_signs_once_verifiers_have_had_time_to_learn_it() -> None:
    keys = [key("a", 0), key("b", 10_000)]
    assert signing_key(keys, 10_000 + LEAD_SECONDS - 1).id == "a"
    assert signing_key(keys, 10_000 + LEAD_SECONDS).id == "b"


def test_an_old_key_stays_until_its_last_token_has_expired() -> None:
    keys = (key("a", 0), key("b", 10_000))
    last = 10_000 + LEAD_SECONDS + ACCESS_SECONDS
    assert names(rotated(keys, key("c", last - 1))) == ["a", "b", "c"]
    assert names(rotated(keys, key("c", last))) == ["b", "c"]


def test_rotating_for_ever_keeps_few_keys_and_every_token_verifiable() -> None:
    keys: tuple[SigningKey, ...] = (key("0", 0),)
    signers: list[tuple[int, str]] = []
    for now in range(3600, 3600 * 30, 3600):
        signers += [(moment, signing_key(keys, moment).id) for moment in range(now - 3600, now, 60)]
        keys = rotated(keys, key(str(now), now))
        good = {name for moment, name in signers if moment + ACCESS_SECONDS > now}
        assert good <= set(names(keys))
        assert len(keys) <= 3
    assert all(int(before) <= int(after) for (_, before), (_, after) in pairwise(signers))


def test_what_is_published_holds_no_private_part() -> None:
    fresh = SigningKey.new(7)
    (published,) = public_keys([fresh])["keys"]
    assert published.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (published["kid"], published["alg"], "d" in fresh.private) == (fresh.id, "ES256", True)


def test_a_private_key_is_never_shown() -> None:
    fresh = SigningKey.new(7)
    assert fresh.private["d"] not in repr(fresh)


def test_the_file_gives_back_what_was_written_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    keys = (SigningKey.new(7), SigningKey.new(8))
    write_ring(tmp_path / "keys.json", keys[:1])
    write_ring(tmp_path / "keys.json", keys)
    assert read_ring(tmp_path / "keys.json") == keys
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_nothing_is_left_behind_when_the_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "keys.json").mkdir()
    with pytest.raises(OSError, match="keys"):
        write_ring(tmp_path / "keys.json", [SigningKey.new(7)])
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "is missing"),
        ("no JSON", "is damaged"),
        ("[]", "is damaged"),
        ('{"keys": [{"id": "a"}]}', "is damaged"),
        ('{"keys": []}', "holds none"),
    ],
)
def test_a_file_that_holds_no_keys_is_refused(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    if text is not None:
        path.write_text(text)
        path.chmod(0o600)
    with pytest.raises(SettingsError, match=rf"keys\.json: .*{said}"):
        read_ring(path)


def test_a_file_that_everybody_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": []}))
    path.chmod(0o644)
    with pytest.raises(SettingsError, match="everybody on this machine may read these keys; rotate them and run: chmod 600"):
        read_ring(path)
