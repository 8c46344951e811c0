"""What curators see of builds and indexes, and what only those may do who publish."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from knowledge.index.shelf import Shelf
from knowledge.models import Artefact
from knowledge.plane import gate
from knowledge.plane.models import Build
from knowledge.plane.pipeline import build_if_due, build_now
from knowledge.plane.rules import Verdict, Worse

pytestmark = pytest.mark.django_db(transaction=True)

Told = Callable[[int], None]
ClientOf = Callable[[Any], Client]


@pytest.fixture
def looker(make_curator: Callable[..., Any]) -> Any:
    """May look at builds and indexes, and publish nothing."""
    return make_curator("lou", "view_build", "view_artefact")


@pytest.fixture
def publisher(make_curator: Callable[..., Any]) -> Any:
    """May let an index serve."""
    return make_curator("pia", "view_build", "view_artefact", "publish_entry")


def page_of(build: Build) -> str:
    return f"/admin/knowledge/build/{build.pk}/change/"


@pytest.fixture
def refused(here: Path, told: Told, monkeypatch: pytest.MonkeyPatch, rebuilds_asked: list[str]) -> Build:
    """A build that the gate refused, beside one that serves."""
    told(3)
    build_now()
    worse = Worse("Where are my <b>keys</b>?", "in the hall", "nowhere")
    with monkeypatch.context() as patched:
        patched.setattr(
            gate, "judge", lambda *_: Verdict(False, ("The answers are poor.",), (worse,), {"quality": 0.5})
        )
        return build_now()


def test_running_build_looks_again_by_itself(client_of: ClientOf, looker: Any) -> None:
    now = timezone.now()
    told = {
        "read": {"done": 16_000, "total": 16_000, "began": 0, "ended": 2},
        "embed": {"done": 20_480, "total": 61_234, "began": 0, "ended": 30},
    }
    build = Build.objects.create(step="embed", started_at=now, beat_at=now, progress=told)
    page = client_of(looker).get(page_of(build)).content.decode()
    assert '<meta http-equiv="refresh" content="2">' in page
    assert '<progress max="61234" value="20480"' in page
    assert "20,480 of 61,234" in page
    build.state, build.finished_at = Build.State.FAILED, now
    build.error = "The disk refused a write: no space left on device."
    build.save()
    page = client_of(looker).get(page_of(build)).content.decode()
    assert 'http-equiv="refresh"' not in page
    assert build.error in page


def test_refused_build_names_what_got_worse(client_of: ClientOf, looker: Any, publisher: Any, refused: Build) -> None:
    page = client_of(looker).get(page_of(refused)).content.decode()
    for words in ("The answers are poor.", "Where are my &lt;b&gt;keys&lt;/b&gt;?", "in the hall", "nowhere"):
        assert words in page
    assert "Publish it anyway" not in page
    assert "Publish it anyway" in client_of(publisher).get(page_of(refused)).content.decode()
    home = client_of(looker).get("/admin/knowledge/build/").content.decode()
    assert "Refused" in home


def test_only_a_publisher_overrules_and_never_without_a_reason(
    client_of: ClientOf, looker: Any, publisher: Any, refused: Build
) -> None:
    address = f"/admin/knowledge/build/{refused.pk}/publish/"
    assert client_of(looker).get(address).status_code == 403
    assert client_of(looker).post(address, {"because": "I like it."}).status_code == 403
    assert "This field is required" in client_of(publisher).post(address, {"because": " "}).content.decode()
    refused.refresh_from_db()
    assert refused.state == Build.State.REFUSED
    assert client_of(publisher).post(address, {"because": "Seen with the ward."}).status_code == 302
    build_if_due()
    refused.refresh_from_db()
    assert (refused.state, refused.overruled_by) == (Build.State.PUBLISHED, publisher)
    assert "Seen with the ward." in client_of(looker).get(page_of(refused)).content.decode()


def test_any_kept_index_serves_again_after_one_question(
    client_of: ClientOf, looker: Any, publisher: Any, here: Path, told: Told, rebuilds_asked: list[str]
) -> None:
    told(3)
    first, second = build_now().version, build_now().version
    address = f"/admin/knowledge/artefact/{Artefact.objects.get(version=first).pk}/serve/"
    assert client_of(looker).get(address).status_code == 403
    assert client_of(looker).post(address).status_code == 403
    assert Shelf(here).current() == second
    assert "Let it serve" in client_of(publisher).get(address).content.decode()
    assert Shelf(here).current() == second, "looking must change nothing"
    assert client_of(publisher).post(address).status_code == 302
    assert Shelf(here).current() == first
    assert Artefact.objects.get(state="published").version == first
    assert build_if_due() is None, "a roll back stands until something changes"


def test_refused_index_cannot_be_gone_back_to(client_of: ClientOf, publisher: Any, refused: Build, here: Path) -> None:
    serving = Shelf(here).current()
    address = f"/admin/knowledge/artefact/{Artefact.objects.get(version=refused.version).pk}/serve/"
    assert "Let it serve</button>" not in client_of(publisher).get(address).content.decode()
    client_of(publisher).post(address)
    assert Shelf(here).current() == serving


def test_nobody_writes_builds_or_indexes_by_hand(client_of: ClientOf, publisher: Any, refused: Build) -> None:
    for address in ("build/add/", "artefact/add/", f"build/{refused.pk}/delete/"):
        assert client_of(publisher).get(f"/admin/knowledge/{address}").status_code == 403
    assert client_of(publisher).get("/admin/knowledge/build/999/change/").status_code == 404
