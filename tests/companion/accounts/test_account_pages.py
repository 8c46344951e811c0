"""The list of sign-ins, and what holds for every account page."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from companion.accounts import sign_ins
from companion.accounts.models import RefreshFamily, User
from tests.companion.accounts.conftest import PHONE
from tests.companion.accounts.pages import signed_in_as


def test_the_list_shows_ones_own_sign_ins_and_ends_them(client: Client, senior: User, daughter: User) -> None:
    sign_ins.begin(senior, PHONE, device="<b>Kitchen</b> tablet")
    sign_ins.begin(daughter, PHONE, device="Anna's phone")
    client.force_login(senior)
    page = client.get(reverse("account")).content.decode()
    assert "&lt;b&gt;Kitchen&lt;/b&gt; tablet" in page
    assert "Anna" not in page
    anna, mine = RefreshFamily.objects.get(user=daughter), RefreshFamily.objects.get(user=senior)
    assert client.post(reverse("end-sign-in", args=[anna.pk])).status_code == 404
    assert client.post(reverse("end-sign-in", args=[uuid4()])).status_code == 404
    assert "That sign-in has ended" in client.post(reverse("end-sign-in", args=[mine.pk]), follow=True).content.decode()
    assert list(RefreshFamily.objects.filter(revoked_at=None)) == [anna]
    assert "No app is signed in" in client.get(reverse("account")).content.decode()


def test_signing_out_everywhere(client: Client, senior: User) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(senior)
    app = sign_ins.begin(senior, PHONE)
    client.post(reverse("end-all-sign-ins"))
    assert (signed_in_as(client), signed_in_as(elsewhere)) == ("", "")
    with pytest.raises(sign_ins.SignInEndedError):
        sign_ins.refresh(app.refresh, PHONE)


def test_a_senior_takes_a_code_to_another_device(client: Client, senior: User, daughter: User) -> None:
    client.force_login(senior)
    page = client.post(reverse("show-code"))
    tablet = Client()
    tablet.post(reverse("sign-in-code"), {"code": page.context["code"]})
    assert signed_in_as(tablet) == "margaret"
    client.force_login(daughter)
    assert client.post(reverse("show-code")).status_code == 404


@pytest.mark.parametrize("name", ["account", "change-password"])
def test_strangers_are_sent_to_the_sign_in_page(client: Client, db: None, name: str) -> None:
    assert client.get(reverse(name))["Location"] == f"/sign-in/?next={reverse(name)}"


@pytest.mark.parametrize(
    "name", ["sign-in", "sign-up", "sign-in-code", "password-reset", "password-reset-sent", "password-reset-done"]
)
def test_pages_keep_to_the_content_policy(client: Client, db: None, name: str) -> None:
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert "default-src 'self'" in page["Content-Security-Policy"]
    text = page.content.decode()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", text)
    assert len(re.findall("<h1", text)) == 1
