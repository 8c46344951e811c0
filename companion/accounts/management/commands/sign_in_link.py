"""Print a link that signs a senior in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from companion.accounts import actions
from companion.accounts.models import User


class Command(BaseCommand):
    """For operators at the server: the link works once, within 24 hours."""

    help = "Print a link that signs a senior in once, within 24 hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose link, and where people reach this Lilo."""
        parser.add_argument("username")
        parser.add_argument("--site", default="http://localhost:8000", help="address of this Lilo")

    def handle(self, *args: Any, username: str, site: str, **options: Any) -> None:
        """Print the link, and nothing else, so that it can be piped."""
        try:
            senior = User.objects.get_by_natural_key(username)
        except User.DoesNotExist:
            raise CommandError(f"There is nobody with the user name {username}.") from None
        if not (senior.is_senior and senior.is_active):
            raise CommandError(f"{username} is not a senior who may sign in.")
        token = actions.issue_sign_in_link(senior, senior)
        self.stdout.write(site.rstrip("/") + reverse("sign-in-link", args=[token]))
