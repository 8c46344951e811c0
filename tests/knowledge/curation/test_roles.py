"""What each role may do, as its people find it in the admin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from knowledge.curation.roles import ROLES
from knowledge.models import Entry

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]
SignIn = Callable[[Any], Client]


@pytest.fixture
def person_of(make_curator: Callable[..., Any]) -> Callable[..., Any]:
    """Somebody of these groups."""

    def make(username: str, *groups: str) -> Any:
        person = make_curator(username)
        person.groups.set(Group.objects.filter(name__in=groups))
        return person

    return make


def buttons(client: Client, entry: Entry) -> set[str]:
    page = client.get(reverse("admin:knowledge_entry_change", args=[entry.pk]))
    return {button.action_name.removeprefix("knowledge_entry_") for button in page.context["actions_submit_line"]}


@pytest.mark.parametrize(
    ("groups", "draft", "in_review", "published"),
    [
        (("Author",), {"submit"}, set(), set()),
        (("Reviewer",), {"submit"}, {"approve", "send_back"}, {"confirm"}),
        (("Publisher",), {"submit", "retire"}, {"publish", "retire"}, {"retire"}),
        (
            ("Reviewer", "Publisher"),
            {"submit", "retire"},
            {"approve", "publish", "send_back", "retire"},
            {"confirm", "retire"},
        ),
    ],
)
def test_each_role_has_its_buttons(
    groups: tuple[str, ...], draft: set[str], in_review: set[str], published: set[str], person_of: Any,
    make_entry: Make, client_of: SignIn,
) -> None:  # fmt: skip
    client = client_of(person_of("pat", *groups))
    found = {
        status: buttons(client, make_entry(status, status=status)) for status in ("draft", "in_review", "published")
    }
    assert found == {"draft": draft, "in_review": in_review, "published": published}


def test_publisher_who_is_no_reviewer_needs_an_approval(person_of: Any, make_entry: Make, client_of: SignIn) -> None:
    entry = make_entry(status="in_review")
    publisher, reviewer = client_of(person_of("pam", "Publisher")), client_of(person_of("ray", "Reviewer"))
    press = {"action": "publish_selected", "_selected_action": [str(entry.pk)], "look_alikes_seen": "on"}
    listing = reverse("admin:knowledge_entry_changelist")
    refused = publisher.post(listing, press, follow=True)
    assert "A reviewer must approve it first" in str(next(iter(refused.context["messages"])))
    reviewer.post(listing, {"action": "approve_selected", "_selected_action": [str(entry.pk)]})
    publisher.post(listing, press)
    entry.refresh_from_db()
    assert entry.status == "published"


@pytest.mark.parametrize("action", ["approve_selected", "publish_selected", "confirm_selected", "retire_selected"])
def test_author_has_no_way_round_the_buttons(action: str, person_of: Any, make_entry: Make, client_of: SignIn) -> None:
    entry = make_entry(status="published" if action == "confirm_selected" else "in_review")
    before = (entry.status, entry.reviewed_by_id, entry.reviewed_at, entry.review_due)
    listing = reverse("admin:knowledge_entry_changelist")
    client_of(person_of("amos", "Author")).post(listing, {"action": action, "_selected_action": [str(entry.pk)]})
    entry.refresh_from_db()
    assert (entry.status, entry.reviewed_by_id, entry.reviewed_at, entry.review_due) == before
    assert entry.history.count() == 0


def test_looking_is_all_that_a_role_without_rights_allows(
    make_curator: Any, make_entry: Make, client_of: SignIn
) -> None:
    entry = make_entry(status="in_review")
    client = client_of(make_curator("vic", "view_entry"))
    page = client.get(reverse("admin:knowledge_entry_change", args=[entry.pk]))
    assert (page.status_code, page.context["has_change_permission"]) == (200, False)
    changed = client.post(page.request["PATH_INFO"], {"knowledge_entry_approve": "1"})
    assert changed.status_code == 403


def test_roles_are_completed_after_a_migration_and_keep_what_was_added() -> None:
    author = Group.objects.get(name="Author")
    extra = Permission.objects.get(codename="view_session")
    author.permissions.add(extra)
    author.permissions.remove(Permission.objects.get(codename="add_entry", content_type__app_label="knowledge"))
    Group.objects.filter(name="Reviewer").delete()
    call_command("migrate", verbosity=0)
    assert set(Group.objects.filter(name__in=ROLES).values_list("name", flat=True)) == set(ROLES)
    codenames = set(author.permissions.values_list("codename", flat=True))
    assert {"add_entry", "change_entry", "view_entry", "view_session"} <= codenames
    assert not {"publish_entry", "review_entry", "delete_entry"} & codenames


def test_every_right_of_a_role_exists() -> None:
    known = Permission.objects.filter(content_type__app_label="knowledge").values_list("codename", flat=True)
    assert frozenset().union(*ROLES.values()) <= set(known)
