"""Who may do what with an account. An unknown id and a forbidden one get the same answer."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from companion.accounts.models import Kind, RefreshFamily, User

HandOverRule = Callable[[User, User], bool]
_hand_over_rules: list[HandOverRule] = []


def permit_hand_over(rule: HandOverRule) -> None:
    """Let a higher room say who else may hand a senior a way to sign in.

    Args:
        rule: told the senior and the person who asks; one rule that says yes is enough.
    """
    if rule not in _hand_over_rules:
        _hand_over_rules.append(rule)


def may_hand_over(senior: User, by: User) -> bool:
    """Whether `by` may hand `senior` a code or a link that signs the senior in.

    The senior may, and an operator. A facility's staff look after the people of one house only, which this room does
    not know: they and the family come through `permit_hand_over`.
    """
    if not (senior.is_senior and senior.is_active and by.is_active):
        return False
    operator = by.is_superuser or (by.is_staff and by.kind == Kind.STAFF)
    return by.pk == senior.pk or operator or any(rule(senior, by) for rule in _hand_over_rules)


def senior_to_hand_over(senior_id: UUID, by: User) -> User | None:
    """The senior, where `by` may hand over a way to sign in; else None."""
    senior = User.objects.filter(pk=senior_id).first()
    return senior if senior is not None and may_hand_over(senior, by) else None


def sign_in_of(user: User, sign_in_id: UUID) -> RefreshFamily | None:
    """One of the user's own open sign-ins, or None."""
    return RefreshFamily.objects.filter(user=user, pk=sign_in_id, revoked_at=None).first()
