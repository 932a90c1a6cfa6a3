"""From a model's name, or a path, to weights that are here and are the right ones."""

from dataclasses import dataclass
from pathlib import Path

from ingestion.errors import ModelUnavailable
from ingestion.weights.catalogue import Catalogue, Model
from ingestion.weights.catalogue_file import load_catalogue
from ingestion.weights.digests import Digests
from ingestion.weights.records import recorded


@dataclass(frozen=True, slots=True)
class Weights:
    """A file or folder of weights, its sha256, and its catalogue entry when it has one."""

    path: Path
    model: Model | None
    sha256: str


def models_folder(home: Path) -> Path:
    """Where weights live in the data folder."""
    return home / "models"


def locate(name_or_path: str, home: Path) -> Weights:
    """Find weights by catalogue name or by path, and check their hash.

    Raises:
        ModelUnavailable: When they are absent, altered or unknown; the message says what to run.
    """
    folder = models_folder(home)
    catalogue = load_catalogue(folder)
    model = catalogue.find(name_or_path)
    if model is None and Path(name_or_path).expanduser().exists():
        return _at_path(Path(name_or_path).expanduser(), catalogue, folder)
    model = catalogue.get(name_or_path)
    path = folder / model.file
    if not path.exists():
        raise ModelUnavailable(
            f"Le modèle « {model.name} » n'est pas sur cette machine. "
            f"Téléchargez-le : sourcier models pull {model.name}"
        )
    digest = Digests(folder).of(path)
    if digest != (expected(model, folder) or digest):
        raise ModelUnavailable(
            f"Le modèle « {model.name} » est altéré : son empreinte n'est pas celle attendue. "
            f"Remplacez-le : sourcier models pull {model.name}"
        )
    return Weights(path, model, digest)


def expected(model: Model, folder: Path) -> str | None:
    """The hash that the weights must have: the catalogue's, else the one of the first download."""
    return model.sha256 or recorded(folder).get(model.name)


def _at_path(path: Path, catalogue: Catalogue, folder: Path) -> Weights:
    digest = Digests(folder).of(path)
    same = (model for model in catalogue.models if expected(model, folder) == digest)
    return Weights(path, next(same, None), digest)
