"""A household to try things with: people, knowledge, index; then serve."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from companion.accounts.actions import create_user
from companion.accounts.models import Kind, User
from companion.circle.actions import accept_invitation, create_profile, invite
from companion.circle.models import Membership, Role
from lilo_site.management.demo_home import furnish_home
from lilo_site.management.demo_journal import fill_journal
from lilo_site.management.demo_medicines import fill_medicines
from lilo_site.settings.base import PRODUCTION

PASSWORD = "lilo-demo-2026"  # noqa: S105  (of a demo on this machine only; production refuses it)  # nosec B105


@dataclass(frozen=True, slots=True)
class Person:
    """One of the demo household."""

    username: str
    full_name: str
    kind: str
    what: str
    phone: str = ""
    is_staff: bool = False
    relation: str = ""
    """What they are to the senior; empty for those who are not of her circle."""
    role: str = Role.FAMILY
    groups: tuple[str, ...] = ()
    """What they may do to knowledge."""
    is_superuser: bool = False


SENIOR = Person("margaret", "Margaret Doyle", Kind.SENIOR, "the senior: talk with Lilo at /", "+12025550101")
OTHERS = (
    Person("anna", "Anna Doyle", Kind.FAMILY, "her daughter", "+12025550102", relation="daughter", role=Role.PRIMARY),
    Person("ben", "Ben Okafor", Kind.FAMILY, "her neighbour", "+12025550103", relation="neighbour"),
    Person("carla", "Carla Ruiz", Kind.CURATOR, "writes what Lilo knows: /admin/", is_staff=True, groups=("Author",)),
    Person(
        "rob",
        "Rob Lindqvist",
        Kind.CURATOR,
        "reviews and publishes it, and runs the place: /admin/",
        is_staff=True,
        groups=("Reviewer", "Publisher"),
        is_superuser=True,
    ),
)
LEAD, NURSE, CARER = STAFF = (
    Person("rosa", "Rosa Alvarez", Kind.STAFF, "runs Rosewood, a home of twelve: /facility/", "+12025550111"),
    Person("nina", "Nina Koch", Kind.STAFF, "nurse there, on shift by day", "+12025550112"),
    Person("sam", "Sam Adeyemi", Kind.STAFF, "carer there, on shift by night", "+12025550113"),
)


class Command(BaseCommand):
    """Migrate, load the corpus, make the household, build the index, serve; what is in order already is left alone."""

    help = "Prepare a demo household and serve it on localhost."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--prepare-only", action="store_true", help="prepare, but do not serve")

    def handle(self, *, port: int, prepare_only: bool, **options: object) -> None:
        if PRODUCTION:
            raise CommandError("The demo household has a known password: it is not for LILO_ENV=production.")
        quiet = {"verbosity": 0, "interactive": False}
        call_command("migrate", **quiet)
        call_command("load_corpus")
        self._household()
        call_command("build_index", if_changed=True)
        self._print_addresses(port)
        if not prepare_only:
            sys.stdout.flush()
            call_command("serve", port=port)

    def _household(self) -> None:
        margaret = _opened(SENIOR)
        create_profile(margaret, preferred_name="Margaret")
        for person in OTHERS:
            user = _opened(person)
            if person.relation and not Membership.objects.filter(senior_id=margaret.pk, user=user).exists():
                invitation = invite(margaret, margaret.pk, role=person.role, relation=person.relation)
                accept_invitation(user, invitation.token)
        fill_journal(margaret, by=User.objects.get(username="anna"))
        fill_medicines(margaret, by=User.objects.get(username="anna"))

        operator = User.objects.get(username="rob")
        furnish_home(operator, lead=_opened(LEAD), nurse=_opened(NURSE), carer=_opened(CARER))

    def _print_addresses(self, port: int) -> None:
        self.stdout.write(f"\n  Talk with Lilo   http://localhost:{port}/")
        self.stdout.write(f"  Curate           http://localhost:{port}/admin/")
        self.stdout.write(f"  API              http://localhost:{port}/api/v1/docs")
        self.stdout.write(f"  Run a home       http://localhost:{port}/facility/\n")
        for person in (SENIOR, *OTHERS, *STAFF):
            self.stdout.write(f"  {person.username:<10} {PASSWORD}   {person.what}")
        self.stdout.write("")


def _opened(person: Person) -> User:
    """The person's account, opened if there is none."""
    known = User.objects.filter(username=person.username).first()
    if known is not None:
        return known
    user = create_user(
        username=person.username,
        password=PASSWORD,
        full_name=person.full_name,
        kind=person.kind,
        email=f"{person.username}@example.org",
        phone=person.phone,
        is_verified=True,
        is_staff=person.is_staff,
        is_superuser=person.is_superuser,
    )
    user.groups.set(Group.objects.filter(name__in=person.groups))
    return user
