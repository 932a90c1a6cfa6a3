"""A network that reads text, in process, and what it was taught. Door of sentence-transformers.

What is taught are low-rank differences to its weights, in a file of a few megabytes. An adapter
belongs to the weights that it was learnt on, and to no others.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

# Read by the libraries when they are imported: no look-up of any hub, no usage statistics.
for _switch in (
    "HF_HUB_OFFLINE",
    "TRANSFORMERS_OFFLINE",
    "HF_HUB_DISABLE_TELEMETRY",
    "DO_NOT_TRACK",
):
    os.environ[_switch] = "1"
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import torch  # noqa: E402
from safetensors import SafetensorError, safe_open  # noqa: E402
from safetensors.torch import save  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402
from torch import Tensor, nn  # noqa: E402
from transformers.utils import logging as transformers_logging  # noqa: E402

from ingestion.durable import replace_bytes  # noqa: E402
from ingestion.errors import ModelUnavailable  # noqa: E402
from ingestion.models.catalogue import Prefixes  # noqa: E402

transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

# Where OpenMP gives fewer threads than torch counts on, part of each product is left out and no
# error is raised (torch 2.13): vectors are then of something else.
if (_limit := os.environ.get("OMP_THREAD_LIMIT", "")).isdecimal():
    torch.set_num_threads(max(1, min(int(_limit), torch.get_num_threads())))


LENGTH_STEP = 16
"""Tokens by which lengths go up where something is taught or read: kernels are made for each, which
takes longer than some tokens of nothing."""


def native_precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (twice as fast), else float32."""
    native = torch.cpu._is_avx512_bf16_supported()  # no public question exists for this yet
    return torch.bfloat16 if native else torch.float32


