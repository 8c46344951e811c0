"""Who may use each route. A route that is not here fails the matrix: decide, then add it.

A row says what the route asks for; what each actor may then do follows from POLICIES, twice: while only alerts are
shared, and while everything is.
"""

from __future__ import annotations

from tests.permissions.policies import MANAGERS, NOBODY, POLICIES, Use, get, post
from tests.permissions.world import PASSWORD

PAGES: dict[str, list[Use]] = {}
API: dict[str, Use] = {}

PAGES |= {
    # accounts
    "sign-in": [get("anybody")],
    "sign-out": [post("anybody", also=401)],
    "sign-up": [get("anybody")],
    "sign-in-code": [get("anybody")],
    "sign-in-link": [get("anybody", also=404, token="any_token")],
    "verify-email": [get("anybody", also=410, token="any_token")],
    "password-reset": [get("anybody")],
    "password-reset-sent": [get("anybody")],
    "password-reset-done": [get("anybody")],
    "password-reset-confirm": [get("anybody", uidb64="any_token", token="any_token")],
    "account": [get("signed in")],
    "change-password": [get("signed in")],
    "show-code": [post("a senior")],
    "end-all-sign-ins": [post("signed in", also=401)],
    "end-sign-in": [post("own sign-in")],
    # chat
    "home": [get("signed in")],
    "say": [post("signed in", {"text": "Good morning"})],
    "feedback": [post("signed in", {"turn_id": lambda w: w.ids["any_id"], "helpful": "yes"}, also=404)],
    "help": [get("anybody")],
    "entry": [get("signed in")],
    "senior-settings": [get("signed in")],
    "text-size": [post("anybody", {"size": "24"})],
    # circle
    "circles": [get("signed in")],
    "circle": [get("belong")],
    "invite": [post("manage", {"role": "family", "relation": "niece"})],
    "share": [post("decide", {"item": "journal", "on": "yes"})],
    "put-first": [post("manage", member_id="family_membership")],
    "remove-member": [post("leave", member_id="family_membership")],
    "join-by-code": [get("signed in")],
    "join": [get("anybody", secret="invitation_token")],
    "reach": [get("signed in"), post("signed in", {"kind": "email", "address": "new@example.org"})],
    "remove-contact": [post("own contact")],
    # safety
    "press-help": [post("signed in", {"key": "k1"})],
    "drill": [post("manage")],
    "alert": [get("alerts")],
    "claim-alert": [post("handle alerts")],
    "close-alert": [post("handle alerts", {"outcome": "resolved", "reason": "She is well"})],
    "answer-alert": [post("own alert", {"answer": "no"})],
    "tell-of-alert": [post("own alert", {"member": lambda w: w.ids["family_membership"]}, also=404)],
    "confirm-contact": [get("anybody", also=404, token="any_token")],
    # wiring
    "healthz": [get("anybody")],
    "healthz-alerts": [get("anybody", also=503)],
    "readyz": [get("anybody", also=503)],
    "metrics": [get("operate")],
}
API |= {
    "sign_in": post("anybody", {"username": "family", "password": PASSWORD}),
    "sign_in_with_code": post("anybody", {"code": lambda w: w.ids["sign_in_code"]}),
    "refresh": post("anybody", {"refresh_token": lambda w: w.ids["refresh_token"]}),
    "sign_out": post("anybody", {"refresh_token": lambda w: w.ids["refresh_token"]}),
    "list_sign_ins": get("signed in"),
    "end_sign_in": post("own sign-in", method="DELETE"),
    "socket_ticket": post("signed in"),
    "issue_sign_in_code": post("manage", {"senior_id": lambda w: w.senior.pk}),
    "me": get("signed in"),
    "send_message": post("signed in", {"message": "Good morning"}),
    "stream_message": get("signed in", "?message=Good+morning"),
    "search": post("signed in", {"query": "sleep"}),
    "call_for_help": post("signed in"),
    "list_alerts": get("signed in"),
    "get_alert": get("alerts"),
    "claim_alert": post("handle alerts"),
    "resolve_alert": post("handle alerts", {"reason": "She is well"}),
    "false_alarm": post("handle alerts", {"reason": "A test of the button"}),
    "answer_alert": post("own alert", {"yes": False}),
    "all_clear": post("own alert"),
    "check_in": post("signed in"),
}

