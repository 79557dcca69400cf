"""Access tokens: what is believed, and everything that is not."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from groundplan_runtime.identity.tokens import Issuer, SigningKey, TokenRefusedError, Verifier, rotated
from groundplan_runtime.identity.tokens.access import KEEP_SECONDS, LEEWAY_SECONDS, RELOAD_SECONDS
from groundplan_runtime.identity.tokens.model import ACCESS_SECONDS
from groundplan_runtime.identity.tokens.ring import LEAD_SECONDS
from runtime.identity.tokens.conftest import START, Clock, House


def refused(house: House, token: str) -> str:
    with pytest.raises(TokenRefusedError) as caught:
        house.verifier.verify(token)
    return caught.value.reason


def made(house: House, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
    """Sign a token with the house's own key, or another; ``...`` leaves a claim out."""
    own = house.keys[0]
    good = {"iss": "auth", "aud": "shop", "sub": "7", "sid": "f", "jti": "t", "scope": "", "iat": START, "exp": START + 60}
    told = {name: value for name, value in (good | claims).items() if value is not ...}
    head = {"alg": "ES256", "kid": own.id, "typ": "at+jwt"} | (header or {})
    return jwt.encode(head, told, key or ECKey.import_key(dict(own.private)), algorithms=[head["alg"]])


def test_what_was_issued_is_believed(house: House) -> None:
    access = house.verifier.verify(house.issuer.issue("7", "family", ["office.view_sale", "office.add_sale"]))
    assert (access.subject, access.family, access.expires) == ("7", "family", START + ACCESS_SECONDS)
    assert access.scopes == {"office.view_sale", "office.add_sale"}


def test_every_token_has_a_name_of_its_own(house: House) -> None:
    ids = {house.verifier.verify(house.issuer.issue("7", "family")).id for _ in range(3)}
    assert len(ids) == 3


def test_a_token_is_good_for_five_minutes(house: House, clock: Clock) -> None:
    token = house.issuer.issue("7", "family")
    clock.now += ACCESS_SECONDS + LEEWAY_SECONDS - 1
    assert house.verifier.verify(token).subject == "7"
    clock.now += 1
    assert refused(house, token) == "expired"


def test_a_token_from_the_future_is_refused(house: House) -> None:
    assert refused(house, made(house, iat=START + LEEWAY_SECONDS + 1)) == "expired"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody"},
        {"iss": ...},
        {"aud": "bank"},
        {"aud": ["shop", "bank"]},
        {"aud": ...},
        {"sub": ...},
        {"sub": 7},
        {"sid": ...},
        {"jti": ...},
        {"scope": ["a"]},
        {"exp": ...},
        {"exp": str(START + 60)},
        {"exp": START + 60.5},
        {"exp": True},
        {"iat": ...},
    ],
    ids=str,
)
def test_a_token_that_says_anything_else_is_refused(claims: dict[str, Any], house: House) -> None:
    assert house.verifier.verify(made(house)).subject == "7"
    assert refused(house, made(house, **claims)) == "claims"


def test_a_token_of_another_kind_is_refused(house: House) -> None:
    assert refused(house, made(house, {"typ": "JWT"})) == "form"


def test_a_token_of_a_foreign_key_is_refused_whatever_it_calls_itself(house: House) -> None:
    foreign = ECKey.generate_key("P-256")
    assert refused(house, made(house, key=foreign)) == "signature"
    assert refused(house, made(house, {"kid": "foreign"}, key=foreign)) == "key"


def test_a_token_may_not_bring_its_own_key(house: House) -> None:
    foreign = ECKey.generate_key("P-256")
    header = {"jwk": foreign.as_dict(private=False)}
    assert refused(house, made(house, header, key=foreign)) == "signature"


def test_a_token_signed_with_the_public_key_as_a_password_is_refused(house: House) -> None:
    public = json.dumps(house.published()["keys"][0])  # type: ignore[index]  # a list
    forged = made(house, {"alg": "HS256"}, key=OctKey.import_key(public))
    assert refused(house, forged) == "form"


