"""What the homologation file is written from: the facts of this installation."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import requires, version
from importlib.util import find_spec
from pathlib import Path

from assistant.evaluation.grading import Estimates
from assistant.evaluation.runs import ROOT, code_version, machine, taught_weights
from assistant.journal.journal import Journal, journal_of
from assistant.publishing.history import IndexEvent, index_events
from assistant.review.recorded import moment
from assistant.settings import Settings, served_embedder
from assistant.voice.transcriber import voice_model
from ingestion.errors import IngestionError
from ingestion.index.publication import current_manifest
from ingestion.index.store import Manifest
from ingestion.models.catalogue import Taught, locate

GIVEN, ABSENT = "renseigné", "–"
"""What is told of a setting that may hold a secret, and of one that is not given."""

ACCOUNTS = "comptes"
ENGINE = "engine"
EMBEDDINGS = "embeddings"
SET = (ACCOUNTS, "openid", "ledger", "store", ENGINE, EMBEDDINGS, "traces")
"""Needs of a claim that the settings of this machine answer: one is given, or says accounts."""

SHOWN = 20
"""Acts on the index that are told, the last ones."""

_NAME = re.compile(r"[\w.-]+")


@dataclass(frozen=True, slots=True)
class ModelWeights:
    """Weights in use; `remark` says in French why they are not, or that no catalogue knows them."""

    use: str
    name: str
    licence: str
    sha256: str
    remark: str = ""


@dataclass(frozen=True, slots=True)
class JournalState:
    """How many entries the journal has, since when, and how many faults its chain shows."""

    entries: int
    first: date | None
    faults: int


@dataclass(frozen=True, slots=True)
class InstallationFacts:
    """What the file says of this machine."""

    made: date
    code: str
    machine: str
    settings: tuple[tuple[str, str], ...]
    manifest: Manifest | None
    weights: tuple[ModelWeights, ...]
    journal: JournalState
    decisions: tuple[IndexEvent, ...]
    libraries: tuple[tuple[str, str], ...]
    evaluation: Estimates | None = None

    @property
    def has_accounts(self) -> bool:
        """Whether people log in on this machine."""
        return self.holds(ACCOUNTS)

    @property
    def retention(self) -> str:
        """How long the journal keeps texts, in words."""
        months = dict(self.settings).get("retention_months")
        return f"{months} mois, puis les empreintes seules" if months else "sans échéance"

    def holds(self, need: str) -> bool:
        """Whether what a claim needs is so on this machine."""
        settings = dict(self.settings)
        if need == ACCOUNTS:
            return settings.get("access") == "accounts"
        return settings.get(need, ABSENT) != ABSENT if need in SET else is_built(need)


def gather(
    home: Path, settings: Settings, made: date, evaluation: Estimates | None
) -> InstallationFacts:
    """The facts of a data folder and of this program; nothing is written."""
    journal = journal_of(home)
    return InstallationFacts(
        made=made,
        code=code_version(ROOT),
        machine=machine(),
        settings=tuple(_chosen(settings)),
        manifest=current_manifest(home),
        weights=tuple(_in_use(settings, home)),
        journal=_state(journal),
        decisions=tuple(index_events(journal))[-SHOWN:],
        libraries=tuple(_libraries()),
        evaluation=evaluation,
    )


def _chosen(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each setting as it may be read by anybody; of the model's server, its name."""
    server = served_embedder(settings)
    yield EMBEDDINGS, f"{server.embeddings} sur {server.host}" if server else ABSENT
    for name, value in asdict(settings).items():
        yield name, settings.engine.host if name == ENGINE and settings.engine else told(value)


def told(value: object) -> str:
    """A setting as it may be read by anybody: one that has parts may hold a secret."""
    if isinstance(value, (str, int)):
        return str(value) or ABSENT
    return ABSENT if value is None else GIVEN


def is_built(module: str) -> bool:
    """Whether the program has this module."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even its package
        return False


def _in_use(settings: Settings, home: Path) -> Iterator[ModelWeights]:
    reading = "lecture et réécriture"
    if engine := settings.engine:
        remark = f"servi par {engine.host} : licence et empreinte sont à demander là"
        yield ModelWeights(reading, engine.model, "", "", remark)
        reading = f"{reading}, quand {engine.host} ne répond pas"
    yield _weights(reading, settings.llm, home)
    if server := served_embedder(settings):
        remark = f"servi par {server.host} : licence et empreinte sont à demander là"
        yield ModelWeights("recherche", server.embeddings, "", "", remark)
    else:
        yield _weights("recherche", settings.embedder, home)
        yield from _taught(settings.embedder, home)
    with suppress(IngestionError):  # of a wrong catalogue every other row tells
        if model := voice_model(home):
            yield _weights("dictée", model.name, home)


_LEARNT = {
    Taught.RETRIEVER: "recherche, appris en plus",
    Taught.READER: "lecteur : ce passage répond-il ?",
}


def _taught(chosen: str, home: Path) -> Iterator[ModelWeights]:
    """What the embedder was taught, which decides what is found and whether it answers."""
    with suppress(IngestionError):
        for taught, each in taught_weights(home, locate(chosen, home)).items():
            yield ModelWeights(_LEARNT[taught], each.name, "", each.sha256, each.origin)


def _weights(use: str, chosen: str, home: Path) -> ModelWeights:
    try:
        found = locate(chosen, home)
    except IngestionError as failure:
        return ModelWeights(use, chosen, "", "", str(failure))
    if found.model is None:
        return ModelWeights(use, found.path.name, "", found.sha256, "hors catalogue")
    return ModelWeights(use, found.model.title, found.model.licence, found.sha256)


def _state(journal: Journal) -> JournalState:
    days = [moment(entry).date() for entry in journal.entries()]
    return JournalState(len(days), min(days, default=None), sum(1 for _ in journal.faults()))


def _libraries() -> Iterator[tuple[str, str]]:
    """The libraries that the program names itself, with the versions installed here."""
    for each in requires("sourcier") or ():
        if "extra ==" not in each and (name := _NAME.match(each)):
            yield name[0], version(name[0])