PAGES |= {
    # the journal
    "journal": [get("signed in")],
    "journal-of": [get("item")],
    "journal-write": [get("item to write"), post("item to write", {"amount": "4"})],
    "journal-trends": [get("item")],
    "journal-summary": [get("item")],
    "journal-entry": [get("item"), post("item to write", {"amount": "3"})],
    "journal-care": [get("item")],
    "journal-delete": [post("decide")],
    "journal-put-back": [post("decide", also=404)],
    "answer-check-in": [post("decide", {"answer": "3"})],
    "check-in-more": [get("decide")],
    "check-in": [
        get("manage"),
        post("manage", {"time_of_day": "08:30", "retries": "2", "grace_minutes": "60", "paused_until": ""}),
    ],
}
API |= {
    "list_journal": get("item"),
    "write_journal": post("item to write", {"kind": "mood", "amount": 4}),
    "get_entry": get("item"),
    "correct_entry": post("item to write", {"amount": 3}, method="PUT"),
    "delete_entry": post("decide", method="DELETE"),
    "get_trends": get("item"),
    "get_check_in": get("item"),
    "answer_check_in": post("decide", {"answer": "fine"}),
    "plan_check_in": post("manage", {"time_of_day": "08:30:00"}, method="PUT"),
    "get_summary": get("item"),
}

PAGES |= {
    # medicines, and the senior's day
    "today": [get("signed in")],
    "medicines": [get("signed in")],
    "senior-medicines": [get("item")],
    "medicine-add": [get("item to write"), post("item to write", {"step": "what"}, also=422)],
    "medicines-print": [get("item")],
    "medicines-fhir": [get("item")],
    "medicines-calendar": [get("item")],
    "medicines-routine": [get("item to write")],
    "medicines-feed": [get("item"), post("item", {"what": "make"})],
    "undo-dismiss": [post("item")],
    "dose": [get("item")],
    "dose-skip": [get("item to write")],
    "dose-act": [post("item to write")],
    "medicine": [get("item")],
    "medicine-take": [post("item to write")],
    "taken-undo": [post("item to write")],
    "medicine-stock": [post("item to write", {"what": "count", "quantity": "3"})],
    "medicine-picture": [get("item", also=404), post("item to write", {"forget": "yes"})],
    "medicine-change": [get("item to write")],
    "medicine-change-part": [get("item to write")],
    "medicine-pause": [get("item to write"), post("item to write", {"reason": "hospital"})],
    "medicine-stop": [get("item to write"), post("item to write", {"reason": "finished"})],
    "medicine-resume": [post("item to write")],
    "feed": [get("anybody", also=404, token="any_token")],
}
DAYS = "?since=2026-01-01&until=2026-02-01"
API |= {
    "list_medicines": get("item"),
    "add_medicine": post("item to write", {"name": "Ramipril", "rule": {"kind": "as_needed", "start": "2026-01-01"}}),
    "get_medicine": get("item"),
    "change_medicine": post("item to write", {"strength": "5 mg"}, method="PATCH"),
    "pause_medicine": post("item to write", {"reason": "hospital"}),
    "resume_medicine": post("item to write"),
    "stop_medicine": post("item to write", {"reason": "finished"}),
    "take_as_needed": post("item to write"),
    "get_as_needed": get("item"),
    "get_stock": get("item"),
    "note_stock": post("item to write", {"kind": "count", "quantity": 3}),
    "list_doses": get("item", DAYS),
    "get_dose": get("item"),
    "take_dose": post("item to write"),
    "skip_dose": post("item to write", {"reason": "felt_ill"}),
    "snooze_dose": post("item to write", also=409),
    "undo_dose": post("item to write", also=409),
    "undo_as_needed": post("item to write"),
    "record_effect": post("item to write", {"effect": "better"}),
    "get_adherence": get("item", DAYS),
    "export_medicines_fhir": get("item", DAYS),
}