def test_a_token_of_another_algorithm_is_refused(house: House) -> None:
    assert refused(house, made(house, {"alg": "RS256"}, key=RSAKey.generate_key(2048))) == "form"


def test_a_token_without_a_signature_is_refused(house: House) -> None:
    head, body, _ = made(house).split(".")
    unsigned = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt", "kid": house.keys[0].id}).encode()).decode()
    assert refused(house, f"{head}.{body}.") == "signature"
    assert refused(house, f"{unsigned.rstrip('=')}.{body}.") == "form"


def test_a_signature_of_the_right_length_and_nothing_else_is_refused(house: House) -> None:
    head, body, _ = made(house).split(".")
    signature = hmac.digest(b"guess", f"{head}.{body}".encode(), hashlib.sha512)
    encoded = base64.urlsafe_b64encode(signature).decode().rstrip("=")
    assert refused(house, f"{head}.{body}.{encoded}") == "signature"


@pytest.mark.parametrize("token", ["", ".", "..", "a.b", "a.b.c", "a.b.c.d", "ä.ö.ü", "e30.e30.e30", "x" * 9000])
def test_what_is_no_token_is_refused(token: str, house: House) -> None:
    assert refused(house, token) == "form"


def test_a_token_changed_anywhere_is_refused(house: House) -> None:
    token = house.issuer.issue("7", "family", ["office.view_sale"])

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(place=st.integers(0, len(token) - 3), letter=st.sampled_from("ABCxyz019-_."))
    def check(place: int, letter: str) -> None:
        changed = token[:place] + letter + token[place + 1 :]
        if changed != token:
            refused(house, changed)

    check()


def test_tokens_stay_good_over_a_rotation_and_nobody_has_to_be_told(house: House, clock: Clock) -> None:
    before = house.issuer.issue("7", "family")
    house.keys = rotated(house.keys, SigningKey.new(int(clock.now)))
    assert house.verifier.verify(before).subject == "7"
    clock.now += LEAD_SECONDS
    after = house.issuer.issue("7", "family")
    assert json.loads(base64.urlsafe_b64decode(after.split(".")[0] + "=="))["kid"] == house.keys[-1].id
    assert house.verifier.verify(after).subject == "7"


def test_made_up_keys_do_not_cause_a_request_each(house: House, clock: Clock) -> None:
    house.verifier.verify(house.issuer.issue("7", "family"))
    forged = made(house, {"kid": "made up"})
    assert [refused(house, forged) for _ in range(3)] == ["key"] * 3
    assert house.asked == 1
    clock.now += RELOAD_SECONDS
    assert (refused(house, forged), house.asked) == ("key", 2)


def test_a_withdrawn_key_is_believed_for_five_minutes_at_most(house: House, clock: Clock) -> None:
    token = made(house, exp=START + 100_000)
    assert house.verifier.verify(token).subject == "7"
    house.keys = (SigningKey.new(START),)
    clock.now += KEEP_SECONDS
    assert refused(house, token) == "key"


def test_keys_of_other_kinds_in_the_set_are_left_out(clock: Clock) -> None:
    own = House(clock)
    odd = {"kty": "RSA", "kid": "r", "alg": "RS256", "n": "AQAB", "e": "AQAB"}
    keys = {"keys": [odd, *own.published()["keys"]]}  # type: ignore[misc]  # a list
    verifier = Verifier(issuer="auth", audience="shop", keys=lambda: keys, clock=clock)
    assert verifier.verify(own.issuer.issue("7", "family")).subject == "7"


def test_a_token_for_another_audience_of_the_same_keys_is_refused(house: House, clock: Clock) -> None:
    elsewhere = Issuer(issuer="auth", audience="bank", keys=lambda: house.keys, clock=clock)
    assert refused(house, elsewhere.issue("7", "family")) == "claims"
