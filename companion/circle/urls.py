"""The addresses of circles, at the root."""

from __future__ import annotations

from django.urls import path

from companion.circle.push.urls import urlpatterns as push
from companion.circle.views import invitations, people, privacy, profiles, reach

urlpatterns = [
    *push,
    path("people/", people.people, name="people"),
    path("circle/", people.circles, name="circles"),
    path("circle/<uuid:senior_id>/", people.circle, name="circle"),
    path("circle/<uuid:senior_id>/<uuid:member_id>/", people.member, name="member"),
    path("circle/<uuid:senior_id>/<uuid:member_id>/first/", people.put_first, name="put-first"),
    path("circle/<uuid:senior_id>/<uuid:member_id>/move/", people.move, name="move-member"),
    path("circle/<uuid:senior_id>/<uuid:member_id>/change/", people.change, name="change-member"),
    path("circle/<uuid:senior_id>/<uuid:member_id>/hand-over/", people.hand_over, name="hand-over"),
    path("circle/<uuid:senior_id>/<uuid:member_id>/remove/", people.remove, name="remove-member"),
    path("circle/<uuid:senior_id>/invite/", invitations.invite, name="invite"),
    path("circle/<uuid:senior_id>/invite/<uuid:invitation_id>/again/", invitations.renew, name="renew-invitation"),
    path("circle/<uuid:senior_id>/invite/<uuid:invitation_id>/back/", invitations.withdraw, name="withdraw-invitation"),
    path("join/", invitations.join_by_code, name="join-by-code"),
    path("join/<str:secret>/", invitations.join, name="join"),
    path("profile/", profiles.own_profile, name="profile"),
    path("circle/<uuid:senior_id>/profile/", profiles.profile, name="senior-profile"),
    path("circle/<uuid:senior_id>/profile/edit/", profiles.edit_profile, name="edit-profile"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("privacy/log/", privacy.access_log, name="access-log"),
    path("circle/<uuid:senior_id>/share/", privacy.share, name="share"),
    path("circle/<uuid:senior_id>/share/undo/", privacy.undo, name="undo-sharing"),
    path("reach/", reach.reach, name="reach"),
    path("reach/<uuid:point_id>/remove/", reach.remove_point, name="remove-contact"),
    path("reach/<uuid:point_id>/quiet/", reach.quiet_hours, name="quiet-hours"),
]
