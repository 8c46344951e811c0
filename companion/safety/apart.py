"""One failure apart from the others: what goes wrong with one alert, message or chore must not stop the rest."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import InterfaceError, OperationalError

log = logging.getLogger(__name__)
#: The database is away: no other step could do better.
NO_DATABASE = (OperationalError, InterfaceError)


@contextmanager
def apart(what: str, **ids: str) -> Iterator[None]:
    """Do one of many things: whatever it raises is logged with these ids, and the caller goes on with the next.

    Raises:
        OperationalError, InterfaceError: the database is away, which ends the caller's round.
    """
    try:
        yield
    except NO_DATABASE:
        raise
    except Exception:  # an outer edge: a row that cannot be read, or a mistake of ours, is one thing's trouble only
        log.exception("%s failed; the others go on", what, extra=ids)
