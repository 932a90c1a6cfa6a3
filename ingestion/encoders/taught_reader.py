"""The reader at work: what the taught network tells of passages for a question."""

from collections.abc import Sequence
from pathlib import Path

import torch

from ingestion.chunking.passages import Passage
from ingestion.encoders.adapters import merge, read_adapter
from ingestion.encoders.network import TextEncoder
from ingestion.encoders.reader import ReaderNetwork
from ingestion.errors import ModelUnavailable
from ingestion.index.search import as_indexed


class TaughtReader:
    """A sentence-transformers folder with what it was taught of reading."""

    def __init__(self, folder: Path, name: str, taught: Path) -> None:
        """Load the folder and the file of what it was `taught`; raises ModelUnavailable."""
        adapter, encoder = read_adapter(taught), TextEncoder(folder)
        self._network = ReaderNetwork(encoder)
        try:
            merge(encoder.network, adapter)
            self._network.heads.load_state_dict(adapter.own)
        except (KeyError, RuntimeError) as error:
            raise ModelUnavailable(
                f"Les poids appris {taught} ne vont pas avec le modèle {folder} ({error}). "
                "Refaites-les : sourcier models train reader"
            ) from error
        self._network.train(False)
        self._name = name

    @property
    def name(self) -> str:
        """As given by the one who knows the digests."""
        return self._name

    def read(self, question: str, passages: Sequence[Passage]) -> list[float]:
        """Read each passage as both searches do, with what places it before its words."""
        if not passages:
            return []
        texts = [as_indexed(each) for each in passages]
        pairs = self._network.tokens([question] * len(texts), texts)
        with torch.inference_mode():
            answers: list[float] = self._network(pairs).answers.tolist()
        return answers
