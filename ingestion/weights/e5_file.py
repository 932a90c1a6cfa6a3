"""Reading the embedded embedding model: one little-endian file of 4-bit blocks.

`Reader` walks the header once; tensors are decoded one at a time, so that memory never holds
more than the largest of them.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingestion.errors import ModelUnavailable

MAGIC = b"E5S1"
BLOCK = 32  # weights in one 4-bit block: a float16 scale, then 16 bytes
PLAIN, FOUR_BITS = 0, 1


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of the network; `epsilon` is that of its layer norms."""

    epsilon: float
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Unigram pieces with their log probabilities, and the numbers of the special ones."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies in the file: kind of numbers, how many, first byte, bytes."""

    name: str
    kind: int
    count: int
    offset: int
    size: int


class Cursor:
    """A position in the bytes that moves forward as values are read."""

    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.position = 0

    def values(self, layout: str) -> tuple[int | float, ...]:
        """Read the little-endian values described as for `struct`."""
        found = struct.unpack_from("<" + layout, self.data, self.position)
        self.position += struct.calcsize("<" + layout)
        return found

    def whole(self, layout: str) -> list[int]:
        """Read integers."""
        return [int(value) for value in self.values(layout)]

    def raw(self, size: int) -> bytes:
        """Read the next bytes as they are."""
        found = bytes(self.data[self.position : self.position + size])
        if len(found) != size:
            raise struct.error("end of file")
        self.position += size
        return found

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        """Read `count` numbers of a numpy kind."""
        return np.frombuffer(self.raw(np.dtype(kind).itemsize * count), kind)


@dataclass(frozen=True, slots=True)
class E5File:
    """An opened file: shape, vocabulary, and tensors by name."""

    data: memoryview
    shape: Shape
    vocabulary: Vocabulary
    tensors: dict[str, Tensor]

    def numbers(self, name: str) -> NDArray[np.float32]:
        """Decode one tensor, flat."""
        tensor = self.tensors[name]
        raw = np.frombuffer(self.data, np.uint8, tensor.size, tensor.offset)
        if tensor.kind == PLAIN:
            return raw.view("<f4").astype(np.float32)
        return four_bits(raw)


def four_bits(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Decode blocks: byte j holds weight j in its low half and weight j + 16 in its high half."""
    blocks = raw.reshape(-1, 2 + BLOCK // 2)
    scales = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    halves = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32)
    halves -= 8
    halves *= scales
    return halves.reshape(-1)


def open_e5(path: Path) -> E5File:
    """Read the header of the file.

    Raises:
        ModelUnavailable: When the bytes do not follow the layout.
    """
    data = memoryview(path.read_bytes())
    cursor = Cursor(data)
    try:
        if cursor.raw(4) != MAGIC:
            raise ModelUnavailable(f"« {path.name} » n'est pas un fichier de poids E5.")
        cursor.values("I")
        sizes = cursor.whole("7i")
        epsilon, block = cursor.values("fi")
        shape = Shape(float(epsilon), *sizes)
        if block != BLOCK:
            raise ModelUnavailable(f"« {path.name} » : blocs de {block} poids, {BLOCK} attendus.")
        vocabulary = _vocabulary(cursor)
        _, table = cursor.whole("iI")
        cursor.raw(table)
        return E5File(data, shape, vocabulary, {tensor.name: tensor for tensor in _tensors(cursor)})
    except (struct.error, UnicodeDecodeError) as exc:
        raise ModelUnavailable(f"« {path.name} » est incomplet ou altéré.") from exc


def _vocabulary(cursor: Cursor) -> Vocabulary:
    count, begin, end, padding, unknown = cursor.whole("5i")
    (size,) = cursor.whole("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = tuple(cursor.array("<f4", count).tolist())
    blob = cursor.raw(size)
    pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode() for i in range(count))
    return Vocabulary(pieces, scores, begin, end, padding, unknown)


def _tensors(cursor: Cursor) -> Iterator[Tensor]:
    (count,) = cursor.whole("i")
    for _ in range(count):
        (length,) = cursor.whole("H")
        name = cursor.raw(length).decode()
        kind, numbers, offset, size = cursor.whole("BIQQ")
        if offset + size > len(cursor.data) or kind not in (PLAIN, FOUR_BITS):
            raise struct.error(f"tensor {name}")
        yield Tensor(name, kind, numbers, offset, size)
