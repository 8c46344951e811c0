"""A new password, by mail and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from celery.exceptions import OperationalError
from django.core import mail
from django.test import Client
from django.urls import reverse

from companion.accounts import sign_ins, tasks
from companion.accounts.models import User
from tests.companion.accounts.conftest import PASSWORD, PHONE
from tests.companion.accounts.pages import NEW, link_in, signed_in_as


def test_a_new_password_by_mail(client: Client, senior: User, mails_leave: Callable[..., Any]) -> None:
    elsewhere, app = Client(), sign_ins.begin(senior, PHONE)
    elsewhere.force_login(senior)
    with mails_leave():
        asked = client.post(reverse("password-reset"), {"email": "MARGARET@example.org"})
    assert client.get(asked["Location"]).status_code == 200
    (message,) = mail.outbox
    assert "Your user name is margaret" in message.body
    url = link_in(message)
    form = client.get(url, follow=True)
    place = form.redirect_chain[-1][0]
    assert "set-password" in place, "the token must leave the address"
    weak = client.post(place, {"new_password1": "short"})
    assert "too short" in weak.content.decode()
    done = client.post(place, {"new_password1": NEW})
    assert client.get(done["Location"]).status_code == 200
    assert signed_in_as(client) == "margaret"
    assert signed_in_as(elsewhere) == ""
    with pytest.raises(sign_ins.SignInEndedError):
        sign_ins.refresh(app.refresh, PHONE)
    senior.refresh_from_db()
    assert senior.check_password(NEW)
    assert senior.is_verified
    assert "does not work any more" in Client().get(url, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    client: Client, senior: User, mails_leave: Callable[..., Any]
) -> None:
    with mails_leave():
        known = client.post(reverse("password-reset"), {"email": "margaret@example.org"})
        unknown = client.post(reverse("password-reset"), {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


def test_a_lost_broker_does_not_show(
    client: Client, senior: User, mails_leave: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.mail_reset, "apply_async", lost)
    with mails_leave():
        response = client.post(reverse("password-reset"), {"email": "margaret@example.org"})
    assert response["Location"] == reverse("password-reset-sent")
    assert mail.outbox == []


def test_nobody_is_flooded_with_reset_mails(senior: User, mails_leave: Callable[..., Any]) -> None:
    with mails_leave():
        for n in range(6):
            http = Client(REMOTE_ADDR=f"203.0.113.{n}")
            assert http.post(reverse("password-reset"), {"email": "margaret@example.org"}).status_code == 302
    assert len(mail.outbox) == 3


def test_asking_for_mails_is_limited_by_address(client: Client, db: None) -> None:
    assert client.get(reverse("password-reset")).status_code == 200
    codes = [client.post(reverse("password-reset"), {"email": f"n{n}@example.org"}).status_code for n in range(11)]
    assert codes == [302] * 10 + [429]


@pytest.mark.parametrize("path", ["/reset/x/y/", "/reset/MQ/abc-def/", "/reset/%00/set-password/"])
def test_a_wrong_reset_link_is_over(client: Client, db: None, path: str) -> None:
    page = client.get(path, follow=True)
    assert "does not work any more" in page.content.decode()


def test_changing_the_password_keeps_this_session_only(client: Client, senior: User) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(senior)
    wrong = client.post(reverse("change-password"), {"old_password": "wrong", "new_password1": NEW})
    assert "This is not your password" in wrong.content.decode()
    assert client.get(reverse("change-password")).status_code == 200
    done = client.post(reverse("change-password"), {"old_password": PASSWORD, "new_password1": NEW}, follow=True)
    assert "Your new password works" in done.content.decode()
    assert (signed_in_as(client), signed_in_as(elsewhere)) == ("margaret", "")


def test_the_old_password_cannot_be_guessed(client: Client, senior: User) -> None:
    client.force_login(senior)
    tries = [{"old_password": f"wrong {n}", "new_password1": NEW} for n in range(6)]
    assert [client.post(reverse("change-password"), one).status_code for one in tries] == [422] * 5 + [429]
