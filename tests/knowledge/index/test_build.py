"""An artefact is whole, honest about its model, cheap to rebuild, and never half published."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.embedding.embedder import Embedder
from knowledge.embedding.port import EmbeddingUnavailable
from knowledge.index import derived
from knowledge.index.artefact import Artefact
from knowledge.index.build import NothingToPublish, build_and_publish, roll_back, withdraw
from knowledge.index.entries import IndexEntry
from knowledge.index.manifest import ArtefactBroken, Manifest
from knowledge.index.neighbours import GONE
from knowledge.index.rows import keyword_terms, page, sentences
from knowledge.index.shelf import Shelf
from knowledge.public import Source
from tests.knowledge.index.conftest import ENTRIES, WordModel, entry

Build = Callable[..., Manifest]


def test_what_goes_in_comes_out(build: Build, tmp_path: Path) -> None:
    from datetime import date

    source = Source("Warmth", "NHS", "https://www.nhs.uk/warmth", date(2026, 1, 5))
    told = entry("ünï", "Naïve “question”?\nTwo lines", "One. Two.", sources=(source,), reviewed_on=date(2026, 2, 1))
    manifest = build([*ENTRIES, told])
    artefact = Artefact(tmp_path / manifest.version)
    stored = artefact.record(artefact.place_of("ünï") or 0)
    assert (page(stored).question, page(stored).answer) == (told.question, told.answer)
    assert (page(stored).sources, page(stored).reviewed_on) == ((source,), date(2026, 2, 1))
    assert sentences(stored) == ["One.", "Two."]
    assert (manifest.entries, manifest.rows, manifest.sentences) == (4, 9, 8)
    assert artefact.place_of("nobody") is None


def test_same_entries_give_the_same_checksum(build: Build) -> None:
    assert build().checksum == build().checksum


def test_each_wording_and_sentence_has_the_vector_of_its_text(build: Build, model: WordModel, tmp_path: Path) -> None:
    artefact = Artefact(tmp_path / build().version)
    query = model.encode(["I lie awake"], query=True)[0]
    place = artefact.nearest(query, 1)[0]
    assert artefact.record(int(place))["key"] == "sleep"
    assert artefact.similarities(query, np.array([place]))[0][0] == pytest.approx(1, abs=1e-3)
    expected = model.encode(["Go to bed late.", "Keep the room dark."], query=False)
    assert np.allclose(artefact.sentence_vectors(int(place)), expected, atol=1e-3)


def test_rebuild_embeds_only_what_changed(build: Build, model: WordModel, tmp_path: Path) -> None:
    build()
    model.embedded.clear()
    changed = replace(ENTRIES[0], answer="Backs ache when they are tired. Cold helps too.")
    manifest = build([changed, *ENTRIES[1:], entry("new", "What is new?", "News. Dry between toes.")])
    assert sorted(model.embedded) == sorted(
        ["Why does my back hurt? " + changed.answer, "Cold helps too.", "What is new?", "News.",
         "What is new? News. Dry between toes."]
    )  # fmt: skip
    artefact = Artefact(tmp_path / manifest.version)
    for place in range(len(artefact)):
        asked = model.encode([artefact.record(place)["question"]], query=True)[0]
        assert artefact.similarities(asked, np.array([place]))[0][0] == pytest.approx(1, abs=1e-3)


def test_equal_texts_are_embedded_once(build: Build, model: WordModel) -> None:
    build([entry(f"copy-{number}", "Same?", "Same. Same again.") for number in range(5)])
    assert sorted(model.embedded) == ["Same again.", "Same.", "Same?", "Same? Same. Same again."]


def test_vectors_of_another_model_are_not_taken_over(build: Build) -> None:
    build()
    other = WordModel("other words")
    assert build(by=other).reused == 0
    assert len(other.embedded) > 0
    assert build(by=WordModel("other words", dimension=32)).reused == 0


def test_altered_artefact_is_no_source_of_vectors(build: Build, tmp_path: Path) -> None:
    vectors = tmp_path / build().version / "vectors.npy"
    vectors.write_bytes(vectors.read_bytes()[:-8] + b"\x00" * 8)
    assert build().reused == 0


def test_failed_build_leaves_the_old_one_serving_and_nothing_behind(
    build: Build, model: WordModel, tmp_path: Path
) -> None:
    good = build().version
    model.broken = True
    with pytest.raises(EmbeddingUnavailable):
        build([*ENTRIES, entry("new", "What is new?")])
    with pytest.raises(NothingToPublish):
        build([])
    assert Shelf(tmp_path).current() == good
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [good]


def test_full_disk_leaves_the_old_one_serving(build: Build, tmp_path: Path, model: WordModel) -> None:
    """In a process that may write files of 20 kB at most, as a full disk would stop it in the middle of one."""
    good = build().version
    program = f"""
        import resource, signal, django
        django.setup()
        from pathlib import Path
        from knowledge.embedding.embedder import Embedder
        from knowledge.index.build import build_and_publish
        from tests.knowledge.index.conftest import WordModel, entry
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        try:
            build_and_publish(
                entries=[entry(str(n), f"Question {{n}}?") for n in range(500)],
                embedder=Embedder(WordModel()), folder=Path({str(tmp_path)!r}),
            )
        except OSError as error:
            print("stopped by", error.errno)
    """
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "lilo_site.settings"}
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True, env=environment
    )
    assert "stopped by" in result.stdout
    assert Shelf(tmp_path).current() == good
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [good]


def test_killed_build_is_swept_away_by_the_next(build: Build, tmp_path: Path) -> None:
    build()
    left = tmp_path / ".building-20260101T000000-dead"
    left.mkdir()
    (left / "vectors.npy").write_bytes(b"half")
    version = build().version
    assert not left.exists()
    assert Shelf(tmp_path).current() == version


def test_only_so_many_old_ones_are_kept(build: Build, tmp_path: Path, settings: object) -> None:
    settings.ARTEFACT_KEEP = 2  # type: ignore[attr-defined]
    versions = [build().version for _ in range(4)]
    assert Shelf(tmp_path).versions() == versions[-2:]


def test_roll_back_and_its_refusals(build: Build, tmp_path: Path) -> None:
    first, second = build().version, build(ENTRIES[:2]).version
    assert roll_back(folder=tmp_path).version == first
    assert Shelf(tmp_path).current() == first
    with pytest.raises(ArtefactBroken, match="no earlier"):
        roll_back(folder=tmp_path)
    (tmp_path / second / "entries.jsonl").write_text("{}")
    with pytest.raises(ArtefactBroken, match=r"entries\.jsonl"):
        roll_back(second, folder=tmp_path)
    assert Shelf(tmp_path).current() == first


def test_withdrawals_are_forgotten_once_no_kept_artefact_needs_them(
    build: Build, tmp_path: Path, settings: object
) -> None:
    settings.ARTEFACT_KEEP = 1  # type: ignore[attr-defined]
    build()
    withdraw("back", folder=tmp_path)
    assert list(json.loads((tmp_path / "withdrawn.json").read_text())) == ["back"]
    build(ENTRIES[1:])
    assert json.loads((tmp_path / "withdrawn.json").read_text()) == {}


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> list[IndexEntry]:
    """Enough entries for a neighbour graph, where a hundred vectors are enough."""
    monkeypatch.setattr("knowledge.index.writer.EXACT_ROWS", 100)
    monkeypatch.setattr("knowledge.index.artefact.MOST_COMPARED", 100)
    return [_of_words(number, np.random.default_rng(number)) for number in range(400)]


WORDS = [f"word{number}" for number in range(60)]
#: Of ten. Threads put vectors into the graph in an order of chance, and some texts are equally near: 9.7 is usual.
ENOUGH = 9


def _of_words(number: int, random: np.random.Generator) -> IndexEntry:
    return entry(f"{number:03}", " ".join(random.choice(WORDS, 6)), " ".join(random.choice(WORDS, 12)) + ".")


def _agreement(artefact: Artefact) -> float:
    """How many of the ten nearest the graph finds that comparing every vector finds, on the average."""
    random = np.random.default_rng(5)
    queries = WordModel().encode([" ".join(random.choice(WORDS, 5)) for _ in range(50)], query=True)
    agreed = [set(artefact.nearest(query, 10)) & set(artefact.nearest_exactly(query, 10)) for query in queries]
    return float(np.mean([len(places) for places in agreed]))


def test_neighbour_graph_agrees_with_exact_search(tmp_path: Path, many: list[IndexEntry]) -> None:
    model = WordModel()
    artefact = Artefact(tmp_path / build_and_publish(entries=many, embedder=Embedder(model), folder=tmp_path).version)
    assert (tmp_path / artefact.manifest.version / "neighbours.usearch").exists()
    assert _agreement(artefact) >= ENOUGH
    allowed = np.arange(400) % 2 == 0
    for query in model.encode(["word1 word5 word9", "word2", "word40 word41"], query=True):
        near = artefact.nearest(query, 10, allowed)
        exact = [place for place in artefact.nearest_exactly(query, 400) if allowed[place]][:10]
        assert all(allowed[near])
        assert len(set(near.tolist()) & set(exact)) >= 9  # texts that are equally near may take each other's place


def test_neighbour_graph_is_gone_on_with_until_much_has_changed(tmp_path: Path, many: list[IndexEntry]) -> None:
    def places(entries: list[IndexEntry]) -> NDArray[np.uint32]:
        version = build_and_publish(entries=entries, embedder=Embedder(WordModel()), folder=tmp_path).version
        artefact = Artefact(tmp_path / version)
        assert _agreement(artefact) >= ENOUGH
        table: NDArray[np.uint32] = np.load(tmp_path / version / "neighbour_rows.npy")
        assert sorted(table[table != GONE]) == list(range(artefact.manifest.rows))
        return table

    assert len(places(many)) == 800
    random = np.random.default_rng(77)
    changed = [*many[:3], _of_words(900, random), *many[8:200], _of_words(901, random), *many[200:]]  # five are gone
    table = places(changed)
    assert (len(table), int((table == GONE).sum())) == (804, 10)
    assert places(changed[40:]).tolist() == list(range(714)), "a tenth is gone, so it is built anew"


def _facts(artefact: Artefact, terms: Iterable[str]) -> list[object]:
    """All that an artefact says: records, vectors, keyword scores, words."""
    places = range(len(artefact))
    return [
        [artefact.record(place) for place in places],
        [artefact.vectors_of(place).tobytes() for place in places],
        artefact.wordings(np.asarray(places)).tolist(),
        {term: (artefact.keyword_scores([term]).tolist(), artefact.frequency(term)) for term in terms},
        artefact.words,
        [artefact.labelled([label]).tolist() for label in ("category:feet", "tag:skin", "audience:everyone")],
    ]


def test_what_did_not_change_is_taken_over_and_nothing_is_different(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = entry(
        "long", "What is in the almanac?", " ".join(f"Day {n} brings rain {n % 7} and wind." for n in range(90))
    )
    bare = entry("text", "", "Only a text, with no question.")
    before, after = (
        [*ENTRIES, long, bare],
        [replace(ENTRIES[0], answer="Rest."), *ENTRIES[2:], bare, entry("zebra", "Z?"), long],
    )
    worked: list[str] = []
    derive = derived.derive

    def noted(entry: IndexEntry, number: Callable[[str], int]) -> derived.Derived:
        worked.append(entry.key)
        return derive(entry, number)

    monkeypatch.setattr(derived, "derive", noted)

    def built(entries: list[IndexEntry], folder: Path) -> Artefact:
        folder.mkdir(exist_ok=True)
        worked.clear()
        return Artefact(
            folder / build_and_publish(entries=entries, embedder=Embedder(WordModel()), folder=folder).version
        )

    built(before, tmp_path / "grown")
    grown = built(after, tmp_path / "grown")
    assert worked == ["back", "zebra"]
    again = built(after, tmp_path / "grown")
    assert worked == []
    assert again.manifest.checksum == grown.manifest.checksum
    fresh = built(after, tmp_path / "fresh")
    assert len(worked) == len(after)
    terms = {term for one in (*before, *after) for term in keyword_terms(one)}
    assert _facts(grown, terms) == _facts(fresh, terms)
    monkeypatch.setattr(derived, "_recipe", lambda: b"another program")
    assert _facts(built(after, tmp_path / "grown"), terms) == _facts(fresh, terms)
    assert len(worked) == len(after), "what another program made was taken over"


def test_artefact_of_before_graphs_were_gone_on_with_is_searched_and_gone_on_with(
    tmp_path: Path, many: list[IndexEntry]
) -> None:
    version = build_and_publish(entries=many, embedder=Embedder(WordModel()), folder=tmp_path).version
    (tmp_path / version / "neighbour_rows.npy").unlink()
    card = json.loads((tmp_path / version / "manifest.json").read_text())
    del card["files"]["neighbour_rows.npy"]
    (tmp_path / version / "manifest.json").write_text(json.dumps(card))
    assert _agreement(Artefact(tmp_path / version)) >= ENOUGH
    after = build_and_publish(entries=many[1:], embedder=Embedder(WordModel()), folder=tmp_path).version
    assert _agreement(Artefact(tmp_path / after)) >= ENOUGH
    assert int((np.load(tmp_path / after / "neighbour_rows.npy") == GONE).sum()) == 2