class TextEncoder:
    """A sentence-transformers folder as a network that can learn."""

    def __init__(self, folder: Path, prefixes: Prefixes | None = None) -> None:
        """Load the folder, whose own prefixes are used where none are given.

        Raises ModelUnavailable when it is not such a model.
        """
        try:
            self.model = SentenceTransformer(
                str(folder),
                device="cpu",
                local_files_only=True,
                model_kwargs={"dtype": torch.float32, "use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
            raise ModelUnavailable(
                f"Le modèle de vecteurs {folder} est illisible ({error}). "
                "Relancez : sourcier models verify"
            ) from error
        own = self.model.prompts
        self.prefixes = prefixes or Prefixes(own.get("query") or "", own.get("document") or "")

    @property
    def network(self) -> nn.Module:
        """The transformer, without the pooling of its rows."""
        network = self.model[0].auto_model
        assert isinstance(network, nn.Module)
        return network

    @property
    def width(self) -> int:
        """Numbers in each row."""
        size = self.model.get_embedding_dimension()
        assert size is not None
        return size

    def encode(self, texts: Sequence[str], tokens: int) -> Tensor:
        """Unit rows that gradients flow through; what exceeds `tokens` does not count.

        These are a multiple of LENGTH_STEP.
        """
        read = self.model.tokenizer(
            list(texts),
            padding=True,
            truncation=True,
            max_length=tokens,
            pad_to_multiple_of=LENGTH_STEP,
            return_tensors="pt",
        )
        with torch.autocast("cpu", torch.bfloat16, native_precision() is torch.bfloat16):
            pooled: Tensor = self.model(dict(read))["sentence_embedding"]
        # Rows are compared in full: a temperature makes much of the last figures of a cosine.
        return nn.functional.normalize(pooled.float(), dim=-1)


# What a network was taught.

_DOWN, _UP, _OWN = "down.", "up.", "own."
"""Prefixes of the tensors of a file: the two factors of a difference, and layers added."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """What was learnt: `weight + up @ down` for each linear layer named.

    `down` has the shape (rank, in), `up` (out, rank). `own` are the tensors of layers that the
    network did not have. `card` says from what and how it was learnt.
    """

    down: dict[str, Tensor]
    up: dict[str, Tensor]
    own: dict[str, Tensor] = field(default_factory=dict)
    card: dict[str, str] = field(default_factory=dict)


def write_adapter(path: Path, adapter: Adapter) -> None:
    """Write an adapter in half precision, its card beside the numbers; whole or not at all."""
    tensors = {
        prefix + name: tensor.detach().half().contiguous()
        for prefix, part in ((_DOWN, adapter.down), (_UP, adapter.up), (_OWN, adapter.own))
        for name, tensor in part.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    card = json.dumps(adapter.card, ensure_ascii=False)
    replace_bytes(path, save(tensors, {"card": card}))


def read_adapter(path: Path) -> Adapter:
    """Read what `write_adapter` wrote; raises ModelUnavailable when it is something else."""
    parts: dict[str, dict[str, Tensor]] = {_DOWN: {}, _UP: {}, _OWN: {}}
    try:
        with safe_open(path, "pt") as file:
            card = json.loads((file.metadata() or {})["card"])
            for name in file.keys():  # noqa: SIM118 - the file is no mapping
                prefix, _, rest = name.partition(".")
                parts[f"{prefix}."][rest] = file.get_tensor(name).float()
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise ModelUnavailable(
            f"Les poids appris {path} sont illisibles ({error}). Supprimez ce fichier, "
            "ou refaites-le : sourcier models train"
        ) from error
    return Adapter(parts[_DOWN], parts[_UP], parts[_OWN], card)


def merge(network: nn.Module, adapter: Adapter) -> None:
    """Add the differences to the weights of a network, for good; raises KeyError for another."""
    layers = dict(network.named_modules())
    for name, down in adapter.down.items():
        layer = layers[name]
        assert isinstance(layer, nn.Linear)
        layer.weight.data += (adapter.up[name] @ down).to(layer.weight.dtype)


class LowRank(nn.Module):
    """A linear layer whose weights stay, with a difference of low rank that learns.

    LoRA: Hu et al., 2021, arXiv:2106.09685. It begins as no difference at all.
    """

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.layer = layer
        self.down = nn.Parameter(torch.randn(rank, layer.in_features) * layer.in_features**-0.5)
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, rows: Tensor) -> Tensor:
        """As the layer does, and the difference."""
        added: Tensor = self.layer(rows) + (rows @ self.down.T) @ self.up.T
        return added


def open_to_learning(network: nn.Module, rank: int, lowest: int = 0) -> dict[str, LowRank]:
    """Freeze a network and put a learning difference on each linear layer of its numbered blocks.

    `lowest` is the first block that learns. Whatever the family, what stands before and after the
    blocks is not repeated, so has no number.
    """
    for parameter in network.parameters():
        parameter.requires_grad = False
    learning: dict[str, LowRank] = {}
    for name, layer in list(network.named_modules()):
        block = next((int(part) for part in name.split(".") if part.isdigit()), -1)
        if isinstance(layer, nn.Linear) and block >= lowest:
            parent, _, own_name = name.rpartition(".")
            learning[name] = LowRank(layer, rank)
            setattr(network.get_submodule(parent), own_name, learning[name])
    return learning


def learnt(
    learning: dict[str, LowRank], card: dict[str, str], own: dict[str, Tensor] | None = None
) -> Adapter:
    """What has been learnt so far."""
    return Adapter(
        {name: layer.down.detach() for name, layer in learning.items()},
        {name: layer.up.detach() for name, layer in learning.items()},
        own or {},
        card,
    )


def joined(first: Adapter, second: Adapter) -> Adapter:
    """One adapter for what two add to the same weights; layers and card of the second. Pure."""
    names = first.down.keys() | second.down.keys()
    parts = {name: [each for each in (first, second) if name in each.down] for name in names}
    return Adapter(
        {name: torch.cat([each.down[name] for each in both]) for name, both in parts.items()},
        {name: torch.cat([each.up[name] for each in both], 1) for name, both in parts.items()},
        second.own,
        second.card,
    )
