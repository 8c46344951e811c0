"""Access tokens: short-lived, signed (JWT), read strictly.

One algorithm, keys from the settings only, every claim required. A token names its sign-in (`sid`) and the epoch of its
user, so that revoking either ends it: see `api_auth`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from jwt.algorithms import RSAAlgorithm

from companion.accounts.models import User

ISSUER = "lilo"
AUDIENCE = "lilo-api"
TYPE = "access"
LIFE = timedelta(minutes=15)
LEEWAY = timedelta(seconds=30)
LONGEST = 4096
HEADER = {"alg", "kid", "typ"}
CLAIMS = ["iss", "aud", "sub", "iat", "nbf", "exp", "jti", "typ", "sid", "epoch"]
PEM = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.+?-----END [A-Z ]*PRIVATE KEY-----", re.DOTALL)


class InvalidTokenError(Exception):
    """The token is not one of ours, or its time is over. Callers are never told which."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a valid token says."""

    user_id: UUID
    sign_in_id: UUID
    epoch: int


def issue(user: User, sign_in_id: UUID, *, now: datetime | None = None) -> str:
    """Sign an access token for one sign-in of a user."""
    now = now or timezone.now()
    key_id, key = next(iter(_signing_keys(settings.TOKEN_SIGNING_KEYS).items()))
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(user.pk),
        "iat": now,
        "nbf": now,
        "exp": now + LIFE,
        "jti": uuid4().hex,
        "typ": TYPE,
        "sid": str(sign_in_id),
        "epoch": user.auth_epoch,
    }
    return jwt.encode(claims, key, algorithm=settings.TOKEN_ALGORITHM, headers={"kid": key_id})


def read(token: str) -> Claims:
    """Check a token's signature, time and claims.

    Raises:
        InvalidTokenError: anything at all is wrong with it.
    """
    if len(token) > LONGEST:
        raise InvalidTokenError
    try:
        header = jwt.get_unverified_header(token)
        claims = jwt.decode(
            token,
            _verifying_key(header),
            algorithms=[settings.TOKEN_ALGORITHM],
            audience=AUDIENCE,
            issuer=ISSUER,
            leeway=LEEWAY,
            options={"require": CLAIMS, "strict_aud": True},
        )
        if claims["typ"] != TYPE or type(claims["epoch"]) is not int:
            raise InvalidTokenError
        return Claims(UUID(claims["sub"]), UUID(claims["sid"]), claims["epoch"])
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError):
        raise InvalidTokenError from None


def _verifying_key(header: dict[str, Any]) -> RSAPublicKey:
    """The key a header names, out of our own; a header that brings or points to a key is refused."""
    key = _signing_keys(settings.TOKEN_SIGNING_KEYS).get(str(header.get("kid")))
    if key is None or not header.keys() <= HEADER:
        raise InvalidTokenError
    return key.public_key()


@lru_cache(maxsize=4)
def _signing_keys(pem: str) -> dict[str, RSAPrivateKey]:
    """Key id -> key, newest first."""
    keys = [load_pem_private_key(part.encode("ascii"), password=None) for part in PEM.findall(pem)]
    rsa_keys = [key for key in keys if isinstance(key, RSAPrivateKey)]
    if not rsa_keys or len(rsa_keys) != len(keys):
        raise ImproperlyConfigured("TOKEN_SIGNING_KEYS must hold RSA private keys in PEM form, newest first.")
    return {_thumbprint(key.public_key()): key for key in rsa_keys}


def _thumbprint(key: RSAPublicKey) -> str:
    """The key's id (RFC 7638)."""
    parts = RSAAlgorithm.to_jwk(key, as_dict=True)
    told = json.dumps({name: parts[name] for name in ("e", "kty", "n")}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(told.encode()).digest()).rstrip(b"=").decode("ascii")
