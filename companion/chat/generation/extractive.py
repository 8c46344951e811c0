"""The embedded generator: it says only what a curator wrote, so it cannot invent."""

from __future__ import annotations

from collections.abc import AsyncIterator

from companion.chat.generation.port import Request

WORDS_A_TOKEN = 0.75


class ExtractiveGenerator:
    """An acknowledgement, then the chosen sentences as they stand in the entry, each with its source's number."""

    name = "extractive"

    async def sentences(self, request: Request) -> AsyncIterator[str]:
        """Yield the opener, then each sentence while it fits in `max_tokens`; the first always does."""
        room = None if request.max_tokens is None else request.max_tokens * WORDS_A_TOKEN
        if request.opener:
            yield request.opener
        for place, sentence in enumerate(request.context.sentences):
            length = len(sentence.text.split())
            if room is not None and place > 0 and length > room:
                return
            room = None if room is None else room - length
            yield f"{sentence.text}[{sentence.number}]" if sentence.number else sentence.text
