"""Secret keys: from the environment; in development, made once and kept in the data folder.

Production refuses to start without them, so a forgotten variable can never mean a key that everyone knows.
"""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.exceptions import ImproperlyConfigured

from . import env

AES_KEY_BYTES = 32
RSA_BITS = 3072


def secret(name: str, *, data_dir: Path, production: bool, make: Callable[[], str]) -> str:
    """The secret called `name`.

    Raises:
        ImproperlyConfigured: it is unset in production.
    """
    if value := env.text(name):
        return value
    if production:
        raise ImproperlyConfigured(f"{name} must be set in production; see docs/settings.md for how to make one.")
    path = data_dir / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        fresh.touch(mode=0o600)
        fresh.write_text(make(), encoding="ascii")
        try:
            os.link(fresh, path)  # the first process to get here wins; nobody reads half a key
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_text(encoding="ascii")


def make_text_key() -> str:
    """A random key for Django's own signing."""
    return secrets.token_urlsafe(48)


def make_key_ring() -> str:
    """A key ring of one fresh AES-256 key."""
    return f"k1:{make_binary_key()}"


def make_binary_key() -> str:
    """A random 256-bit key, base64."""
    return base64.b64encode(secrets.token_bytes(AES_KEY_BYTES)).decode("ascii")


def make_signing_key() -> str:
    """A fresh RSA private key, PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    encoding, layout = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, layout, serialization.NoEncryption()).decode("ascii")


def make_push_key() -> str:
    """A fresh P-256 private key, PEM: what notices to browsers are signed with."""
    key = ec.generate_private_key(ec.SECP256R1())
    encoding, layout = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, layout, serialization.NoEncryption()).decode("ascii")


def check_push_key(name: str, value: str) -> str:
    """The key itself, checked.

    Raises:
        ImproperlyConfigured: it is none.
    """
    try:
        key = serialization.load_pem_private_key(value.encode(), password=None) if value else None
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a P-256 private key in PEM.") from None
    if key is not None and not (isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == "secp256r1"):
        raise ImproperlyConfigured(f"{name} must be a P-256 private key in PEM.")
    return value


def key_ring(name: str, value: str) -> dict[str, bytes]:
    """Parse `id:base64,id:base64`; the first key encrypts, all of them decrypt."""
    ring: dict[str, bytes] = {}
    for part in value.split(","):
        key_id, colon, encoded = part.strip().partition(":")
        ring[key_id] = binary_key(name, encoded) if colon and key_id else b""
    if not all(ring.values()):
        raise ImproperlyConfigured(f"{name} must be a list of id:base64 keys parted by commas.")
    return ring


def binary_key(name: str, value: str) -> bytes:
    """Decode one base64 AES-256 key."""
    try:
        key = base64.b64decode(value, validate=True)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be base64.") from None
    if len(key) != AES_KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must hold keys of {AES_KEY_BYTES} bytes, and one has {len(key)}.")
    return key
