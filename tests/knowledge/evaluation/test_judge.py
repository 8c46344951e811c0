"""The language model's opinion: asked for answers that name an entry, trusted only within its bounds."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from knowledge.evaluation.judge import is_configured, judge_all
from knowledge.evaluation.running import measure
from knowledge.index.serving import Snapshot
from tests.knowledge.evaluation.conftest import ANSWERS, golden, outcome


@pytest.fixture
def model(settings: Any) -> Iterator[Callable[[str], list[dict[str, Any]]]]:
    """A model that always says the same; gives the bodies it was sent."""
    heard: list[dict[str, Any]] = []
    says = [""]

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            body = json.dumps({"choices": [{"message": {"content": says[0]}}]}).encode()
            self.send_response(200 if says[0] else 500)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    def speak(words: str) -> list[dict[str, Any]]:
        says[0] = words
        return heard

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.LANGUAGE_MODEL_URL = f"http://127.0.0.1:{server.server_port}/v1"
    settings.LANGUAGE_MODEL_NAME, settings.LANGUAGE_MODEL_KEY = "judge", "key"
    yield speak
    server.shutdown()
    server.server_close()


def test_an_answer_goes_with_the_sentences_of_its_entry(
    model: Callable[[str], list[dict[str, Any]]], build: Callable[..., Snapshot]
) -> None:
    heard = model('{"score": 0.75}')
    said = "A short nap of twenty minutes can do you good."
    outcomes = [
        outcome(golden(), ("That is a good thing to ask.", ""), (said, "own-naps")),
        outcome(golden(), kind="abstention"),
    ]
    assert judge_all(outcomes, build("now").artefact) == [0.75, None]
    (body,) = heard
    sent = json.loads(body["messages"][1]["content"])
    assert sent["answer"] == said
    assert " ".join(sorted(sent["passages"], key=ANSWERS["own-naps"][1].find)) == ANSWERS["own-naps"][1]


@pytest.mark.parametrize("words", ["", "about 0.5", '{"score": 7}', '{"score": "high"}', "[]", '{"score": null}'])
def test_what_is_no_score_counts_as_none(
    model: Callable[[str], list[dict[str, Any]]], build: Callable[..., Snapshot], words: str
) -> None:
    model(words)
    outcomes = [outcome(golden(), ("A short nap of twenty minutes can do you good.", "own-naps"))]
    assert judge_all(outcomes, build("now").artefact) == [None]


def test_nobody_is_asked_where_no_model_is_configured(settings: Any) -> None:
    settings.LANGUAGE_MODEL_URL = ""
    assert not is_configured()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("published_corpus")
def test_a_run_has_the_models_opinion_beside_ours(
    model: Callable[[str], list[dict[str, Any]]], build: Callable[..., Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.evaluation.running.read_golden", lambda: [golden()])
    model('{"score": 0.5}')
    figures = measure(build("now")).summary["figures"]
    assert (figures["judged"]["value"], figures["faithfulness"]["value"]) == (0.5, 1.0)
