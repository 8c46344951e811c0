"""Lists of the API in pages, each with the cursor of the next: stable while rows come and go."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.core import signing
from django.db.models import Model, Q, QuerySet
from ninja import Query

from lilo_site.api_errors import Problem

SALT = "api.cursor"
MOST = 200
Row = TypeVar("Row", bound=Model)
Cursor = Annotated[str, Query("", max_length=512, description="`next_cursor` of the page before.")]
Limit = Annotated[int, Query(50, ge=1, le=MOST, description="How many at most.")]


def page_of(
    queryset: QuerySet[Row], *, cursor: str, limit: int, order: tuple[str, ...] = ("-at", "-pk")
) -> tuple[list[Row], str | None]:
    """One page of a list, and the cursor of the next.

    Args:
        queryset: what the person may see.
        cursor: of the page before; empty for the first.
        limit: how many at most, 1 to 200.
        order: the columns to go by, all without nulls, the last of them unique; `-` for the highest first.

    Returns:
        The rows, and the next page's cursor or None where this is the last.

    Raises:
        Problem: 422, the cursor is not one of ours.
    """
    if cursor:
        queryset = queryset.filter(_after(order, _read(cursor, len(order))))
    rows = list(queryset.order_by(*order)[: limit + 1])
    if len(rows) <= limit:
        return rows, None
    rows = rows[:limit]
    return rows, signing.dumps([_plain(getattr(rows[-1], name.lstrip("-"))) for name in order], salt=SALT)


def _read(cursor: str, length: int) -> list[Any]:
    try:
        values = signing.loads(cursor, salt=SALT)
    except signing.BadSignature as error:
        raise _not_ours() from error
    if not isinstance(values, list) or len(values) != length:
        raise _not_ours()
    return values


def _after(order: tuple[str, ...], values: list[Any]) -> Q:
    """The rows beyond the last one: later in the first column, or equal there and later in the next, and so on."""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        column = name.lstrip("-")
        beyond = Q(**{f"{column}__{'lt' if name.startswith('-') else 'gt'}": value})
        condition |= equal & beyond
        equal &= Q(**{column: value})
    return condition


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _not_ours() -> Problem:
    return Problem(422, "bad_cursor", "This cursor cannot be used here. Start again without one.")
