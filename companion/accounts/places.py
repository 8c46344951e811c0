"""The countries and time zones a person can choose from, as the time zone database lists them."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

import tzdata


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """ISO code -> English name, by name."""
    return dict(sorted(_rows("iso3166.tab", 0, 1), key=lambda row: row[1]))


@lru_cache(maxsize=1)
def time_zones() -> dict[str, str]:
    """IANA name -> how it reads in a list, by name."""
    return {name: name.replace("_", " ") for _, name in sorted(_rows("zone.tab", 0, 2), key=lambda row: row[1])}


def _rows(table: str, first: int, second: int) -> list[tuple[str, str]]:
    text = files(tzdata).joinpath("zoneinfo", table).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [(row[first], row[second]) for row in rows]
