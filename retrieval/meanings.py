"""The vectors of a unit's quotable pieces, packed small: one byte for each number, about 400 bytes a piece."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

LARGEST = 127


@dataclass(frozen=True, slots=True, eq=False)
class Meanings:
    """What the pieces of a unit mean.

    ``spans`` (pieces, 2) are int32 offsets into the version's text, ``vectors`` (pieces, dimensions) float32 of
    length one.
    """

    spans: NDArray[np.int32]
    vectors: NDArray[np.float32]


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    dimensions: int
    spans: bytes
    scales: bytes
    numbers: bytes


def pack(spans: Sequence[tuple[int, int]], vectors: NDArray[np.float32]) -> bytes:
    """Pack the pieces of a unit: offsets into the version's text, and (pieces, dimensions), each row of length one.

    Each vector has a scale of its own, which brings back its length; it turns by less than a hundredth of a radian.
    """
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    numbers = np.rint(vectors * (LARGEST / np.where(largest, largest, 1))).astype(np.int8)
    lengths = np.linalg.norm(numbers.astype(np.float32), axis=1)
    scales = 1 / np.where(lengths, lengths, 1)
    places = np.array(spans, "<i4").reshape(-1, 2)
    if len(places) != len(vectors):
        raise ValueError(f"{len(places)} spans cannot have {len(vectors)} vectors")
    packed = _Packed(vectors.shape[1], places.tobytes(), scales.astype("<f4").tobytes(), numbers.tobytes())
    return msgspec.msgpack.encode(packed)


def moved(data: bytes, by: int) -> bytes:
    """Return what `pack` made of a unit that now stands ``by`` characters further on, or back when it is negative."""
    if not data or not by:
        return data
    packed = msgspec.msgpack.decode(data, type=_Packed)
    places = np.frombuffer(packed.spans, "<i4") + np.int32(by)
    return msgspec.msgpack.encode(msgspec.structs.replace(packed, spans=places.astype("<i4").tobytes()))


def unpack(data: bytes) -> Meanings:
    """Read what `pack` made; no bytes are no pieces, of a unit whose pieces have no vectors yet."""
    if not data:
        return Meanings(np.empty((0, 2), np.int32), np.empty((0, 0), np.float32))
    packed = msgspec.msgpack.decode(data, type=_Packed)
    scales = np.frombuffer(packed.scales, "<f4")
    numbers = np.frombuffer(packed.numbers, np.int8).reshape(len(scales), packed.dimensions)
    spans = np.frombuffer(packed.spans, "<i4").reshape(-1, 2)
    return Meanings(spans.astype(np.int32, copy=False), numbers.astype(np.float32) * scales[:, None])
