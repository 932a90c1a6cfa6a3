"""Facts of this installation, as they are when the file is written."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import requires, version
from importlib.util import find_spec
from pathlib import Path

from assistant.evaluation import ROOT, code_version, machine
from assistant.journal import Journal, journal_of
from assistant.measures import Estimates
from assistant.review.recorded import moment
from assistant.settings import Settings
from ingestion.errors import IngestionError
from ingestion.manifest import Manifest
from ingestion.publication import current_manifest
from ingestion.weights.locate import locate

GIVEN, ABSENT = "renseigné", "–"
"""What is told of a setting that may hold a secret, and of one that is not given."""

ACCOUNTS = "comptes"
SET = (ACCOUNTS, "openid", "ledger")
"""Needs of a claim that the settings of this machine answer: one is given, or says accounts."""

DECISIONS = {
    "gate_passed": "contrôle passé",
    "gate_refused": "contrôle refusé",
    "published": "mis en service",
    "forced": "mis en service malgré le contrôle",
    "refused": "refusé",
    "rolled_back": "remis en service",
    "noticed": "constaté en service, autre que le dernier annoncé",
}
"""Acts of entries of kind "index" that decide of one, in French."""

SHOWN = 10
"""Decisions that are told, the last ones."""

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
class Decision:
    """What the gate or a person decided of an index, and why, as the journal has it."""

    on: date
    act: str
    generation: str
    reason: str


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
    decisions: tuple[Decision, ...]
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


def gather(home: Path, settings: Settings, made: date, evaluation: Estimates | None) -> Facts:
    """The facts of a data folder and of this program; nothing is written."""
    journal = journal_of(home)
    return Facts(
        made=made,
        code=code_version(ROOT),
        machine=machine(),
        settings=tuple((name, told(value)) for name, value in asdict(settings).items()),
        manifest=current_manifest(home),
        weights=(
            _weights("lecture et réécriture", settings.llm, home),
            _weights("recherche", settings.embedder, home),
        ),
        journal=_state(journal),
        decisions=tuple(_decisions(journal))[-SHOWN:],
        libraries=tuple(_libraries()),
        evaluation=evaluation,
    )


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


def _decisions(journal: Journal) -> Iterator[Decision]:
    """Every decision on an index, the oldest first."""
    for entry in journal.entries():
        body = journal.body(entry) if entry["kind"] == "index" else None
        if body and body["act"] in DECISIONS:
            why = body.get("reason") or " ".join(body.get("reasons", ()))
            yield Decision(moment(entry).date(), body["act"], body["generation"], why)


def _libraries() -> Iterator[tuple[str, str]]:
    """The libraries that the program names itself, with the versions installed here."""
    for each in requires("sourcier") or ():
        if "extra ==" not in each and (name := _NAME.match(each)):
            yield name[0], version(name[0])
