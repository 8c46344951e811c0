"""Rewrite every encrypted column with the newest key."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from companion.accounts import rotation
from companion.accounts.fields import EncryptedTextField, UnreadableError


class Command(BaseCommand):
    """Run it after putting a new key first in FIELD_KEYS; drop the old key only when it reports nothing left."""

    help = "Rewrite every encrypted column with the first key of FIELD_KEYS; may be stopped and run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much at once."""
        parser.add_argument("--batch", type=int, default=500, help="rows of one transaction")

    def handle(self, *args: Any, batch: int, **options: Any) -> None:
        """Rewrite each column in batches."""
        if batch < 1:
            raise CommandError("--batch must be 1 or more.")
        for field in rotation.encrypted_fields():
            try:
                done = self._rewrite(field, batch)
            except UnreadableError as error:
                raise CommandError(f"{error} Put its key back into FIELD_KEYS and run this again.") from None
            self.stdout.write(f"{field.sealed_for}: {done} rewritten, {rotation.rows_to_rewrite(field).count()} left")

    def _rewrite(self, field: EncryptedTextField, batch: int) -> int:
        done, last = 0, None
        with tqdm(total=rotation.rows_to_rewrite(field).count(), desc=field.sealed_for, disable=None) as bar:
            while True:
                last, rewritten = rotation.rewrite_batch(field, after=last, size=batch)
                if last is None:
                    return done
                done += rewritten
                bar.update(rewritten)
