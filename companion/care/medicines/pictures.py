"""Photos of pills: checked, made anew, and small, so that nothing but a picture is ever kept."""

from __future__ import annotations

import base64
import io

from companion.circle.refusals import RefusedError

#: Bytes of what may be sent, points of the largest picture that is opened, and of the longer side that is kept.
MOST_BYTES = 5 * 1024 * 1024
MOST_POINTS = 40_000_000
SIDE = 480
KINDS = ("JPEG", "PNG", "WEBP")


def as_small_jpeg(image: bytes) -> str:
    """A picture as a small JPEG in base64, without its metadata (a phone writes where it was).

    Raises:
        RefusedError: it is no picture of a kind that is taken, or too large.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # loaded for the few requests that need it

    if len(image) > MOST_BYTES:
        raise RefusedError("This picture is too large. Please send one of at most 5 MB.")
    try:
        with Image.open(io.BytesIO(image), formats=KINDS) as opened:
            if opened.width * opened.height > MOST_POINTS:
                raise RefusedError("This picture is too large. Please send a smaller one.")
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise RefusedError("Lilo cannot open this picture. Please send a JPEG, PNG or WebP.") from None
    upright.thumbnail((SIDE, SIDE))
    small = io.BytesIO()
    upright.save(small, "JPEG", quality=80)
    return base64.b64encode(small.getvalue()).decode("ascii")


def as_bytes(data: str) -> bytes:
    """The JPEG of what is kept."""
    return base64.b64decode(data)
