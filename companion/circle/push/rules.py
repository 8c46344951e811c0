"""What a browser's push subscription must be. Pure: words in, a checked subscription or a refusal out."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from companion.circle.refusals import RefusedError

AUTH_BYTES = 16
LONGEST = 4_000


class Keys(BaseModel):
    """The browser's public key, and the secret it shares with us; base64url."""

    model_config = ConfigDict(frozen=True)
    p256dh: str = Field(max_length=200)
    auth: str = Field(max_length=100)


class Subscription(BaseModel):
    """Where a push service takes messages for one browser, and the keys that only this browser can open them with."""

    model_config = ConfigDict(frozen=True)
    endpoint: str = Field(max_length=2_000)
    keys: Keys


def checked_subscription(text: str | bytes, hosts: Sequence[str]) -> Subscription:
    """The subscription that a browser sent as JSON.

    Args:
        text: as `PushSubscription.toJSON()` gives it.
        hosts: the push services that are known; see `is_push_service`.

    Raises:
        RefusedError: it is none, or of a service that is not known.
    """
    try:
        found = Subscription.model_validate_json(text[:LONGEST])
        auth = decoded(found.keys.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(found.keys.p256dh))
    except (ValidationError, ValueError):
        raise RefusedError("This browser's notices cannot be used.") from None
    if len(auth) != AUTH_BYTES or not is_push_service(found.endpoint, hosts):
        raise RefusedError("Lilo does not know the service that brings this browser's notices.")
    return found


def is_push_service(endpoint: str, hosts: Sequence[str]) -> bool:
    """Whether an address is one of a known push service, so that nobody can have this machine call another.

    Args:
        endpoint: the whole address.
        hosts: names that it, or a part before it, must be of: `push.apple.com` covers `web.push.apple.com`. One with
            `://` is an origin of its own, for a push service that an installation runs itself.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None or parts.hostname is None:
        return False
    if f"{parts.scheme}://{parts.netloc}" in hosts:
        return True
    if parts.scheme != "https" or port not in (None, 443):
        return False
    return any(parts.hostname == host or parts.hostname.endswith(f".{host}") for host in hosts)


def decoded(text: str) -> bytes:
    """Base64url with or without its padding.

    Raises:
        ValueError: it is none.
    """
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("This is no base64url.") from error


@lru_cache(maxsize=2)
def public_key(private_key: str) -> str:
    """The key by which browsers know our messages (VAPID, RFC 8292), base64url without padding."""
    key = load_pem_private_key(private_key.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("The push key must be one of the curve P-256.")
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode("ascii")
