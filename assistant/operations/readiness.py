"""Readiness: what the service stands on, how each is, and whether it can answer."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from assistant.llm.fallback import FallbackModel
from assistant.llm.keeper import ProcessStanding
from assistant.llm.language_model import EngineUse, LanguageModel
from assistant.publishing.build_queue import NOBODY, queue_of
from assistant.settings import Settings, local_models
from ingestion.errors import IngestionError
from ingestion.index.search import Embedder, Served
from ingestion.index.snapshot import IndexSnapshot
from ingestion.models.catalogue import load_catalogue, models_folder
from ingestion.setup.preflight import RUN_BYTES, gigabytes


class RequirementState(StrEnum):
    """How a requirement is; the value is what programs read."""

    MET = "ok"
    WEAK = "warning"
    BROKEN = "broken"

    @property
    def mark(self) -> str:
        """How it is shown to people."""
        return {"ok": "✓", "warning": "!", "broken": "✗"}[self.value]


@dataclass(frozen=True, slots=True)
class Requirement:
    """Something without which the service is worse, or not there.

    `told` is a French sentence that says how it is, `remedy` one that says what to do, "" where
    nothing is to be done. Neither holds a word of a question, nor anybody's name.
    """

    name: str
    state: RequirementState
    told: str
    remedy: str = ""


def met(name: str, told: str) -> Requirement:
    """One that is as it should be."""
    return Requirement(name, RequirementState.MET, told)


def weak(name: str, told: str, remedy: str = "") -> Requirement:
    """One that the service can do without for a while."""
    return Requirement(name, RequirementState.WEAK, told, remedy)


def broken(name: str, told: str, remedy: str) -> Requirement:
    """One that the service cannot do without."""
    return Requirement(name, RequirementState.BROKEN, told, remedy)


def holds(requirements: Iterable[Requirement]) -> bool:
    """Whether none of them is broken. Pure."""
    return all(each.state is not RequirementState.BROKEN for each in requirements)


def requirement_fields(requirements: Sequence[Requirement]) -> dict[str, Any]:
    """Requirements as programs read them. Pure."""
    return {"requirements": [asdict(each) for each in requirements]}


LEAST_BYTES = 50_000_000
"""Free space below which the next answers may not be recorded, and are then not given."""

DISK = "disque"


def disk(home: Path) -> Requirement:
    """Whether the data folder takes what each answer writes before it is shown."""
    if not os.access(home, os.W_OK):
        return broken(
            DISK,
            "Le dossier des données ne se laisse pas écrire par ce compte.",
            "Rendez-le au compte du service (chown -R), ou montez le disque en écriture.",
        )
    free = shutil.disk_usage(home).free
    told = f"Il reste {gigabytes(free)} sur le disque des données."
    remedy = "Libérez de la place : la page /admin/entretien dit ce qui en prend."
    if free < LEAST_BYTES:
        return broken(DISK, told, remedy)
    return weak(DISK, told, remedy) if free < RUN_BYTES else met(DISK, told)


# Readiness: whether the next question can be answered, seen from inside the running service.
#
# Each look is cheap: nothing is started, hashed or opened but an index published since the last
# one.


INDEX, WEIGHTS, MODEL, VECTORS = "index", "poids", "modèle", "vecteurs"
SERVER, BUILDS = "serveur", "constructions"


@runtime_checkable
class WatchedModel(Protocol):
    """A language model outside this process, which may be gone."""

    @property
    def standing(self) -> ProcessStanding:
        """Whether it is there, told at once."""

    @property
    def restarts(self) -> int:
        """How often it was started again."""


def watched(model: LanguageModel) -> WatchedModel | None:
    """The model outside this process, or that stands in for a server, None where there is none."""
    here = model.stand_in if isinstance(model, FallbackModel) else model
    return here if isinstance(here, WatchedModel) else None


def readiness(
    home: Path,
    settings: Settings,
    index: Callable[[], IndexSnapshot],
    model: LanguageModel,
    embedder: Embedder,
) -> tuple[Requirement, ...]:
    """What answering stands on; `index` gives the one that the next question would be asked of."""
    found = [of_index(index), *of_weights(home, settings), disk(home), *of_builds(home)]
    if use := model.engine:
        found.append(of_engine(use))
    if kept := watched(model):
        is_needed = use is None or bool(use.problem)
        found.append(of_process(kept.standing, broken if is_needed else weak))
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
            remedy = (
                f"Téléchargez-les : sourcier models pull {called}"
                if known
                else "Rétablissez ce fichier, ou corrigez « llm » ou « embedder » dans "
                "settings.toml : sourcier models list"
            )
            yield broken(WEIGHTS, f"Les poids de {called} ne sont pas là.", remedy)


def of_server(embedder: Served) -> Requirement:
    """Whether the server of the vectors answered when it was last asked.

    Only a question asks it again, so that it is no reason to send nobody.
    """
    if not embedder.problem:
        return met(VECTORS, f"Les vecteurs viennent de {embedder.host}.")
    told = f"{embedder.host} n'a pas donné de vecteurs à la dernière question : {embedder.problem}."
    return weak(VECTORS, told, "Rétablissez ce serveur : sans vecteurs, rien ne se cherche.")


def of_engine(use: EngineUse) -> Requirement:
    """Whether the server of the language model wrote what it was last asked for.

    Only a question asks it again, and the model of this machine reads in its place meanwhile.
    """
    if not use.problem:
        return met(SERVER, f"Le modèle {use.model} écrit sur {use.host}.")
    told = f"{use.host} n'a pas servi la dernière question : {use.problem}."
    return weak(SERVER, told, "Rétablissez-le : le modèle de cette machine lit à sa place.")


def of_builds(
    home: Path, stuck: Callable[[str, str, str], Requirement] = weak
) -> Iterator[Requirement]:
    """Whether somebody builds what is asked for, where a queue is asked.

    Questions are answered without; `stuck` says how bad it is that somebody waits for nobody.
    """
    try:
        queue = queue_of(home)
        if queue is None:
            return
        waiting, builders = queue.waiting, queue.builders
    except IngestionError as failure:
        yield weak(BUILDS, str(failure))
        return
    if builders:
        yield met(BUILDS, "Un processus construit les index qui sont demandés.")
    elif waiting:
        told = f"Une construction attend depuis le {waiting.began.astimezone():%d/%m/%Y à %H:%M}."
        yield stuck(BUILDS, told, f"{NOBODY}.")
    else:
        yield weak(BUILDS, "Un index demandé ne serait construit par personne.", f"{NOBODY}.")


def of_process(
    standing: ProcessStanding, resting: Callable[[str, str, str], Requirement] = broken
) -> Requirement:
    """How the process of the language model is; `resting` says how bad it is that it rests.

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
            return resting(
                MODEL,
                "Le processus du modèle de langue s'est arrêté plusieurs fois de suite : il n'est "
                "plus relancé pendant quelques minutes. Les citations sont données sans lui.",
                "Le journal du service en dit la cause ; puis : sourcier doctor",
            )
