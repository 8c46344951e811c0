"""Which sentences answer, and that the one about getting help is never left out."""

from __future__ import annotations

from companion.chat.context import build_context
from knowledge.public import Evidence, Sentence

SLEEP = (
    ("Waking at night is very common as we get older.", 0.55),
    ("Get up at the same time every day.", 0.40),
    ("Keep any nap short.", 0.30),
    ("A warm bath in the evening may help you feel sleepy when you go to bed.", 0.9),
    ("Tell your doctor if bad nights go on for weeks.", 0.25),
)


def evidence(key: str = "sleep-waking", sentences: tuple[tuple[str, float], ...] = SLEEP) -> Evidence:
    return Evidence(
        key=key,
        question="I keep waking up",
        category="sleep",
        tags=(),
        sentences=tuple(Sentence(text, place, relevance) for place, (text, relevance) in enumerate(sentences)),
        sources=(),
        score=1.0,
        similarity=0.8,
    )


def texts(*items: Evidence, **options: object) -> list[str]:
    return [sentence.text for sentence in build_context(items, **options).sentences]  # type: ignore[arg-type]


def test_best_sentences_in_the_order_written_with_the_one_about_help() -> None:
    assert texts(evidence()) == [SLEEP[0][0], SLEEP[3][0], SLEEP[4][0]]


def test_urgent_help_goes_before_ordinary_help() -> None:
    urgent = ("Call your local emergency number at once if you cannot breathe.", 0.1)
    assert urgent[0] in texts(evidence(sentences=(*SLEEP[:4], urgent, SLEEP[4])))
    assert urgent[0] in texts(evidence(sentences=(*SLEEP[:4], urgent, SLEEP[4])), most=2)


def test_what_was_said_is_not_said_again() -> None:
    said = {SLEEP[0][0], SLEEP[3][0], SLEEP[4][0]}
    assert texts(evidence(), shown=said) == [SLEEP[1][0], SLEEP[2][0]]


def test_next_evidence_when_the_first_has_nothing_left() -> None:
    said = {text for text, _ in SLEEP}
    other = evidence("sleep-naps", (("A nap before three is best.", 0.5),))
    context = build_context([evidence(), other], shown=said)
    assert [item.key for item in context.evidence] == ["sleep-naps"]
    assert context.sentences[0].number == 1


def test_nothing_left_to_say() -> None:
    assert build_context([evidence()], shown={text for text, _ in SLEEP}).is_empty
    assert build_context([]).is_empty


def test_unlike_sentences_still_answer_with_one() -> None:
    weak = (("Some people like to read.", 0.01), ("Some people knit.", 0.02))
    assert len(texts(evidence(sentences=weak))) == 1


def test_sentence_that_does_not_speak_to_the_question_is_left_out() -> None:
    plain = (*SLEEP[:2], ("A nap late in the day is a poor idea for most people.", 0.02))
    assert texts(evidence(sentences=plain)) == [SLEEP[0][0], SLEEP[1][0]]


def test_what_is_near_goes_before_what_is_far_in_the_same_place() -> None:
    first, second = (("Get up at the same time every day.", 0.2), ("Keep any nap short and early on.", 0.9))
    others = (("Sleep changes as we get older.", 0.5), ("It is common.", 0.4), ("Rest is good.", 0.3))
    assert second[0] in texts(evidence(sentences=(others[0], first, second, *others[1:])))
