"""Lines of a file from outside: streamed, bounded, and each bad one an error of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

MAX_LINE_BYTES = 1024 * 1024


class BadLine(ValueError):
    """A line that cannot be read, with what is wrong with it. The lines after it can."""


class Lines(Iterator[str]):
    """Iterate over the lines of a binary stream as text; after a `BadLine` go on with the next.

    A generator would end at its first exception, so this is a class. Memory stays within `MAX_LINE_BYTES`.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.number = 0
        """Of the line last read, from 1."""

    def __next__(self) -> str:
        line = self._stream.readline(MAX_LINE_BYTES + 1)
        if not line:
            raise StopIteration
        self.number += 1
        if len(line) > MAX_LINE_BYTES and not line.endswith(b"\n"):
            self._skip_rest()
            raise BadLine(f"The line is longer than {MAX_LINE_BYTES // 1024} KiB.")
        try:
            return line.decode("utf-8-sig" if self.number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise BadLine(f"Not UTF-8 text (byte {error.start + 1} of the line); save the file as UTF-8.") from error

    def _skip_rest(self) -> None:
        while (rest := self._stream.readline(MAX_LINE_BYTES)) and not rest.endswith(b"\n"):
            pass
