"""The secrets of sign-in codes and links. A code is easy to read out: no two of its signs look or sound alike."""

from __future__ import annotations

import secrets

from companion.accounts.fields import blind_index
from companion.accounts.models import SignInPass

SIGNS = "ACDEFHJKLMNPRTWXY3479"
CODE_LENGTH = 8
LINK_BYTES = 32


def make(form: SignInPass.Form) -> str:
    """A fresh secret."""
    if form == SignInPass.Form.LINK:
        return secrets.token_urlsafe(LINK_BYTES)
    return "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))


def grouped(code: str) -> str:
    """A code as it is shown, `ABCD-EFGH`."""
    return f"{code[:4]}-{code[4:]}"


def digest(form: SignInPass.Form, secret: str) -> str:
    """The keyed fingerprint that is stored. A code may be typed with any case, spaces and dashes."""
    if form == SignInPass.Form.CODE:
        secret = "".join(sign for sign in secret.upper() if sign.isalnum())
    return blind_index(f"sign_in_pass.{form.value}", secret)
