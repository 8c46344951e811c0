"""Who may do what to knowledge: three groups, made and completed after every migration.

A role lists what its people may do besides looking at all of knowledge. Nothing is ever taken from a group: an operator
who wants a role to have less makes a group of their own.
"""

from __future__ import annotations

from typing import Any

WRITES = frozenset({"add_entry", "change_entry", "add_entrysource", "change_entrysource", "delete_entrysource"})
ROLES: dict[str, frozenset[str]] = {
    "Author": WRITES,
    "Reviewer": WRITES | {"review_entry", "add_evaluationrun"},
    "Publisher": WRITES | {"publish_entry", "add_evaluationrun", "run_experiment", "take_baseline"},
}
MAY_CHANGE, MAY_REVIEW = "knowledge.change_entry", "knowledge.review_entry"
MAY_PUBLISH = "knowledge.publish_entry"
#: The right that a button of the form needs; the others need only that to change an entry.
RIGHTS = {
    "approve": MAY_REVIEW,
    "send_back": MAY_REVIEW,
    "confirm": MAY_REVIEW,
    "publish": MAY_PUBLISH,
    "retire": MAY_PUBLISH,
    "reopen": MAY_PUBLISH,
}


def make_roles(**migrated: Any) -> None:
    """Django's own signal after a migration, when the permissions exist, is the moment. Safe to repeat."""
    from django.contrib.auth.models import Group, Permission

    known = Permission.objects.using(migrated["using"]).filter(content_type__app_label="knowledge")
    looking = [permission for permission in known if permission.codename.startswith("view_")]
    for name, codenames in ROLES.items():
        group, _ = Group.objects.using(migrated["using"]).get_or_create(name=name)
        group.permissions.add(*looking, *(permission for permission in known if permission.codename in codenames))
