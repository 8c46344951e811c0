"""The family's pages, as a browser without scripts gets them."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from companion.accounts.models import User

Enter = Callable[[User], Client]


def test_who_looks_after_one_senior_comes_straight_to_their_page(daughter: User, senior: User, enter: Enter) -> None:
    answer = enter(daughter).get(reverse("family"))
    assert answer.status_code == 302
    assert answer.url == reverse("dashboard", args=[senior.pk])


def test_a_stranger_finds_nothing(stranger: User, senior: User, enter: Enter) -> None:
    assert enter(stranger).get(reverse("dashboard", args=[senior.pk])).status_code == 404


def test_every_page_opens(daughter: User, senior: User, enter: Enter) -> None:
    for page in (reverse("dashboard", args=[senior.pk]), reverse("family-alerts"), reverse("family-settings")):
        assert enter(daughter).get(page).status_code == 200, page
