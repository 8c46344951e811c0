"""Homes over the API: the same answers as the pages, and the same refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from companion.accounts import sign_ins
from companion.accounts.clients import Client as Device
from companion.accounts.models import User
from companion.circle.organisations.models import Residency, Shift
from companion.family.facility.models import HandoverNote
from companion.safety.actions import press_help
from tests.companion.circle.organisations.homes import Home

Call = Callable[..., Any]


@pytest.fixture
def call() -> Call:
    """The API as a person's phone uses it."""

    def ask(person: User, method: str, path: str, body: object = None) -> Any:
        token = sign_ins.begin(person, Device("203.0.113.7", "Lilo/1.0 (phone)")).access
        return getattr(Client(), method)(
            f"/api/v1/organisations{path}",
            data=body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    return ask


def test_where_i_work(home: Home, elsewhere: Home, call: Call) -> None:
    assert call(home.carer, "get", "").json() == {
        "items": [
            {
                "id": str(home.organisation.pk),
                "name": "Rosewood",
                "time_zone": "America/New_York",
                "role": "carer",
                "units": [{"id": str(home.garden.pk), "name": "Garden"}],
            }
        ]
    }


def test_board(home: Home, call: Call) -> None:
    calm, calling = home.admit(home.garden, room="Oriel"), home.admit(home.garden, room="Porch")
    alert = press_help(calling.senior.user).alert_id
    path = f"/{home.organisation.pk}/board"
    rows = call(home.carer, "get", path).json()["items"]
    assert [(row["senior_id"], row["urgency"], row["alert_id"]) for row in rows] == [
        (str(calling.senior_id), 0, str(alert)),
        (str(calm.senior_id), 6, None),
    ]
    assert [row["room"] for row in call(home.carer, "get", f"{path}?q=oriel").json()["items"]] == ["Oriel"]


def test_notes_are_written_paged_and_read(home: Home, call: Call) -> None:
    path = f"/{home.organisation.pk}/notes"
    for number in range(3):
        made = call(home.nurse, "post", path, {"unit_id": str(home.garden.pk), "text": f"note {number}"})
        assert made.status_code == 201
    first = call(home.carer, "get", f"{path}?limit=2").json()
    second = call(home.carer, "get", f"{path}?limit=2&cursor={first['next_cursor']}").json()
    assert [note["text"] for note in first["items"] + second["items"]] == ["note 2", "note 1", "note 0"]
    assert second["next_cursor"] is None
    keys = [note["id"] for note in first["items"]]
    assert call(home.carer, "post", f"{path}/read", {"note_ids": keys}).json() == {"count": 2}
    assert call(home.nurse, "get", path).json()["items"][0]["read_by"][0]["reader"] == home.carer.short_name


def test_shifts_are_planned_listed_and_ended(home: Home, call: Call) -> None:
    path = f"/{home.organisation.pk}/shifts"
    body = {
        "unit_id": str(home.garden.pk), "staff_id": str(home.post(home.nurse).pk), "starts": "00:00", "ends": "00:00",
        "first_day": "2026-01-05",
    }  # fmt: skip
    assert call(home.nurse, "post", path, body).status_code == 404
    made = call(home.lead, "post", path, body)
    assert made.status_code == 201
    listed = call(home.carer, "get", path).json()
    assert [shift["id"] for shift in listed["items"]] == [made.json()["id"]]
    assert listed["on_shift"] == [{"unit_id": str(home.garden.pk), "staff_ids": [str(home.post(home.nurse).pk)]}]
    assert call(home.lead, "post", path, {**body, "last_day": "2025-01-01"}).json()["code"] == "refused"
    assert call(home.lead, "delete", f"{path}/{made.json()['id']}").status_code == 204
    assert Shift.objects.get().last_day is not None


def test_import_looks_through_unless_told_to_do_it(home: Home, call: Call) -> None:
    path = f"/{home.organisation.pk}/residents/import"
    table = "name,unit,room\nAnn Lee,Garden,1\n=1+1,Garden,2\n"
    looked = call(home.lead, "post", path, {"table": table}).json()
    assert (looked["dry_run"], looked["good"], looked["bad"]) == (True, 1, 1)
    assert not Residency.objects.exists()
    done = call(home.lead, "post", path, {"table": table, "dry_run": False}).json()
    assert done["items"][0]["senior_id"] == str(Residency.objects.get().senior_id)
    refused = call(home.lead, "post", path, {"table": "no,columns\n1,2\n"})
    assert (refused.status_code, refused.json()["code"]) == (409, "refused")


def test_another_home_s_staff_get_nothing(home: Home, elsewhere: Home, stranger: User, call: Call) -> None:
    key, unit = home.organisation.pk, str(home.garden.pk)
    note = HandoverNote.objects.create(unit=home.garden, text="x", written_at=home.organisation.created_at)
    shift = home.shift(home.nurse, home.garden, 7, 15)
    for person in (elsewhere.lead, elsewhere.nurse, stranger):
        answers = [
            call(person, "get", f"/{key}/board"),
            call(person, "get", f"/{key}/notes"),
            call(person, "post", f"/{key}/notes", {"unit_id": unit, "text": "x"}),
            call(person, "post", f"/{key}/notes/read", {"note_ids": [str(note.pk)]}),
            call(person, "get", f"/{key}/shifts"),
            call(person, "delete", f"/{key}/shifts/{shift.pk}"),
            call(person, "post", f"/{key}/residents/import", {"table": "name,unit\nA,Garden\n", "dry_run": False}),
        ]
        assert [answer.status_code for answer in answers] == [404] * len(answers)
    own = elsewhere.organisation.pk
    assert call(elsewhere.lead, "get", f"/{own}/board?unit={unit}").status_code == 404
    assert call(elsewhere.lead, "post", f"/{own}/notes", {"unit_id": unit, "text": "x"}).status_code == 404
    assert call(elsewhere.lead, "delete", f"/{own}/shifts/{shift.pk}").status_code == 404
    assert HandoverNote.objects.count() == 1
    assert not Residency.objects.exists()
