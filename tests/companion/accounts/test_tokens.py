"""Access tokens: what must never be let in."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings as live
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from companion.accounts import tokens
from companion.accounts.models import User
from lilo_site.settings.keys import make_signing_key

SIGN_IN = uuid4()
USER = User(username="margaret", auth_epoch=3)


def private_key() -> RSAPrivateKey:
    key = load_pem_private_key(live.TOKEN_SIGNING_KEYS.encode(), password=None)
    assert isinstance(key, RSAPrivateKey)
    return key


def public_pem() -> bytes:
    return private_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def claims(**changed: Any) -> dict[str, Any]:
    good = jwt.decode(tokens.issue(USER, SIGN_IN), options={"verify_signature": False})
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def signed(body: dict[str, Any], *, headers: dict[str, Any] | None = None, key: Any = None) -> str:
    key_id = jwt.get_unverified_header(tokens.issue(USER, SIGN_IN))["kid"]
    return jwt.encode(body, key or private_key(), algorithm="RS256", headers={"kid": key_id, **(headers or {})})


def by_hand(header: dict[str, Any], body: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    def part(data: bytes) -> bytes:
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    text = part(json.dumps(header).encode()) + b"." + part(json.dumps(body).encode())
    return (text + b"." + part(sign(text))).decode()


def test_a_fresh_token_says_who_and_which_sign_in() -> None:
    assert tokens.read(tokens.issue(USER, SIGN_IN)) == tokens.Claims(USER.pk, SIGN_IN, 3)
    body = claims()
    assert body["exp"] - body["iat"] == 15 * 60
    assert set(body) == set(tokens.CLAIMS)
    assert tokens.read(signed(body)) == tokens.Claims(USER.pk, SIGN_IN, 3)  # the forgeries below differ in one thing


@pytest.mark.parametrize("missing", tokens.CLAIMS)
def test_every_claim_is_required(missing: str) -> None:
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(signed(claims(**{missing: None})))


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "other"},
        {"aud": ["lilo-api", "other"]},
        {"iss": "other"},
        {"typ": "refresh"},
        {"sub": "not-an-id"},
        {"sid": 7},
        {"epoch": "3"},
        {"epoch": True},
        {"exp": "tomorrow"},
    ],
)
def test_wrong_claims_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(signed(claims(**changed)))


@pytest.mark.parametrize(("seconds", "is_good"), [(-31, False), (-20, True), (20, True), (45, False)])
def test_time_has_a_leeway_of_30_seconds(seconds: int, is_good: bool) -> None:
    now = int(timezone.now().timestamp())
    body = claims(exp=now + seconds) if seconds < 0 else claims(nbf=now + seconds, iat=now)
    if is_good:
        assert tokens.read(signed(body)).user_id == USER.pk
        return
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(signed(body))


def test_an_expired_token_is_refused() -> None:
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(tokens.issue(USER, SIGN_IN, now=timezone.now() - timedelta(minutes=16)))


@pytest.mark.parametrize("extra", ["jku", "x5u", "jwk", "x5c", "crit", "b64"])
def test_headers_that_bring_or_point_to_a_key_are_refused(extra: str) -> None:
    value: Any = {"jwk": {"kty": "RSA"}, "crit": ["exp"], "b64": True, "x5c": ["AAAA"]}.get(extra, "https://evil.test/")
    header = jwt.get_unverified_header(tokens.issue(USER, SIGN_IN))
    signer = jwt.get_algorithm_by_name("RS256")
    token = by_hand({**header, extra: value}, claims(), lambda text: signer.sign(text, private_key()))
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(token)


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS512", "PS256"])
def test_other_algorithms_are_refused(algorithm: str) -> None:
    header = {**jwt.get_unverified_header(tokens.issue(USER, SIGN_IN)), "alg": algorithm}

    def sign(text: bytes) -> bytes:
        if algorithm == "HS256":  # the public key taken for a shared secret
            return hmac.new(public_pem(), text, hashlib.sha256).digest()
        if algorithm in {"RS512", "PS256"}:
            return jwt.get_algorithm_by_name(algorithm).sign(text, private_key())
        return b""

    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(by_hand(header, claims(), sign))


def test_a_stranger_key_is_refused_even_under_our_key_id() -> None:
    stranger = load_pem_private_key(make_signing_key().encode(), password=None)
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(signed(claims(), key=stranger))


@pytest.mark.parametrize("key_id", ["unknown", "../../etc/passwd", ""])
def test_an_unknown_key_id_is_refused(key_id: str) -> None:
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(signed(claims(), headers={"kid": key_id}))


def test_older_keys_still_verify_and_the_newest_signs(settings: Settings) -> None:
    older = tokens.issue(USER, SIGN_IN)
    settings.TOKEN_SIGNING_KEYS = make_signing_key() + live.TOKEN_SIGNING_KEYS
    assert tokens.read(older).user_id == USER.pk
    newer = tokens.issue(USER, SIGN_IN)
    assert jwt.get_unverified_header(newer)["kid"] != jwt.get_unverified_header(older)["kid"]
    assert tokens.read(newer).user_id == USER.pk


def test_keys_that_are_none_stop_with_the_variable_name(settings: Settings) -> None:
    settings.TOKEN_SIGNING_KEYS = "nothing"
    with pytest.raises(ImproperlyConfigured, match="TOKEN_SIGNING_KEYS"):
        tokens.issue(USER, SIGN_IN)


def test_a_huge_token_is_refused_unread() -> None:
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(signed(claims(padding="x" * 65_536)))


@given(st.text(max_size=200) | st.lists(st.text('ABab01-_=é{}"', max_size=40), min_size=3, max_size=3).map(".".join))
def test_garbage_is_refused(garbage: str) -> None:
    with pytest.raises(tokens.InvalidTokenError):
        tokens.read(garbage)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)))
def test_headers_and_claims_of_any_shape_are_refused(shape: Any) -> None:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    for header in (shape, {"alg": "RS256", "kid": shape}, {"alg": shape, "kid": "x"}):
        with pytest.raises(tokens.InvalidTokenError):
            tokens.read(f"{part(header)}.{part(shape)}.AAAA")
