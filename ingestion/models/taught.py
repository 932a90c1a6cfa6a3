"""What weights were taught besides: a file of a few megabytes, found by the weights it is for.

It is looked for in the data folder, where training puts it, then among those of the project.
"""

from enum import StrEnum
from pathlib import Path

from ingestion.durable import file_sha256
from ingestion.library.library import CORPUS
from ingestion.models.catalogue import models_folder

SHIPPED = CORPUS / "modeles"


class Taught(StrEnum):
    """What is made of the embedder's weights."""

    RETRIEVER = "retriever"
    READER = "reader"


def taught_file(folder: Path, taught: Taught, base_sha256: str) -> Path:
    """The file in a folder, bound by its name to the weights that it is for."""
    return folder / f"{taught}-{base_sha256[:12]}.safetensors"


def own_folder(home: Path) -> Path:
    """Where the data folder keeps what was learnt there."""
    return models_folder(home) / "taught"


def find_taught(home: Path, taught: Taught, base_sha256: str) -> Path | None:
    """The file of what these weights were taught, the data folder's before the project's."""
    files = (taught_file(each, taught, base_sha256) for each in (own_folder(home), SHIPPED))
    return next((file for file in files if file.exists()), None)


def taught_digest(file: Path) -> str:
    """What tells one such file from another, in the name of an embedder."""
    return file_sha256(file)[:12]
