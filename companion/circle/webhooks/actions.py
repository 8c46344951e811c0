"""What is done with webhooks. All of them block."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle.access import Need, NotYoursError, rights_of
from companion.circle.refusals import RefusedError
from companion.circle.webhooks.models import Kind, Webhook, WebhookDelivery
from companion.circle.webhooks.outside import ForbiddenAddressError, checked

#: Webhooks of one person.
MOST = 10
NEEDS = {
    Kind.ALERT: Need.ALERTS,
    Kind.DOSE: Need.MEDICINES,
    Kind.JOURNAL: Need.JOURNAL,
    Kind.CALENDAR: Need.BELONG,
    Kind.ACTIVITY: Need.ACTIVITY,
    Kind.CIRCLE: Need.BELONG,
}
TEST = "test"


def add_webhook(owner: User, *, address: str, kinds: Collection[str]) -> Webhook:
    """Have a program told of changes for everybody whom its owner may see, as far as the owner may see it.

    Raises:
        RefusedError: the address is none that may be called, no kind is named, or there are too many.
    """
    try:
        checked(address, settings.WEBHOOK_ORIGINS)
    except ForbiddenAddressError:
        raise RefusedError("Please give an address that begins with https:// and a public name.") from None
    wanted = sorted(Kind(kind).value for kind in kinds if kind in Kind.values)
    if not wanted or len(wanted) != len(set(kinds)):
        raise RefusedError(f"Please name what to tell: {', '.join(Kind.values)}.")
    with transaction.atomic():
        User.objects.select_for_update().get(pk=owner.pk)
        if Webhook.objects.filter(owner=owner).count() >= MOST:
            raise RefusedError("These are many webhooks. Please remove one first.")
        made = Webhook.objects.create(owner=owner, address=address, secret=secrets.token_urlsafe(32), kinds=wanted)
        audit.record(owner, "webhook.added", "webhook", made.pk, subject=owner)
    return made


def remove_webhook(owner: User, webhook_id: UUID) -> None:
    """Tell the program no more; what was still to be sent is not.

    Raises:
        NotYoursError: unknown, or another's.
    """
    with transaction.atomic():
        own_webhook(owner, webhook_id).delete()
        audit.record(owner, "webhook.removed", "webhook", webhook_id, subject=owner)


def wake_webhook(owner: User, webhook_id: UUID) -> WebhookDelivery:
    """Send a request of the kind `test`; one that was stopped because nothing was taken is in use again.

    Raises:
        NotYoursError: unknown, or another's.
    """
    with transaction.atomic():
        webhook = own_webhook(owner, webhook_id)
        webhook.is_active, webhook.failing_since = True, None
        webhook.save(update_fields=["is_active", "failing_since"])
        audit.record(owner, "webhook.tested", "webhook", webhook.pk, subject=owner)
        return _write(webhook, TEST, None, {})


def own_webhook(owner: User, webhook_id: UUID) -> Webhook:
    """One of the person's own.

    Raises:
        NotYoursError: unknown, or another's.
    """
    found = Webhook.objects.filter(pk=webhook_id, owner=owner).first()
    if found is None:
        raise NotYoursError
    return found


def tell_webhooks(senior_id: UUID, kind: str, ids: Mapping[str, Any], *, key: str = "") -> None:
    """Write the requests that tell of a change, inside the change's own transaction: to those who may see it now.

    Args:
        senior_id: whose data changed.
        kind: what changed; one that is not in `Kind` is told to nobody.
        ids: what the request carries.
        key: the same key again writes nothing twice.
    """
    listening = [
        hook for hook in Webhook.objects.filter(is_active=True).only("owner_id", "kinds") if kind in hook.kinds
    ]
    if not listening:
        return
    rights = rights_of({hook.owner_id for hook in listening}, senior_id)
    for hook in listening:
        if hook.owner_id in rights and NEEDS[Kind(kind)] in rights[hook.owner_id].needs:
            _write(hook, kind, senior_id, ids, key)


def _write(
    webhook: Webhook, kind: str, senior_id: UUID | None, ids: Mapping[str, Any], key: str = ""
) -> WebhookDelivery:
    number, now = uuid5(webhook.pk, key) if key else uuid4(), timezone.now()
    body = {**ids, "id": str(number), "type": kind, "at": now.isoformat()}
    made, _ = WebhookDelivery.objects.get_or_create(
        pk=number,
        defaults={"webhook": webhook, "senior_id": senior_id, "kind": kind, "body": body, "at": now, "due_at": now},
    )
    return made
