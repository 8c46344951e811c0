"""A push service and its browsers: takes what Lilo sends, checks its signature, opens it as they would."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.companion.safety.far_side import FarSide, Received


@dataclass
class Browser:
    """One browser with notices turned on, at a push service of ours."""

    service: FarSide
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.service.port}"

    @property
    def subscription(self) -> str:
        """What its `PushSubscription` says."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": encoded(point), "auth": encoded(self.secret)}
        return json.dumps({"endpoint": f"{self.origin}/send/{id(self)}", "expirationTime": None, "keys": keys})

    def opened(self, message: Received) -> dict[str, Any]:
        """A message, decrypted (RFC 8291)."""
        plain = http_ece.decrypt(message.body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        notice: dict[str, Any] = json.loads(plain)
        return notice


def claims_of(message: Received, *, audience: str) -> dict[str, Any]:
    """Who says to have sent a message, its signature checked with the key that it names (RFC 8292)."""
    scheme, _, rest = message.headers["Authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    point = base64.urlsafe_b64decode(parts["k"] + "==")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims: dict[str, Any] = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=audience)
    return claims


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
