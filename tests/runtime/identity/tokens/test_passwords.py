"""Passwords of accounts that no Django keeps."""

import time

import pytest
from argon2 import PasswordHasher

from groundplan_runtime.identity.passwords import MOST_CHARACTERS, hash_password, needs_new_hash, password_fits


def test_a_password_fits_its_own_hash_and_no_other() -> None:
    stored = hash_password("correct horse")
    assert password_fits("correct horse", stored)
    assert not password_fits("Correct horse", stored)
    assert not password_fits("", stored)


def test_equal_passwords_have_different_hashes() -> None:
    assert hash_password("correct horse") != hash_password("correct horse")


@pytest.mark.parametrize("password", ["", "x" * (MOST_CHARACTERS + 1)])
def test_a_password_nobody_should_have_is_refused(password: str) -> None:
    with pytest.raises(ValueError, match="A password must have 1 to 1024 characters"):
        hash_password(password)
    assert not password_fits(password, hash_password("x" * MOST_CHARACTERS))


@pytest.mark.parametrize("stored", ["", "!", "md5$salt$hash", "$argon2id$v=19$broken"])
def test_a_damaged_hash_fits_nothing(stored: str) -> None:
    assert not password_fits("correct horse", stored)


def test_an_account_that_is_not_there_takes_as_long_as_one_that_is() -> None:
    assert not password_fits("nobody's", None)
    stored = hash_password("correct horse")
    began = time.process_time()
    password_fits("wrong", stored)
    there, began = time.process_time() - began, time.process_time()
    password_fits("wrong", None)
    assert time.process_time() - began > there / 3


def test_a_hash_with_weaker_parameters_should_be_made_anew() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("correct horse")
    assert password_fits("correct horse", weak)
    assert needs_new_hash(weak)
    assert not needs_new_hash(hash_password("correct horse"))
