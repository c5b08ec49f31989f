"""The bundled model written as an ONNX graph of small integers.

docs/decisions/0003-embedding-model.md says what is given up for the speed.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval import bundled

OPERATORS = "com.microsoft"  # ONNX Runtime's own, beside the standard ones.
# Weights take 7 bits: the products then fit the 16-bit sums of CPUs without VNNI, so that every CPU counts alike.
LIMIT = 63
SHAPE = 2  # Raise when the graph takes or gives something else, and its vectors are the same.
# This one matrix is fed a few very large numbers, which 8 bits for all of them would drown the rest in.
FINE = frozenset({"l4.fo"})


def directory(cache: Path) -> Path:
    """Return the directory that a `retrieval.quantised.Quantised` is made from (87 MB), written on the first call."""
    return bundled.kept(cache / f"{bundled.NAME}-{revision()}-{SHAPE}", write)


def revision() -> str:
    """Names the vectors that the graph gives."""
    return f"{bundled.revision()}-int8"


def write(directory: Path) -> None:
    """Fill the directory that a `retrieval.quantised.Quantised` is made from."""
    import onnx

    model = bundled.parse(bundled.source().read_bytes())
    onnx.save(_Graph(model).build(), directory / "model.onnx")
    bundled.write_tokenizer(model, directory / "tokenizer.json")


class _Graph:
    """A BERT encoder written node by node. A method adds nodes and returns the name of their output."""

    def __init__(self, model: bundled.Packed) -> None:
        self._model = model
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def build(self) -> Any:
        """`ids` (1, tokens) in; out `tokens` (1, tokens, hidden), and `vector` (1, hidden), their normalised mean."""
        from onnx import TensorProto, helper

        hidden = self._embeddings()
        for layer in range(self._model.layers):
            hidden = self._layer(hidden, f"l{layer}")
        tokens = self._node("Identity", hidden, output="tokens")
        mean = self._node("ReduceMean", tokens, axes=[1], keepdims=0)
        self._node("LpNormalization", mean, output="vector", axis=1, p=2)
        inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "tokens"])]
        shapes: dict[str, list[Any]] = {"vector": [1, self._model.hidden], "tokens": [1, "tokens", self._model.hidden]}
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
        graph = helper.make_graph(self._nodes, bundled.NAME, inputs, outputs, self._constants)
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(OPERATORS, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=8)

    def _embeddings(self) -> str:
        model, tensors = self._model, self._model.tensors
        rows = len(model.vocabulary)
        packed, scales = _pairs(tensors["emb.word"], rows)
        table = self._constant("emb.word", packed.reshape(rows, -1))
        kinds: dict[str, Any] = {"bits": 4, "block_size": 32, "gather_axis": 0, "quantize_axis": 1}
        words = self._node("GatherBlockQuantized", table, "ids", self._constant("emb.scale", scales), **kinds)
        # Every token is of the first type, whose vector is therefore part of its position's.
        positions = (tensors["emb.pos"].reshape(-1, model.hidden) + tensors["emb.type"][: model.hidden]).astype("<f4")
        zero = self._constant("zero", np.zeros(1, np.int64))
        length = self._node("Shape", "ids", start=1, end=2)
        places = self._node("Slice", self._constant("emb.pos", positions), zero, length, zero)
        both = self._node("Add", words, places)
        return self._node("LayerNormalization", both, *self._norm("emb.ln"), axis=-1, epsilon=1e-12)

    def _layer(self, hidden: str, layer: str) -> str:
        query, key, value = (self._linear(hidden, f"{layer}.{part}") for part in "qkv")
        context = self._node("MultiHeadAttention", query, key, value, num_heads=self._model.heads)
        attended = self._linear(context, f"{layer}.ao")
        hidden = self._node("SkipLayerNormalization", attended, hidden, *self._norm(f"{layer}.aln"), epsilon=1e-12)
        inner = self._node("Gelu", self._linear(hidden, f"{layer}.fi"))
        outer = self._linear(inner, f"{layer}.fo")
        return self._node("SkipLayerNormalization", outer, hidden, *self._norm(f"{layer}.oln"), epsilon=1e-12)

    def _linear(self, hidden: str, name: str) -> str:
        tensor, bias = self._model.tensors[f"{name}.w"], self._model.tensors[f"{name}.b"]
        offset = self._constant(f"{name}.b", bias)
        if name in FINE:
            packed, scales = _pairs(tensor, bias.size)
            inputs = (self._constant(f"{name}.w", packed), self._constant(f"{name}.scale", scales.reshape(-1)))
            sizes: dict[str, Any] = {"K": tensor.size * 32 // bias.size, "N": bias.size, "bits": 4, "block_size": 32}
            return self._node("MatMulNBits", hidden, *inputs, "", "", offset, accuracy_level=4, **sizes)
        matrix = bundled.weights(tensor).reshape(bias.size, -1).T
        scale = np.abs(matrix).max(axis=0) / LIMIT
        weight = self._constant(f"{name}.w", np.rint(matrix / scale).astype(np.int8))
        columns = self._constant(f"{name}.scale", scale), self._constant(f"{name}.zero", np.zeros(bias.size, np.int8))
        return self._node("DynamicQuantizeMatMul", hidden, weight, *columns, offset)

    def _norm(self, name: str) -> tuple[str, str]:
        part = self._model.tensors
        return self._constant(f"{name}.w", part[f"{name}.w"]), self._constant(f"{name}.b", part[f"{name}.b"])

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(self, operator: str, *inputs: str, output: str = "", **settings: Any) -> str:
        from onnx import defs, helper

        output = output or f"{operator}.{len(self._nodes)}"
        domain = "" if defs.has(operator) and operator != "Gelu" else OPERATORS
        self._nodes.append(helper.make_node(operator, inputs, [output], domain=domain, **settings))
        return output


def _pairs(blocks: NDArray[Any], rows: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The blocks as ONNX Runtime wants them: neighbours share a byte, (rows, blocks, 16); scales (rows, blocks)."""
    values = bundled.nibbles(blocks)
    packed = np.bitwise_or(values[:, 0::2], values[:, 1::2] << 4, dtype=np.uint8)
    return packed.reshape(rows, -1, 16), blocks["scale"].astype(np.float32).reshape(rows, -1)
