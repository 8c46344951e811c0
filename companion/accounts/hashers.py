"""How passwords are stored: argon2id at the strength OWASP asks for, and no more.

Django's own figures take 100 MiB and eight lanes for each check: a few people signing in at once would fill a small
machine. These take 19 MiB and one lane.
"""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class PersonHasher(Argon2PasswordHasher):
    """Argon2id, 19 MiB, two rounds, one lane. Hashes made with other figures still verify, and are renewed."""

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1
