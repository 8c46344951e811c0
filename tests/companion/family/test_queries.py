"""The dashboard costs the same few queries however long a life is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks.lives import live
from companion.accounts.models import User
from companion.circle.models import Item, Senior
from tests.companion.family.conftest import share

Enter = Callable[[User], Client]
#: The page of a daughter with whom everything is shared, the session and the frame included.
QUERIES = 24


def cost(client: Client, senior: User) -> int:
    """The queries of the page, once its look is in the log of the hour."""
    address = reverse("dashboard", args=[senior.pk])
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as found:
        page = client.get(address).content.decode()
    assert "Ramipril" in page
    return len(found)


@pytest.mark.usefixtures("son")
@pytest.mark.django_db(transaction=True)  # the look is written down once it is committed
def test_a_long_life_costs_no_more_queries_than_a_week(senior: User, daughter: User, enter: Enter) -> None:
    share(senior, *Item)
    client = enter(daughter)
    live(Senior.objects.get(pk=senior.pk), [daughter], days=8)
    week = cost(client, senior)
    live(Senior.objects.get(pk=senior.pk), [daughter], days=120, seed=8)
    assert cost(client, senior) == week
    assert week <= QUERIES
