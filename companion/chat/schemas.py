"""What the conversation API takes and gives: the specification's appendix C, plus `trace_id` and `strategy`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, Field

from companion.chat.actions import MAX_CHARACTERS
from companion.chat.events import Choice, Emergency, SourceItem
from companion.chat.wording import clean


def _clean_words(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


Words = Annotated[str, BeforeValidator(_clean_words), Field(min_length=1, max_length=MAX_CHARACTERS)]


class MessageIn(Schema, extra="forbid"):
    """What a person says."""

    message: Words
    session_id: str = Field(default="", max_length=64)
    enable_rag: bool = True
    max_tokens: int | None = Field(default=None, ge=1, le=512)


class MessageOut(Schema):
    """Lilo's answer."""

    response: str
    sources: list[SourceItem]
    latency_ms: float
    trace_id: str
    strategy: str
    kind: str
    suggestions: list[str]
    choices: list[Choice] = Field(default=[], description="The answers to what Lilo asks; send the `value` of one.")
    emergency: Emergency | None = None


class SearchIn(Schema, extra="forbid"):
    """A search of the knowledge base."""

    query: Words
    top_k: int = Field(default=5, ge=1, le=50)
    route: Literal["semantic", "exact", "hybrid"] | None = None


class SearchResult(Schema):
    """One entry that was found."""

    entry: str
    question: str
    content: str
    category: str
    score: float
    sources: list[dict[str, str]]


class SearchOut(Schema):
    """What was found, best first."""

    results: list[SearchResult]
    latency_ms: float
    trace_id: str
    strategy: str


class ProblemOut(Schema):
    """A problem response (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    trace_id: str
