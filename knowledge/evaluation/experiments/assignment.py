"""Who is in which arm: worked out from a hash each time, so that no table of people is needed and none can differ."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

#: Of a hash so many bits make a number from 0 to 1: as many as a float holds exactly.
BITS = 53


def share_of(salt: str, alias: str) -> float:
    """A number from 0 up to 1, the same for the same person and salt in every process and after every restart."""
    digest = hashlib.blake2b(f"{salt}|{alias}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> (64 - BITS)) / 2.0**BITS


def arm_of(arms: Sequence[Mapping[str, Any]], *, salt: str, alias: str, traffic: float = 1.0) -> str | None:
    """The name of the person's arm; None where they are not among those who take part.

    Args:
        arms: each with `name` and `weight`.
        salt: the experiment's own.
        alias: the name that stands for the person.
        traffic: share of people who take part, 0 to 1. Raising it adds people and moves nobody.
    """
    if share_of(f"{salt}|traffic", alias) >= traffic:
        return None
    left = share_of(salt, alias) * sum(arm["weight"] for arm in arms)
    for arm in arms:
        left -= arm["weight"]
        if left < 0:
            return str(arm["name"])
    return str(arms[-1]["name"])
