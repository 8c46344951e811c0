"""What is done with circles: one function a verb, each with its right, its row of the audit log and its live notice.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from __future__ import annotations

from companion.circle.actions.contact_points import (
    accept_contact_point,
    add_contact_point,
    contact_token,
    find_contact_point,
    note_contact_result,
    remove_contact_point,
    set_quiet_hours,
    take_unasked_contact_points,
    take_untested_contact_points,
)
from companion.circle.actions.invitations import (
    NewInvitation,
    accept_invitation,
    decline_invitation,
    find_invitation,
    invite,
    is_code,
    renew_invitation,
    take_a_try,
    withdraw_invitation,
)
from companion.circle.actions.members import change_member, change_order, hand_over, move_member, remove_member
from companion.circle.actions.profiles import change_profile, create_profile
from companion.circle.actions.sharing import Said, follow_circle, restore_sharing, set_sharing
from companion.circle.refusals import RefusedError

__all__ = [
    "NewInvitation",
    "RefusedError",
    "Said",
    "accept_contact_point",
    "accept_invitation",
    "add_contact_point",
    "change_member",
    "change_order",
    "change_profile",
    "contact_token",
    "create_profile",
    "decline_invitation",
    "find_contact_point",
    "find_invitation",
    "follow_circle",
    "hand_over",
    "invite",
    "is_code",
    "move_member",
    "note_contact_result",
    "remove_contact_point",
    "remove_member",
    "renew_invitation",
    "restore_sharing",
    "set_quiet_hours",
    "set_sharing",
    "take_a_try",
    "take_unasked_contact_points",
    "take_untested_contact_points",
    "withdraw_invitation",
]
