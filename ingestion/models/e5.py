"""From the embedded embedding model to an ordinary sentence-transformers folder."""

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ingestion.errors import ModelUnavailable

# Reading the embedded embedding model: one little-endian file of 4-bit blocks.
#
# `Reader` walks the header once; tensors are decoded one at a time, so that memory never holds
# more than the largest of them.

MAGIC = b"E5S1"
BLOCK = 32  # weights in one 4-bit block: a float16 scale, then 16 bytes
PLAIN, FOUR_BITS = 0, 1


@dataclass(frozen=True, slots=True)
class NetworkShape:
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
class UnigramVocabulary:
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
    shape: NetworkShape
    vocabulary: UnigramVocabulary
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

    Raises ModelUnavailable when the bytes do not follow the layout.
    """
    data = memoryview(path.read_bytes())
    cursor = Cursor(data)
    try:
        if cursor.raw(4) != MAGIC:
            raise ModelUnavailable(f"« {path.name} » n'est pas un fichier de poids E5.")
        cursor.values("I")
        sizes = cursor.whole("7i")
        epsilon, block = cursor.values("fi")
        shape = NetworkShape(float(epsilon), *sizes)
        if block != BLOCK:
            raise ModelUnavailable(f"« {path.name} » : blocs de {block} poids, {BLOCK} attendus.")
        vocabulary = _vocabulary(cursor)
        _, table = cursor.whole("iI")
        cursor.raw(table)
        return E5File(data, shape, vocabulary, {tensor.name: tensor for tensor in _tensors(cursor)})
    except (struct.error, UnicodeDecodeError) as exc:
        raise ModelUnavailable(f"« {path.name} » est incomplet ou altéré.") from exc


def _vocabulary(cursor: Cursor) -> UnigramVocabulary:
    count, begin, end, padding, unknown = cursor.whole("5i")
    (size,) = cursor.whole("Q")
    offsets = cursor.array("<u4", count + 1).tolist()
    scores = tuple(cursor.array("<f4", count).tolist())
    blob = cursor.raw(size)
    pieces = tuple(blob[offsets[i] : offsets[i + 1]].decode() for i in range(count))
    return UnigramVocabulary(pieces, scores, begin, end, padding, unknown)


def _tensors(cursor: Cursor) -> Iterator[Tensor]:
    (count,) = cursor.whole("i")
    for _ in range(count):
        (length,) = cursor.whole("H")
        name = cursor.raw(length).decode()
        kind, numbers, offset, size = cursor.whole("BIQQ")
        if offset + size > len(cursor.data) or kind not in (PLAIN, FOUR_BITS):
            raise struct.error(f"tensor {name}")
        yield Tensor(name, kind, numbers, offset, size)


# The tokenizer of the embedded embedding model, in the JSON that `tokenizers` reads.
#
# SentencePiece unigram as multilingual models use it: normalise, one leading space before each
# word, `<s>` and `</s>` around the text.

MAX_TOKENS = 512
MASK = "<mask>"

# The model's own normalisation is NFKC and two rules more: these vanish, those become one space.
VANISHING = r"[\x{01}-\x{08}\x{0b}\x{0e}-\x{1f}\x{7f}\x{8f}\x{9f}]"
SPACES = r"[\s\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]+"

NORMALIZERS = (
    {"type": "NFKC"},
    {"type": "Replace", "pattern": {"Regex": VANISHING}, "content": ""},
    {"type": "Replace", "pattern": {"Regex": SPACES}, "content": " "},
    {"type": "Strip", "strip_left": True, "strip_right": True},
)


def tokenizer(vocabulary: UnigramVocabulary) -> dict[str, object]:
    """Describe the whole tokenizer: the content of `tokenizer.json`."""
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_added(vocabulary, number) for number in _special(vocabulary)],
        "normalizer": {"type": "Sequence", "normalizers": NORMALIZERS},
        "pre_tokenizer": _metaspace(),
        "post_processor": _template(vocabulary),
        "decoder": _metaspace(),
        "model": {
            "type": "Unigram",
            "unk_id": vocabulary.unknown,
            "vocab": list(zip(vocabulary.pieces, vocabulary.scores, strict=True)),
            "byte_fallback": False,
        },
    }


def settings(vocabulary: UnigramVocabulary) -> dict[str, object]:
    """Name the special pieces for transformers: the content of `tokenizer_config.json`."""
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": MAX_TOKENS,
        "padding_side": "right",
        "truncation_side": "right",
        "clean_up_tokenization_spaces": False,
        "bos_token": vocabulary.pieces[vocabulary.begin],
        "cls_token": vocabulary.pieces[vocabulary.begin],
        "eos_token": vocabulary.pieces[vocabulary.end],
        "sep_token": vocabulary.pieces[vocabulary.end],
        "pad_token": vocabulary.pieces[vocabulary.padding],
        "unk_token": vocabulary.pieces[vocabulary.unknown],
    }


def _special(vocabulary: UnigramVocabulary) -> list[int]:
    numbers = {vocabulary.begin, vocabulary.padding, vocabulary.end, vocabulary.unknown}
    if vocabulary.pieces[-1] == MASK:
        numbers.add(len(vocabulary.pieces) - 1)
    return sorted(numbers)


def _added(vocabulary: UnigramVocabulary, number: int) -> dict[str, object]:
    piece = vocabulary.pieces[number]
    return {
        "id": number,
        "content": piece,
        "single_word": False,
        "lstrip": piece == MASK,
        "rstrip": False,
        "normalized": False,
        "special": True,
    }


def _metaspace() -> dict[str, object]:
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}


def _template(vocabulary: UnigramVocabulary) -> dict[str, object]:
    ends = {vocabulary.pieces[n]: n for n in (vocabulary.begin, vocabulary.end)}
    begin, end = ({"SpecialToken": {"id": piece, "type_id": 0}} for piece in ends)
    first, second = ({"Sequence": {"id": part, "type_id": 0}} for part in "AB")
    return {
        "type": "TemplateProcessing",
        "single": [begin, first, end],
        "pair": [begin, first, end, end, second, end],
        "special_tokens": {
            piece: {"id": piece, "ids": [number], "tokens": [piece]}
            for piece, number in ends.items()
        },
    }


# The folder is written by hand (safetensors is a JSON header and raw numbers, the tokenizer is one
# JSON object), so that the same source gives the same bytes under every version of the libraries
# and the catalogue can pin the result.
#
# Weights are stored as float16: half the disk and half the bytes to read at each start. What
# rounding costs is far below what the 4-bit source already lost (cosine with float32 above
# 0.99999), and a reader may still compute in float32 or bfloat16.

QUERY_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "

LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
ENDINGS = {"w": "weight", "b": "bias"}


def convert(source: Path, folder: Path) -> None:
    """Write the sentence-transformers folder of the model in `source`; `folder` exists, empty.

    Raises ModelUnavailable when the source does not follow its layout.
    """
    model = open_e5(source)
    with (folder / "model.safetensors").open("wb") as file:
        write_safetensors(model, file)
    for name in ("1_Pooling", "2_Normalize"):
        (folder / name).mkdir()
    for name, content in _descriptions(model).items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _descriptions(model: E5File) -> dict[str, object]:
    """What stands beside the weights, by the name of its file."""
    return {
        "tokenizer.json": tokenizer(model.vocabulary),
        "tokenizer_config.json": settings(model.vocabulary),
        "config.json": _network(model),
        "modules.json": _modules(),
        "sentence_bert_config.json": {
            "max_seq_length": MAX_TOKENS,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY_PREFIX, "document": PASSAGE_PREFIX},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": model.shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
    }


def write_safetensors(model: E5File, file: BinaryIO) -> None:
    """Write every tensor as float16, one at a time."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    position = 0
    for name, ours, shape in _bert_tensors(model):
        end = position + 2 * model.tensors[ours].count
        header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [position, end]}
        position = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    file.write(struct.pack("<Q", len(text)) + text)
    for _, ours, _ in _bert_tensors(model):
        file.write(model.numbers(ours).astype("<f2").tobytes())


