"""Days that differ are found; days that do not are left in peace."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY

from knowledge.evaluation.drift import actions
from knowledge.evaluation.drift.distance import compare, jensen_shannon
from knowledge.evaluation.drift.models import Baseline, DayOfWords, DriftCheck, TurnFigures
from knowledge.evaluation.drift.rules import ALPHA, Test, Turns, corrected
from knowledge.evaluation.drift.tone import tone
from knowledge.turns import TurnNote

DAY = date(2026, 5, 20)
SignIn = Callable[[Any], Client]


def made(random: np.random.Generator, turns: int, *, shift: float = 0.0, topic: float = 0.0) -> Turns:
    """Turns as of a day; `shift` moves every figure by so many standard deviations, `topic` the words."""
    words = np.exp(-np.arange(300) / 60)
    words[:40] *= 1 + topic
    return Turns(
        turns,
        {
            "similarity": list(random.normal(0.65 - 0.1 * shift, 0.1, turns)),
            "length": list(random.poisson(45 + 7 * shift, turns).astype(float)),
            "tone": list(random.choice([-1, -0.5, 0, 0.5, 1], turns) + 0.5 * shift),
            "unknown": list(random.beta(1, 8, turns) + 0.1 * shift),
        },
        dict(Counter(f"w{at}" for at in random.choice(300, 5 * turns, p=words / words.sum()))),
    )


def test_equal_days_cry_wolf_no_more_often_than_promised() -> None:
    random = np.random.default_rng(11)
    before = [made(random, 1_000) for _ in range(150)]
    false = sum(any(test.is_significant for test in compare(old, made(random, 300))) for old in before)
    cried = sum(any(test.has_drifted for test in compare(old, made(random, 300))) for old in before)
    from scipy.stats import binomtest

    assert binomtest(false, 150, ALPHA, alternative="greater").pvalue > 0.01
    assert cried <= false + 2


@pytest.mark.parametrize("seed", range(5))
def test_a_shifted_day_is_found_in_every_figure(seed: int) -> None:
    random = np.random.default_rng(seed)
    tests = compare(made(random, 1_000), made(random, 300, shift=0.8, topic=6))
    assert {test.name for test in tests if test.has_drifted} == {
        "similarity",
        "length",
        "tone",
        "unknown",
        "vocabulary",
    }


def test_a_certain_but_tiny_difference_is_no_drift() -> None:
    random = np.random.default_rng(1)
    tests = {test.name: test for test in compare(made(random, 60_000), made(random, 60_000, shift=0.08))}
    del tests["tone"]  # of five values: none is nearly the other
    assert tests["similarity"].is_significant
    assert not any(test.has_drifted for test in tests.values())


def test_few_turns_are_not_compared() -> None:
    random = np.random.default_rng(1)
    assert compare(made(random, 1_000), made(random, 150, shift=3)) == []


def test_many_tests_are_corrected_for() -> None:
    tests = [Test(name, 0.2, p, 0, 0) for name, p in (("similarity", 0.004), ("length", 0.003), ("tone", 0.001))]
    assert [test.is_significant for test in corrected(tests)] == [True, True, True]
    tests = [Test(name, 0.2, p, 0, 0) for name, p in (("similarity", 0.006), ("length", 0.009), ("tone", 0.004))]
    assert not any(test.is_significant for test in corrected(tests))


def test_distance_of_words_goes_from_nothing_to_one() -> None:
    same, other = np.array([[3.0, 1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 5.0, 5.0]])
    assert jensen_shannon(same, 2 * same)[0] == pytest.approx(0, abs=1e-7)
    assert jensen_shannon(same, other)[0] == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("I am glad to help. A short walk can be a joy.", 1),
        ("This is a serious and dangerous injury.", -1),
        ("That is not dangerous.", 1),
        ("The bus leaves at nine.", None),
    ],
)
def test_tone_tells_kind_from_grave(text: str, sign: int | None) -> None:
    found = tone(text)
    assert found is None if sign is None else found is not None and found * sign > 0


def keep(day: date, turns: Turns) -> None:
    """As the turns of a day would have been written."""
    rows = zip(*turns.figures.values(), strict=True)
    TurnFigures.objects.bulk_create(
        TurnFigures(day=day, similarity=one, length=int(two), tone=three, unknown=four)
        for one, two, three, four in rows
    )
    DayOfWords.objects.create(day=day, turns=turns.turns, words=turns.words)


@pytest.fixture
def month(db: None, settings: Any) -> None:
    """Two calm weeks, a first comparison, then a day on which everything is other."""
    settings.ADMINS = [("Olga", "olga@example.org")]
    random = np.random.default_rng(2)
    for days_ago in range(15, 1, -1):
        keep(DAY - timedelta(days=days_ago), made(random, 220))
    actions.check_day(day=DAY - timedelta(days=2))
    keep(DAY - timedelta(days=1), made(random, 220))
    keep(DAY, made(random, 220, shift=1, topic=6))


@pytest.mark.django_db
def test_operators_are_told_once_and_everywhere(
    month: None, mailoutbox: Any, make_curator: Any, client_of: SignIn, caplog: pytest.LogCaptureFixture
) -> None:
    first = Baseline.objects.get()
    assert (first.last_day, first.taken_by) == (DAY - timedelta(days=2), None)
    assert not actions.check_day(day=DAY - timedelta(days=1)).has_drifted
    assert mailoutbox == []

    check = actions.check_day(day=DAY)
    assert check.has_drifted
    assert [mail.subject for mail in mailoutbox] == ["Lilo: questions or answers have changed, 2026-05-20"]
    assert "Likeness of question and evidence" in mailoutbox[0].body
    assert any(record.message == "answers have drifted" for record in caplog.records)
    assert REGISTRY.get_sample_value("lilo_drift", {"measure": "similarity"}) == 1
    assert (REGISTRY.get_sample_value("lilo_drift_distance", {"measure": "similarity"}) or 0) > 0.1

    browser = client_of(make_curator("olga", "view_driftcheck"))
    assert "5 of 5" in browser.get("/admin/").content.decode()
    page = browser.get("/admin/knowledge/driftcheck/").content.decode()
    assert "Something has changed." in page
    assert page.count("<svg") >= 4
    assert "Take now as the new baseline…" not in page

    actions.check_day(day=DAY)
    assert len(mailoutbox) == 1, "the same day looked at again is no news"

    keep(DAY + timedelta(days=1), made(np.random.default_rng(3), 220, shift=1, topic=6))
    actions.check_day(day=DAY + timedelta(days=1))
    assert len(mailoutbox) == 1, "what had drifted yesterday is no news"


@pytest.mark.django_db
def test_days_too_few_to_compare_make_no_old_drift_new(month: None, mailoutbox: Any) -> None:
    assert actions.check_day(day=DAY).has_drifted
    assert not actions.check_day(day=DAY + timedelta(days=20)).tests
    again = DAY + timedelta(days=21)
    keep(again, made(np.random.default_rng(3), 220, shift=1, topic=6))
    assert actions.check_day(day=again).has_drifted
    assert len(mailoutbox) == 1


@pytest.mark.django_db
def test_a_quiet_day_is_compared_by_its_week(month: None) -> None:
    keep(DAY + timedelta(days=1), made(np.random.default_rng(4), 20))
    check = actions.check_day(day=DAY + timedelta(days=1))
    assert (check.first_day, check.day) == (DAY - timedelta(days=5), DAY + timedelta(days=1))


@pytest.mark.django_db
def test_now_becomes_the_baseline_for_those_who_may(month: None, make_curator: Any, client_of: SignIn) -> None:
    from time_machine import travel

    with travel(datetime(2026, 5, 20, 23, tzinfo=UTC)):
        looking = client_of(make_curator("vera", "view_driftcheck"))
        assert looking.post("/admin/knowledge/driftcheck/baseline/", {"because": "So."}).status_code == 403
        taker = make_curator("olga", "view_driftcheck", "take_baseline")
        browser = client_of(taker)
        assert browser.get("/admin/knowledge/driftcheck/baseline/").status_code == 200
        browser.post("/admin/knowledge/driftcheck/baseline/", {"because": ""})
        assert Baseline.objects.count() == 1
        browser.post("/admin/knowledge/driftcheck/baseline/", {"because": "Forty new entries."})
    newest = Baseline.objects.get(taken_by=taker)
    assert (newest.because, newest.last_day) == ("Forty new entries.", DAY)


@pytest.mark.django_db
def test_the_terminal_prints_the_same(month: None) -> None:
    out = StringIO()
    call_command("drift", "--day", "2026-05-20", stdout=out)
    assert "Likeness of question and evidence" in out.getvalue()
    assert out.getvalue().count("drift\n") == 5


@pytest.mark.django_db
def test_old_days_are_forgotten_and_checks_stay(month: None) -> None:
    actions.check_day(day=DAY)
    actions.check_day(day=DAY + timedelta(days=200))
    assert not TurnFigures.objects.exists()
    assert not DayOfWords.objects.exists()
    assert DriftCheck.objects.filter(day=DAY).exists()


@pytest.mark.django_db
def test_turns_leave_numbers_and_known_words_only(published_corpus: None) -> None:
    at = datetime(2026, 5, 20, 12, tzinfo=UTC)
    told: dict[str, Any] = {"answer": "Go to bed at the same time each night.", "at": at, "similarity": 0.7}
    notes = [
        TurnNote(kind="answer", question="Can Wolfgangina sleep at night?", **told),
        TurnNote(kind="small_talk", question="Hello Wolfgangina", **told),
        TurnNote(kind="emergency", question="Wolfgangina has fallen", **told),
    ]
    with CaptureQueriesContext(connection) as asked:
        actions.add_turns(notes)
        actions.add_turns(notes[:1])
    first, second = TurnFigures.objects.all()
    assert (first.length, first.similarity) == (9, 0.7)
    assert first.unknown == pytest.approx(1 / 3)
    words = DayOfWords.objects.get()
    assert (words.turns, words.words) == (2, {"sleep": 2, "night": 2})
    assert "wolfgangina" not in " ".join(query["sql"] for query in asked.captured_queries).lower()
    assert second.day == DAY
