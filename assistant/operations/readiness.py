"""Readiness: whether the next question can be answered, seen from inside the running service.

Each look is cheap: nothing is started, hashed or opened but an index published since the last one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol, runtime_checkable

from assistant.llm.keeper import ProcessStanding
from assistant.llm.language_model import LanguageModel
from assistant.operations.requirements import Requirement, broken, disk, met, weak
from assistant.settings import Settings, local_models
from ingestion.errors import IngestionError
from ingestion.index.search import Embedder, Served
from ingestion.index.snapshot import IndexSnapshot
from ingestion.models.catalogue import load_catalogue, models_folder

INDEX, WEIGHTS, MODEL, VECTORS = "index", "poids", "modèle", "vecteurs"


@runtime_checkable
class WatchedModel(Protocol):
    """A language model outside this process, which may be gone."""

    @property
    def standing(self) -> ProcessStanding:
        """Whether it is there, told at once."""
        ...

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        ...


def readiness(
    home: Path,
    settings: Settings,
    index: Callable[[], IndexSnapshot],
    model: LanguageModel,
    embedder: Embedder,
) -> tuple[Requirement, ...]:
    """What answering stands on; `index` gives the one that the next question would be asked of."""
    found = [of_index(index), *of_weights(home, settings), disk(home)]
    if isinstance(model, WatchedModel):
        found.append(of_process(model.standing))
    if isinstance(embedder, Served):
        found.append(of_server(embedder))
    return tuple(found)


def of_index(index: Callable[[], IndexSnapshot]) -> Requirement:
    """Whether the index in service can be asked."""
    try:
        manifest = index().manifest
    except IngestionError as failure:
        return broken(INDEX, str(failure), "Voyez ce qui manque : sourcier doctor")
    return met(INDEX, f"L'index {manifest.name} est ouvert, {manifest.passages} passages.")


def of_weights(home: Path, settings: Settings) -> Iterator[Requirement]:
    """Whether the files are there from which the model's process would be started again."""
    folder = models_folder(home)
    try:
        catalogue = load_catalogue(folder)
    except IngestionError as failure:
        yield broken(WEIGHTS, str(failure), "Corrigez ce fichier, ou retirez-le.")
        return
    for name in local_models(settings):
        known = catalogue.find(name)
        path = folder / known.file if known else Path(name).expanduser()
        called = known.name if known else path.name
        if path.exists():
            yield met(WEIGHTS, f"Les poids de {called} sont là.")
        else:
            remedy = f"Téléchargez-les : sourcier models pull {called}"
            yield broken(WEIGHTS, f"Les poids de {called} ne sont pas là.", remedy)


def of_server(embedder: Served) -> Requirement:
    """Whether the server of the vectors answered when it was last asked.

    Only a question asks it again, so that it is no reason to send nobody.
    """
    if not embedder.problem:
        return met(VECTORS, f"Les vecteurs viennent de {embedder.host}.")
    told = f"{embedder.host} n'a pas donné de vecteurs à la dernière question : {embedder.problem}."
    return weak(VECTORS, told, "Rétablissez ce serveur : sans vecteurs, rien ne se cherche.")


def of_process(standing: ProcessStanding) -> Requirement:
    """How the process of the language model is.

    One that has ended is started for who needs it next, so that who waits for it to be back before
    sending anybody would wait for ever: it is worth a word, and no more.
    """
    match standing:
        case ProcessStanding.RUNNING:
            return met(MODEL, "Le processus du modèle de langue tourne.")
        case ProcessStanding.STOPPED:
            return weak(
                MODEL,
                "Le processus du modèle de langue s'est arrêté ; il sera relancé pour la prochaine "
                "question qui en a besoin.",
            )
        case ProcessStanding.RESTING:
            return broken(
                MODEL,
                "Le processus du modèle de langue s'est arrêté plusieurs fois de suite : il n'est "
                "plus relancé pendant quelques minutes. Les citations sont données sans lui.",
                "Le journal du service en dit la cause ; puis : sourcier doctor",
            )
