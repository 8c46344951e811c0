"""Ask Lilo from the terminal: the same turn as everywhere else."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from uuid import uuid4

from django.core.management.base import BaseCommand, CommandError, CommandParser

from companion.accounts.models import Kind, User
from companion.chat.actions import MAX_CHARACTERS, collect, speaker_of
from companion.chat.turn import Turn, answer
from companion.chat.wording import clean
from knowledge.public import KnowledgeUnavailable, warm_up
from lilo_site.logs import new_trace_id


class Command(BaseCommand):
    """Run one turn as a senior and print its answer."""

    help = 'Ask Lilo something: manage.py ask "I keep waking up at night, what can I do?"'

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("question")
        parser.add_argument(
            "--as", dest="username", default="", help="the senior who asks (the first one when not given)"
        )
        parser.add_argument("--json", action="store_true", help="print the turn's events as JSON lines")

    def handle(self, *, question: str, username: str, json: bool, **options: object) -> None:
        words = clean(question)
        if not words or len(words) > MAX_CHARACTERS:
            raise CommandError(f"Ask something, in at most {MAX_CHARACTERS:,} characters.")
        turn = self._turn(words, username)
        with suppress(KnowledgeUnavailable):  # then the answer says so
            warm_up()
        wrong = asyncio.run(self._ask(turn, as_json=json))
        if wrong:
            raise CommandError(wrong)

    def _turn(self, words: str, username: str) -> Turn:
        seniors = User.objects.filter(kind=Kind.SENIOR).order_by("created_at")
        senior = seniors.filter(username=username).first() if username else seniors.first()
        if senior is None:
            raise CommandError(
                "There is no such senior yet. `manage.py demo --prepare-only` makes a household to try things with."
            )
        return Turn(uuid4(), str(uuid4()), words, speaker_of(senior), new_trace_id())

    async def _ask(self, turn: Turn, *, as_json: bool) -> str:
        """Print the answer; return what went wrong, if anything did."""
        events = []
        async for event in answer(turn):
            events.append(event)
            if as_json:
                self.stdout.write(event.model_dump_json())
            elif event.type == "delta":
                sys.stdout.write(event.text)
                sys.stdout.flush()
        outcome = collect(events)
        if not as_json:
            self.stdout.write("")
            for item in outcome.sources:
                self.stdout.write(f"  [{item.number}] {item.title}, {item.publisher}  {item.url}")
        return outcome.error.message if outcome.error else ""
