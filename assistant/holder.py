"""Holds the published generation open, and opens the next one when it has been published."""

from pathlib import Path
from threading import Lock

from ingestion.embedding import Embedder
from ingestion.errors import EmbedderMismatch
from ingestion.generation import Generation, open_generation
from ingestion.publication import current_name


class Holder:
    """Gives each question one generation for its whole length."""

    def __init__(self, home: Path, embedder: Embedder, name: str | None = None) -> None:
        """`name` pins one generation instead of the published one."""
        self._home = home
        self._embedder = embedder
        self._pinned = name
        self._open: Generation | None = None
        self._lock = Lock()

    def current(self) -> Generation:
        """The generation to use now.

        Raises UnknownGeneration when none is published, DamagedGeneration, or EmbedderMismatch.
        """
        name = self._pinned or current_name(self._home)
        with self._lock:
            if self._open is None or self._open.manifest.name != name:
                self._open = self._checked(name)
            return self._open

    def _checked(self, name: str) -> Generation:
        generation = open_generation(self._home, name)
        built_by = generation.manifest.embedder
        if built_by != self._embedder.name:
            raise EmbedderMismatch(
                f"L'index {name} a été construit avec {built_by}, mais le modèle de vecteurs "
                f"choisi est {self._embedder.name}. Reconstruisez-le : sourcier index build"
            )
        return generation