PAGES |= {
    # the family portal
    "family": [get("signed in")],
    "family-alerts": [get("signed in")],
    "family-settings": [get("signed in")],
    "family-claim": [post("handle alerts")],
    "family-close": [post("handle alerts", {"how": "resolved", "reason": "She is well"})],
    "dashboard": [get("belong")],
    "family-trend": [get("item")],
    "family-activity": [get("item")],
}
API |= {
    "get_dashboard": get("belong"),
    "get_activity": get("item"),
}

PAGES |= {
    # words between the senior and their people, visits and tasks, notices
    "family-messages": [get("belong"), post("belong to write", {"text": "I ring after lunch"})],
    "my-messages": [get("signed in")],
    "passing-on": [post("signed in", {"choice": "always"})],
    "message-seen": [post("decide")],
    "read-aloud": [post("anybody", {"aloud": "yes"})],
    "taking-part": [post("signed in", {"agreed": "yes"}, also=404)],
    "family-calendar": [get("belong")],
    "calendar-add": [get("belong to write"), post("belong to write", {"kind": "task"}, also=422)],
    "calendar-edit": [get("belong to write"), post("belong to write", {"kind": "task"}, also=422)],
    "calendar-remove": [post("belong to write")],
    "calendar-act": [post("belong to write", verb="task_verb")],
    "push-how": [get("signed in")],
    "push-subscribe": [post("signed in", also=422)],
    "push-more": [post("own contact", {"more": "yes"}, point_id="browser_id")],
    "push-arrived": [post("anybody", {"token": "nothing"}, also=404)],
    "service-worker": [get("anybody")],
}
PLAN = {"kind": "task", "title": "Shopping", "day": lambda w: w.ids["day"]}
API |= {
    "list_messages": get("belong"),
    "write_message": post("belong to write", {"text": "Hello", "to": lambda w: w.people["family"].pk}),
    "see_message": post("belong"),
    "list_calendar": get("belong"),
    "add_to_calendar": post("belong to write", PLAN),
    "change_calendar": post("belong to write", PLAN, method="PUT"),
    "remove_from_calendar": post("belong to write", method="DELETE"),
    "claim_task": post("belong to write"),
    "give_task_back": post("belong to write"),
    "finish_task": post("belong to write"),
    "undo_task": post("belong to write"),
    "call_off_day": post("belong to write"),
}

#: A home: `staff` is a carer of the unit where the senior lives, `other_staff` leads another home.
POLICIES |= {
    "work in a home": (frozenset({"staff", "other_staff"}),) * 2,
    "look after them": (frozenset({"staff"}),) * 2,
    "give medicines": (NOBODY, frozenset({"staff"})),
    "run a home": (frozenset({"other_staff"}),) * 2,
    "run their home": (NOBODY, NOBODY),  # its lead is none of the actors
}
ROSTER = {"text": "name,unit\nAnn Lee,Attic\n"}
PAGES |= {
    "facility": [get("work in a home")],
    "facility-claim": [post("look after them")],
    "facility-round": [get("work in a home")],
    "facility-give": [post("give medicines")],
    "facility-notes": [
        get("work in a home"),
        post("look after them", {"resident": lambda w: w.senior.pk, "text": "Slept badly"}),
    ],
    "facility-read-notes": [post("look after them", {"note": lambda w: w.ids["note_id"]})],
    "facility-staff": [get("work in a home")],
    "facility-invite": [post("run a home", {"name": "Nia"})],
    "facility-change-staff": [post("run their home", {"do": "remove"})],
    "facility-units": [post("run a home", {"name": "Loft"})],
    "facility-shifts": [get("work in a home"), post("run their home", {"end": lambda w: w.ids["shift_id"]})],
    "facility-join": [get("signed in", also=404, token="any_token")],
    "facility-residents": [get("run a home")],
    "facility-admit": [post("run their home", {"unit_id": lambda w: w.ids["unit_id"], "name": "Ann Lee"})],
    "facility-import": [post("run a home", ROSTER)],
    "facility-resident": [get("look after them")],
    "facility-move": [post("run their home", {"do": "discharge"})],
    "facility-code": [post("run their home")],
}
NOTE = {"unit_id": lambda w: w.ids["unit_id"], "text": "Slept badly"}
SHIFT = {
    "unit_id": lambda w: w.ids["unit_id"], "staff_id": lambda w: w.ids["staff_id"], "starts": "07:00", "ends": "15:00",
    "first_day": "2026-01-05",
}  # fmt: skip
API |= {
    "list_organisations": get("signed in"),
    "get_board": get("look after them"),
    "list_notes": get("look after them"),
    "write_note": post("look after them", NOTE),
    "read_notes": post("look after them", {"note_ids": lambda w: [str(w.ids["note_id"])]}),
    "list_shifts": get("look after them"),
    "plan_shift": post("run their home", SHIFT),
    "end_shift": post("run their home", method="DELETE"),
    "import_residents": post("run their home", {"table": ROSTER["text"]}),
}

