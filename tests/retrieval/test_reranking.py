"""A small cross-encoder with weights by chance: real in every part, so that its own word can be compared with ours."""

from pathlib import Path
from typing import Any

import pytest
import torch
from sentence_transformers import CrossEncoder
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from api import settings
from retrieval import reranking
from retrieval.embedding import ModelUnavailable
from retrieval.reranking import WEIGHT, Reranker, RerankingConfig, second_reading
from tests.retrieval import shelves

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
LIBRARY = shelves.library(
    "# Läkarbilar i länet\n\nVarje läkarbil kostar 2,5 mnkr om året.\n",
    "# Skolmat i länet\n\nMaten kostar 40 kronor per elev.\n",
    "# Telefontider\n\nEn telefontid kostar ingenting.\n",
)
QUESTION = "Vad kostar en läkarbil?"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("cross-encoder"), labels=1)


def write_model(folder: Path, labels: int) -> Path:
    words = [*SPECIAL, *"abcdefghijklmnopqrstuvwxyzåäö0123456789"]
    tokenizer = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    made: Any = PreTrainedTokenizerFast
    made(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(folder)
    torch.manual_seed(7)
    described: dict[str, Any] = {
        "vocab_size": len(words),
        "initializer_range": 2.0,
        "num_labels": labels,
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 16,
    }
    BertForSequenceClassification(BertConfig(**described)).save_pretrained(folder)
    return folder


def test_the_model_reads_the_question_with_each_unit(folder: Path) -> None:
    _, spans = shelves.spans(LIBRARY, QUESTION)
    again = second_reading(Reranker(str(folder)), QUESTION, spans)
    units = {span.candidate.view.source: span.candidate for span in spans}
    read = [f"{one.unit.context}\n{one.view.text[one.unit.start : one.unit.end]}" for one in units.values()]
    given = CrossEncoder(str(folder)).predict([(QUESTION, text) for text in read])
    assert len(set(given.tolist())) > 1
    lost = dict(zip(units, WEIGHT * (given.max() - given) / (given.max() - given.min()), strict=True))
    before = {(span.candidate.view.source, span.start): span.score for span in spans}
    for span in again:
        source = span.candidate.view.source
        assert span.score == pytest.approx(before[source, span.start] - lost[source], abs=1e-4)
    assert sorted(span.score for span in again) == [span.score for span in reversed(again)]
    assert len(again) == len(spans)


def test_one_unit_alone_is_not_read_again(folder: Path) -> None:
    _, spans = shelves.spans(shelves.library("Maten kostar 40 kronor."), "Vad kostar maten?")
    assert second_reading(Reranker(str(folder)), "Vad kostar maten?", spans) == spans


def test_without_the_setting_there_is_none() -> None:
    assert reranking.create(settings.load({}).reranking) is None
    chosen = settings.load({"NARPLAN_RERANKING_MODEL": "modeller/omrangordnare"}).reranking
    assert chosen == RerankingConfig("modeller/omrangordnare")
    assert isinstance(reranking.create(chosen), Reranker)


@pytest.mark.parametrize("model", ["ingen/sådan-modell", "/finns/inte"])
def test_a_missing_model_is_refused_with_what_to_do(model: str) -> None:
    with pytest.raises(ModelUnavailable, match="finns inte på den här datorn") as caught:
        Reranker(model).warm()
    assert caught.value.field == "NARPLAN_RERANKING_MODEL"


def test_a_model_for_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="ger 3 tal"):
        Reranker(str(write_model(tmp_path, labels=3))).warm()
    (tmp_path / "tom").mkdir()
    with pytest.raises(ModelUnavailable, match="går inte att använda för omrangordning"):
        Reranker(str(tmp_path / "tom")).warm()
