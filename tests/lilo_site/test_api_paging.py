"""Pages of a list: everything once, in order, while rows come and go; a forged cursor is refused."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lilo_site.api_errors import Problem
from lilo_site.api_paging import page_of

pytestmark = pytest.mark.django_db
ORDER = ("-full_name", "pk")


def people(*names: str) -> None:
    get_user_model().objects.bulk_create(
        get_user_model()(username=f"person-{number}", full_name=name) for number, name in enumerate(names)
    )


def walk(limit: int, *, order: tuple[str, ...] = ORDER) -> list[str]:
    seen, cursor = [], ""
    while True:
        rows, following = page_of(get_user_model().objects.all(), cursor=cursor, limit=limit, order=order)
        seen += [row.username for row in rows]
        if following is None:
            return seen
        cursor = following


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from("abc"), max_size=12), limit=st.integers(1, 5))
def test_every_row_comes_once_and_in_order(names: list[str], limit: int) -> None:
    get_user_model().objects.all().delete()
    people(*names)
    whole = list(get_user_model().objects.order_by(*ORDER).values_list("username", flat=True))
    assert walk(limit) == whole


def test_row_that_comes_meanwhile_moves_nothing() -> None:
    people("b", "d", "f", "h")
    rows, cursor = page_of(get_user_model().objects.all(), cursor="", limit=2, order=ORDER)
    get_user_model().objects.create(username="new", full_name="z")
    assert cursor
    rest, following = page_of(get_user_model().objects.all(), cursor=cursor, limit=2, order=ORDER)
    assert [row.full_name for row in [*rows, *rest]] == ["h", "f", "d", "b"]
    assert following is None


@pytest.mark.parametrize("order", [ORDER, ("pk",)])
def test_forged_cursor_and_one_of_another_list_are_refused(order: tuple[str, ...]) -> None:
    people("a", "b", "c")
    _, cursor = page_of(get_user_model().objects.all(), cursor="", limit=1, order=order)
    assert cursor
    with pytest.raises(Problem) as forged:
        page_of(get_user_model().objects.all(), cursor=cursor[:-3] + "abc", limit=1, order=order)
    with pytest.raises(Problem) as foreign:
        page_of(get_user_model().objects.all(), cursor=cursor, limit=1, order=("-full_name", "username", "pk"))
    assert forged.value.status == foreign.value.status == 422
