"""How much of a file from outside is read. Beyond it the file is refused, or its rest, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest that is read of everything. A book fits; a bomb does not."""

    file_bytes: int = 20 * MEGABYTE
    """Of one file; files of rows that are named on a terminal may be larger, they are streamed."""
    characters: int = 5_000_000
    """Of the text of one document."""
    rows: int = 200_000
    pages: int = 2_000
    headings: int = 5_000
    xml_depth: int = 50
    html_depth: int = 1_000
    members: int = 20_000
    """Of an archive."""
    unpacked_bytes: int = 400 * MEGABYTE
    ratio: int = 100
    """Bytes that come of one packed byte. Text packs to a tenth; only a bomb comes near this."""
    pdf_seconds: int = 60
    seconds: int = 1_200
    """Of all files of one import."""
