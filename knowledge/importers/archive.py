"""ZIP archives: their files one by one, none larger than allowed, whatever the archive says of itself."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import BinaryIO

from knowledge.importers.limits import Limits
from knowledge.importers.rows import RefusedRow, UnreadableFile

PIECE = 256 * 1024
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, OSError, ValueError, RuntimeError,
    NotImplementedError, KeyError, IndexError, OverflowError,
)  # fmt: skip
BOMB = "It unpacks to far more than it seems to hold, as archives made to harm do."


def members(stream: BinaryIO, *, limits: Limits) -> Iterator[tuple[str, BinaryIO] | RefusedRow]:
    """Each file of an archive with its name; those that cannot be read are refused by themselves.

    Nothing is written anywhere: a name in an archive leads nowhere.

    Raises:
        UnreadableFile: the archive is broken, holds too many files or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(stream)
        files = [info for info in archive.infolist() if not info.is_dir() and not _is_litter(info.filename)]
    except BROKEN as error:
        raise UnreadableFile("It is broken, or no ZIP archive that can be read.") from error
    if len(files) > limits.members:
        raise UnreadableFile(f"It holds {len(files):,} files; at most {limits.members:,} are read.")
    total = 0
    for info in sorted(files, key=lambda info: info.filename):
        content = _content(archive, info, limits=limits)
        if isinstance(content, bytes):
            total += len(content)
            if total > limits.unpacked_bytes:
                raise UnreadableFile(BOMB)
            yield info.filename, io.BytesIO(content)
        else:
            yield content


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, limits: Limits) -> bytes | RefusedRow:
    most = min(limits.file_bytes, max(PIECE, info.compress_size * limits.ratio))
    if info.flag_bits & 0x1:
        return RefusedRow(0, "It is locked with a password.", place=info.filename)
    try:
        with archive.open(info) as member:
            content = member.read(most + 1)
    except BROKEN:
        return RefusedRow(0, "It is broken within its archive.", place=info.filename)
    if len(content) <= most:
        return content
    if most < limits.file_bytes:
        raise UnreadableFile(BOMB)
    return RefusedRow(0, f"It is larger than {limits.file_bytes // 2**20:,} MB.", place=info.filename)


def _is_litter(name: str) -> bool:
    """What systems put into archives by themselves."""
    parts = PurePosixPath(name).parts
    return any(part == "__MACOSX" or part.startswith(".") for part in parts)
