"""Times of day in the API: as the clock where it is shows them, without a zone."""

from __future__ import annotations

from datetime import time
from typing import Annotated

from pydantic import AfterValidator


def _without_zone(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("Please give the time as the clock there shows it, without a zone.")
    return at


ClockTime = Annotated[time, AfterValidator(_without_zone)]
