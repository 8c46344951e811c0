"""How a request says that it is from us: `Lilo-Signature: t=<unix seconds>,v1=<hex>`.

The second part is HMAC-SHA256 of `<t>.<body>` under the shared secret. Whoever takes it refuses one that is old.
"""

from __future__ import annotations

import hashlib
import hmac


def signature(body: bytes, *, secret: str, at: int) -> str:
    """The value of `Lilo-Signature`."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"
