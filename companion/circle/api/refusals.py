"""What an action refuses, as an answer of the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from companion.circle.refusals import RefusedError
from lilo_site.api_errors import Problem


@contextmanager
def told() -> Iterator[None]:
    """Answer a refusal of an action with its own words."""
    try:
        yield
    except RefusedError as error:
        raise Problem(409, "refused", str(error)) from None
