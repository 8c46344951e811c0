"""What operators do at the server."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from companion.accounts.models import SignInPass, User


def test_the_printed_link_lets_the_senior_in(client: Client, senior: User) -> None:
    out = StringIO()
    call_command("sign_in_link", "Margaret", "--site", "https://lilo.example/", stdout=out)
    link = out.getvalue().strip()
    assert link.startswith("https://lilo.example/link/")
    assert client.post(link.removeprefix("https://lilo.example"))["Location"] == "/"
    assert client.get(reverse("account")).context["person"] == senior


@pytest.mark.parametrize("name", ["nobody12", "anna"])
def test_others_get_no_link(daughter: User, name: str) -> None:
    with pytest.raises(CommandError, match=name):
        call_command("sign_in_link", name)
    assert not SignInPass.objects.exists()