def _bert_tensors(model: E5File) -> Iterator[tuple[str, str, list[int]]]:
    """Yield (name for transformers, name in the file, shape) in the order they are stored."""
    shape = model.shape
    yield "embeddings.word_embeddings.weight", "emb.word", [shape.vocabulary, shape.hidden]
    yield "embeddings.position_embeddings.weight", "emb.pos", [shape.positions, shape.hidden]
    yield "embeddings.token_type_embeddings.weight", "emb.type", [shape.types, shape.hidden]
    for ours, theirs in ENDINGS.items():
        yield f"embeddings.LayerNorm.{theirs}", f"emb.ln.{ours}", [shape.hidden]
    sizes = {"fi": [shape.feed_forward, shape.hidden], "fo": [shape.hidden, shape.feed_forward]}
    for layer in range(shape.layers):
        for short, long in LAYER_NAMES.items():
            matrix = sizes.get(short, [shape.hidden, shape.hidden])
            for ours, theirs in ENDINGS.items():
                flat = ours == "b" or short.endswith("ln")
                yield (
                    f"encoder.layer.{layer}.{long}.{theirs}",
                    f"l{layer}.{short}.{ours}",
                    matrix[:1] if flat else matrix,
                )


def _network(model: E5File) -> dict[str, object]:
    shape = model.shape
    return {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "dtype": "float32",
        "hidden_act": "gelu",
        "hidden_size": shape.hidden,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "intermediate_size": shape.feed_forward,
        "vocab_size": shape.vocabulary,
        "max_position_embeddings": shape.positions,
        "type_vocab_size": shape.types,
        "layer_norm_eps": shape.epsilon,
        "pad_token_id": model.vocabulary.padding,
    }


def _modules() -> list[dict[str, object]]:
    steps = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    return [
        {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for i, (path, kind) in enumerate(steps.items())
    ]
