"""Groups put right by hand: those that ask the same put together, a question that asks something else taken out."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from knowledge.inbox.actions import InboxRefused, recount
from knowledge.inbox.models import GroupStep, Question, QuestionGroup

State = QuestionGroup.State
What = GroupStep.What

#: Groups put together at once.
MOST_MERGED = 30


@transaction.atomic
def merge_chosen(group_ids: Collection[int], *, by: UUID) -> QuestionGroup:
    """Put groups together that ask the same: into the one that is decided, else into that of most people.

    Raises:
        InboxRefused: see `merge_groups`; or fewer than two are left to put together.
    """
    groups = list(QuestionGroup.objects.filter(pk__in=list(group_ids)[: MOST_MERGED + 1]).order_by("-people", "pk"))
    if len(groups) < 2:
        raise InboxRefused("Choose two or more that ask the same.")
    first = next((group for group in groups if group.is_decided), groups[0])
    merge_groups(first.pk, [group.pk for group in groups if group != first], by=by)
    return first


@transaction.atomic
def merge_groups(group_id: int, others: Collection[int], *, by: UUID) -> int:
    """Let the questions of other groups join this one; how many. What was decided of this one holds for them too.

    Raises:
        InboxRefused: one of the others is decided already, or they are too many at once.
    """
    if len(others) > MOST_MERGED:
        raise InboxRefused(f"Put at most {MOST_MERGED} together at once.")
    found = QuestionGroup.objects.select_for_update().filter(pk__in={group_id, *others}).order_by("pk")
    groups = {group.pk: group for group in found}
    group = groups.pop(group_id)
    if decided := [other for other in groups.values() if other.is_decided]:
        raise InboxRefused(
            f"One is decided already ({decided[0].get_state_display().lower()}): let it wait again first."
        )
    joined = Question.objects.filter(group__in=groups).update(group=group, tried_with="")
    if joined:
        GroupStep.objects.filter(group__in=groups).update(group=group)
        GroupStep.objects.create(group=group, what=What.MERGED, count=joined, by_id=by)
    if group.state == State.ANSWERED:  # the entry has yet to answer the words that came
        QuestionGroup.objects.filter(pk=group.pk).update(state=State.WRITING)
    recount([group.pk, *groups])
    return joined


@transaction.atomic
def take_out(group_id: int, ticket: UUID, *, by: UUID) -> QuestionGroup:
    """Let a question wait by itself, as it asks something else than its group. No later gathering puts it back.

    Raises:
        InboxRefused: it is not in the group any more, is the only one there, or is answered.
    """
    group = QuestionGroup.objects.select_for_update().get(pk=group_id)
    question = Question.objects.select_for_update().filter(pk=ticket, group=group).first()
    if question is None:
        raise InboxRefused("It is not in this group any more.")
    if question.answered_by:
        raise InboxRefused("It is answered already, and who asked may have been told.")
    if not group.questions.exclude(pk=ticket).exists():
        raise InboxRefused("It is the only one here.")
    alone = QuestionGroup.objects.create(last_asked_on=question.asked_on)
    Question.objects.filter(pk=ticket).update(group=alone, tried_with="")
    for each in (group, alone):
        GroupStep.objects.create(group=each, what=What.TAKEN_OUT, count=1, by_id=by)
    recount([group.pk, alone.pk])
    return alone
