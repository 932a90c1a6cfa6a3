"""From the embedded embedding model to an ordinary sentence-transformers folder.

The folder is written by hand (safetensors is a JSON header and raw numbers, the tokenizer is one
JSON object), so that the same source gives the same bytes under every version of the libraries
and the catalogue can pin the result.

Weights are stored as float16: half the disk and half the bytes to read at each start. What
rounding costs is far below what the 4-bit source already lost (cosine with float32 above
0.99999), and a reader may still compute in float32 or bfloat16.
"""

import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ingestion.weights import unigram
from ingestion.weights.e5_file import E5File, open_e5

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

    Raises:
        ModelUnavailable: When the source does not follow its layout.
    """
    model = open_e5(source)
    with (folder / "model.safetensors").open("wb") as file:
        write_safetensors(model, file)
    files = {
        "tokenizer.json": unigram.tokenizer(model.vocabulary),
        "tokenizer_config.json": unigram.settings(model.vocabulary),
        "config.json": _network(model),
        "modules.json": _modules(),
        "sentence_bert_config.json": {
            "max_seq_length": unigram.MAX_TOKENS,
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
    for name in ("1_Pooling", "2_Normalize"):
        (folder / name).mkdir()
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


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
