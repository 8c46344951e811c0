"""Bring a closed account back."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from companion.accounts import actions, rules
from companion.accounts.models import User


class Command(BaseCommand):
    """For operators at the server, who have made sure that the person asks for it. Erased is erased."""

    help = "Bring a closed account back, within a month of its closing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Reopen it, or say why not."""
        user = User.everyone.filter(username=rules.normal_username(username)).first()
        if user is None:
            raise CommandError(f"There is nobody with the user name {username}.")
        try:
            actions.reopen_account(user)
        except PermissionDenied:
            raise CommandError(f"{username} is not closed, or the e-mail or number is another's by now.") from None
        self.stdout.write(f"{user.username} is open again.")
