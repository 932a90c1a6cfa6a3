"""Facts of this installation, as they are when the file is written."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from importlib.metadata import requires, version
from importlib.util import find_spec
from pathlib import Path

from assistant.evaluation import ROOT, code_version, machine
from assistant.journal import Journal, journal_of
from assistant.measures import Estimates
from assistant.settings import Settings
from ingestion.errors import IngestionError
from ingestion.manifest import Manifest
from ingestion.publication import current_manifest
from ingestion.weights.locate import locate

ACCOUNTS = "comptes"
"""The need of a claim that people have accounts on this machine."""

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
class Facts:
    """What the file says of this machine."""

    made: date
    code: str
    machine: str
    settings: tuple[tuple[str, str], ...]
    manifest: Manifest | None
    weights: tuple[ModelWeights, ...]
    journal: JournalState
    libraries: tuple[tuple[str, str], ...]
    evaluation: Estimates | None = None

    @property
    def has_accounts(self) -> bool:
        """Whether people log in on this machine."""
        return ("access", "accounts") in self.settings

    @property
    def retention(self) -> str:
        """How long the journal keeps texts, in words."""
        months = dict(self.settings).get("retention_months")
        return f"{months} mois, puis les empreintes seules" if months else "sans échéance"

    def holds(self, need: str) -> bool:
        """Whether what a claim needs is so on this machine."""
        return self.has_accounts if need == ACCOUNTS else is_built(need)


def gather(home: Path, settings: Settings, made: date, evaluation: Estimates | None) -> Facts:
    """The facts of a data folder and of this program; nothing is written."""
    return Facts(
        made=made,
        code=code_version(ROOT),
        machine=machine(),
        settings=tuple((name, str(value)) for name, value in asdict(settings).items()),
        manifest=current_manifest(home),
        weights=(
            _weights("lecture et réécriture", settings.llm, home),
            _weights("recherche", settings.embedder, home),
        ),
        journal=_journal(journal_of(home)),
        libraries=tuple(_libraries()),
        evaluation=evaluation,
    )


def is_built(module: str) -> bool:
    """Whether the program has this module."""
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even its package
        return False


def _weights(use: str, chosen: str, home: Path) -> ModelWeights:
    try:
        found = locate(chosen, home)
    except IngestionError as failure:
        return ModelWeights(use, chosen, "", "", str(failure))
    if found.model is None:
        return ModelWeights(use, found.path.name, "", found.sha256, "hors catalogue")
    return ModelWeights(use, found.model.title, found.model.licence, found.sha256)


def _journal(journal: Journal) -> JournalState:
    days = [datetime.fromisoformat(entry["at"]).date() for entry in journal.entries()]
    return JournalState(len(days), min(days, default=None), sum(1 for _ in journal.faults()))


def _libraries() -> Iterator[tuple[str, str]]:
    """The libraries that the program names itself, with the versions installed here."""
    for each in requires("sourcier") or ():
        if "extra ==" not in each and (name := _NAME.match(each)):
            yield name[0], version(name[0])
