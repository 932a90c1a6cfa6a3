"""A network that reads text, in process. Door of sentence-transformers."""

import os
from collections.abc import Sequence
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
from safetensors import SafetensorError  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402
from transformers.utils import logging as transformers_logging  # noqa: E402

from ingestion.errors import ModelUnavailable  # noqa: E402
from ingestion.models.catalogue import Prefixes  # noqa: E402

transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

# Where OpenMP gives fewer threads than torch counts on, part of each product is left out and no
# error is raised (torch 2.13): vectors are then of something else.
if (_limit := os.environ.get("OMP_THREAD_LIMIT", "")).isdecimal():
    torch.set_num_threads(max(1, min(int(_limit), torch.get_num_threads())))


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
    def network(self) -> torch.nn.Module:
        """The transformer, without the pooling of its rows."""
        network = self.model[0].auto_model
        assert isinstance(network, torch.nn.Module)
        return network

    @property
    def width(self) -> int:
        """Numbers in each row."""
        size = self.model.get_embedding_dimension()
        assert size is not None
        return size

    def encode(self, texts: Sequence[str], tokens: int) -> torch.Tensor:
        """Unit rows that gradients flow through; what exceeds `tokens` does not count."""
        read = self.model.tokenizer(
            list(texts), padding=True, truncation=True, max_length=tokens, return_tensors="pt"
        )
        pooled: torch.Tensor = self.model(dict(read))["sentence_embedding"]
        return torch.nn.functional.normalize(pooled, dim=-1)