POLICIES |= {
    "a senior": (frozenset({"senior"}), frozenset({"senior"})),
    "hand over": (frozenset({"primary"}), frozenset({"primary"})),  # the first contact's own place
    "member page": (MANAGERS | {"family"}, MANAGERS | {"family"}),
    "own webhook": (frozenset({"family"}), frozenset({"family"})),
}
PAGES |= {
    # people and privacy
    "export": [get("signed in")],
    "close-account": [get("signed in")],
    "people": [get("signed in")],
    "member": [get("member page")],
    "move-member": [post("manage", {"to": "later"})],
    "change-member": [post("manage", {"relation": "son"})],
    "hand-over": [post("hand over")],
    "renew-invitation": [post("manage")],
    "withdraw-invitation": [post("manage")],
    "profile": [get("signed in")],
    "senior-profile": [get("belong")],
    "edit-profile": [get("manage"), post("manage", {"preferred_name": "Maggie"}, also=422)],
    "privacy": [get("signed in")],
    "access-log": [get("a senior")],
    "undo-sharing": [post("signed in")],
    "quiet-hours": [post("own contact", {"from": "22:00", "to": "07:00"})],
}
SECRET = {"secret": lambda w: w.ids["invitation_token"]}
API |= {
    "list_seniors": get("signed in"),
    "get_senior": get("belong"),
    "get_profile": get("belong"),
    "change_profile": post("manage", {"preferred_name": "Maggie"}),
    "access_log": get("decide"),
    "get_sharing": get("belong"),
    "set_sharing": post("decide", {"item": "journal", "is_on": True}),
    "list_members": get("belong"),
    "order_members": post("manage", {"member_ids": lambda w: [str(w.ids["family_membership"])]}),
    "change_member": post("manage", {"relation": "son"}),
    "remove_member": post("leave"),
    "hand_over": post("hand over"),
    "list_invitations": get("manage"),
    "invite": post("manage", {"role": "family"}),
    "renew_invitation": post("manage"),
    "withdraw_invitation": post("manage"),
    "look_at_invitation": post("signed in", SECRET),
    "accept_invitation": post("signed in", SECRET, also=409),
    "decline_invitation": post("signed in", SECRET),
    "list_contact_points": get("signed in"),
    "add_contact_point": post("signed in", {"kind": "email", "address": "new@example.org"}),
    "set_quiet_hours": post("own contact", {"quiet_from": "22:00", "quiet_to": "07:00"}),
    "remove_contact_point": post("own contact"),
    "list_webhooks": get("signed in"),
    "add_webhook": post("signed in", {"url": "https://example.org/hook", "kinds": ["dose.changed"]}),
    "remove_webhook": post("own webhook"),
    "test_webhook": post("own webhook"),
    "list_webhook_deliveries": get("own webhook"),
}
