"""Typed readers for environment variables.

Each reader returns a value of one type or stops the start with a sentence that names the variable.
An empty variable counts as unset.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}


def _raw(name: str) -> str | None:
    value = os.environ.get(name, "").strip()
    return value or None


def text(name: str, default: str = "") -> str:
    """A text value."""
    return _raw(name) or default


def flag(name: str, default: bool) -> bool:
    """A yes-or-no value."""
    raw = _raw(name)
    if raw is None:
        return default
    if raw.lower() in TRUE:
        return True
    if raw.lower() in FALSE:
        return False
    raise ImproperlyConfigured(f"{name} must be yes or no, not {raw!r}.")


def number(name: str, default: int, *, least: int = 0, most: int | None = None) -> int:
    """A whole number within bounds, both included."""
    raw = _raw(name)
    if raw is None:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number, not {raw!r}.") from None
    if value < least or (most is not None and value > most):
        bounds = f"{least} or more" if most is None else f"from {least} to {most}"
        raise ImproperlyConfigured(f"{name} must be {bounds}, not {value}.")
    return value


def choice(name: str, default: str, allowed: Collection[str]) -> str:
    """One of a few words."""
    value = _raw(name) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(sorted(allowed))}, not {value!r}.")
    return value


def names(name: str, default: str = "") -> list[str]:
    """A list of words parted by commas."""
    return [part.strip() for part in (_raw(name) or default).split(",") if part.strip()]


def folder(name: str, default: Path) -> Path:
    """A folder's path; it is made when it is first needed, not here."""
    raw = _raw(name)
    path = Path(raw).expanduser().resolve() if raw else default
    if path.exists() and not path.is_dir():
        raise ImproperlyConfigured(f"{name} must name a folder, and {path} is a file.")
    return path


def address(name: str, schemes: Collection[str]) -> SplitResult | None:
    """A URL with one of the schemes and a host, or None when unset. Its secrets are never repeated in an error."""
    raw = _raw(name)
    if raw is None:
        return None
    try:
        parts = urlsplit(raw)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is not an address: its host or port cannot be read.") from None
    if parts.scheme not in schemes:
        raise ImproperlyConfigured(
            f"{name} must begin with {' or '.join(f'{scheme}://' for scheme in sorted(schemes))}."
        )
    if not parts.hostname or port == 0:
        raise ImproperlyConfigured(f"{name} must name a host, as in {min(schemes)}://host:port/name.")
    return parts
