"""How the tests use the account pages."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import get_user
from django.core import mail
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from tests.companion.accounts.conftest import PASSWORD

NEW = "nine loud sparrows"
SIGN_UP = {
    "kind": "senior",
    "full_name": "George Bell",
    "email": "",
    "username": "George",
    "password": PASSWORD,
    "country": "GB",
    "time_zone": "Europe/London",
}


def signed_in_as(client: Client) -> str:
    """The user name of the client's session, or nothing."""
    request = HttpRequest()
    request.session = client.session
    return get_user(request).get_username()


def sign_in(client: Client, name: str = "margaret", password: str = PASSWORD, **more: str) -> Any:
    """Press the button of the sign-in page."""
    return client.post(reverse("sign-in"), {"username": name, "password": password, **more})


def link_in(message: mail.EmailMessage) -> str:
    """The one link of a mail, as a path."""
    found = re.search(r"http://testserver(/\S+)", str(message.body))
    assert found, message.body
    return found.group(1)
