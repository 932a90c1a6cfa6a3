"""The embedding model in process. Door of sentence-transformers (and torch)."""

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

import numpy as np  # noqa: E402
import torch  # noqa: E402
from safetensors import SafetensorError  # noqa: E402
from sentence_transformers import SentenceTransformer  # noqa: E402
from transformers.utils import logging as transformers_logging  # noqa: E402

from ingestion.encoders.adapters import merge, read_adapter  # noqa: E402
from ingestion.errors import ModelUnavailable  # noqa: E402
from ingestion.index.search import Vectors  # noqa: E402
from ingestion.models.catalogue import Prefixes  # noqa: E402

transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]

BATCH = 16


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

    def encode(self, texts: Sequence[str], tokens: int) -> torch.Tensor:
        """Unit rows that gradients flow through; what exceeds `tokens` does not count."""
        read = self.model.tokenizer(
            list(texts), padding=True, truncation=True, max_length=tokens, return_tensors="pt"
        )
        pooled: torch.Tensor = self.model(dict(read))["sentence_embedding"]
        return torch.nn.functional.normalize(pooled, dim=-1)


class SentenceTransformerEmbedder:
    """A sentence-transformers folder, with what it was taught."""

    def __init__(
        self,
        folder: Path,
        name: str,
        taught: Path | None = None,
        prefixes: Prefixes | None = None,
    ) -> None:
        """Load the folder, and what it was `taught`; raises ModelUnavailable."""
        encoder = TextEncoder(folder, prefixes)
        if taught is not None:
            merge(encoder.network, read_adapter(taught))
        self._model = encoder.model.to(_precision())
        self._prefixes = encoder.prefixes
        self._name = name

    @property
    def name(self) -> str:
        """As given by the one who knows the digest of the folder."""
        return self._name

    @property
    def dimension(self) -> int:
        """As the model says."""
        size = self._model.get_embedding_dimension()
        assert size is not None
        return size

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """What exceeds the model's window (512 tokens) does not count."""
        return self._embed([self._prefixes.passage + text for text in texts])

    def embed_questions(self, texts: Sequence[str]) -> Vectors:
        """With another prefix than a passage: the two are not compared alike."""
        return self._embed([self._prefixes.question + text for text in texts])

    def _embed(self, texts: list[str]) -> Vectors:
        rows = self._model.encode(texts, batch_size=BATCH, convert_to_tensor=True)
        vectors = rows.float().numpy().astype(np.float32)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def _precision() -> torch.dtype:
    """bfloat16 where the processor multiplies it natively (twice as fast), else float32."""
    native = torch.cpu._is_avx512_bf16_supported()  # no public question exists for this yet
    return torch.bfloat16 if native else torch.float32
