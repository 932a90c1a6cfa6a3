"""What the homologation file is written from: facts of this installation, measures, data flows."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib.metadata import requires, version
from importlib.util import find_spec
from math import hypot
from pathlib import Path
from typing import Any

from assistant.evaluation.grading import Estimates
from assistant.evaluation.runs import ROOT, code_version, machine, taught_weights
from assistant.journal.journal import Journal, journal_of
from assistant.publishing.history import IndexEvent, index_events
from assistant.reports.markup import Html, render
from assistant.review.recorded import moment
from assistant.settings import Settings, served_embedder
from assistant.voice.transcriber import voice_model
from ingestion.errors import IngestionError
from ingestion.index.publication import current_manifest
from ingestion.index.store import Manifest
from ingestion.library.corpus import CORPUS
from ingestion.models.catalogue import Taught, locate

# What the file says whatever the installation: corpus/homologation, kept by hand.

FOLDER = CORPUS / "homologation"


@cache
def load_content(name: str) -> dict[str, Any]:
    """One file of the folder, by its name without suffix."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


# Measures against the recommendations R1 to R35 of ANSSI, and what each claim rests on.


class MeasureState(StrEnum):
    """How a recommendation stands; the value is what the file says."""

    MET = "tenue"
    UNMET = "non tenue"
    NOT_APPLICABLE = "sans objet"
    BODY = "dépend de l'organisme"


@dataclass(frozen=True, slots=True)
class SecurityMeasure:
    """What is claimed of a recommendation ("R8"), why, and by which evidence.

    A piece of evidence is a file of the project, a test in one, or a setting ("réglage:writing").
    """

    name: str
    title: str
    state: MeasureState
    why: str
    evidence: tuple[str, ...]


Holds = Callable[[str], bool]
"""Whether something that a claim needs is so: a module of the program, or a fact of the machine."""


def measures(holds: Holds) -> tuple[SecurityMeasure, ...]:
    """Every recommendation with the claim that holds on this machine, R1 first."""
    return tuple(_measure(row, holds) for row in load_content("mesures")["measure"])


def count(found: Sequence[SecurityMeasure]) -> Mapping[MeasureState, int]:
    """How many recommendations stand so, for each state."""
    counted = Counter(each.state for each in found)
    return {state: counted[state] for state in MeasureState}


def _stands(row: Mapping[str, Any], holds: Holds) -> bool:
    return all(map(holds, row.get("needs", ()))) and not any(map(holds, row.get("unless", ())))


def _measure(row: Mapping[str, Any], holds: Holds) -> SecurityMeasure:
    claim = row if _stands(row, holds) else row["otherwise"]
    return SecurityMeasure(
        f"R{row['number']}",
        row["title"],
        MeasureState[claim["state"].upper()],
        claim["why"],
        tuple(claim["evidence"]),
    )


# Sovereignty: who holds what, and of what the service depends.


@dataclass(frozen=True, slots=True)
class SovereigntyStatement:
    """A question that an authority asks, what is told of this machine, and on which evidence."""

    what: str
    told: str
    evidence: tuple[str, ...]


def sovereignty(holds: Holds) -> tuple[SovereigntyStatement, ...]:
    """The sheet, with what holds on this machine."""
    return tuple(
        SovereigntyStatement(
            row["what"],
            row["told" if _stands(row, holds) else "otherwise"],
            tuple(row["evidence"]),
        )
        for row in load_content("souverainete")["statement"]
    )


def described(holds: Holds) -> Iterator[tuple[str, str]]:
    """The properties of the offer on this machine, in the terms of Gaia-X."""
    for row in load_content("souverainete")["property"]:
        yield row["name"], row["value" if _stands(row, holds) else "otherwise"]


# Data flows, as rows of a table and as a drawing. Pure.

ACROSS, DOWN = 190, 105
WIDTH, HEIGHT = 145, 44
MARGIN, SAYING = 22, 14
"""Units of the drawing: from one place to the next, the size of a place, what is left around and
for the words below."""


Point = tuple[float, float]
"""Across from the left and down from the top."""


@dataclass(frozen=True, slots=True)
class DataPlace:
    """Where data stand; `inside` the machine that runs the program or not."""

    label: str
    column: int
    row: int
    inside: bool

    @property
    def corner(self) -> Point:
        """Its upper left corner in the drawing."""
        return MARGIN + self.column * ACROSS, MARGIN + self.row * DOWN

    def edge(self, towards: "DataPlace") -> Point:
        """Where the line to another place leaves this one."""
        (x, y), (left, top) = self.corner, towards.corner
        across, down = left - x, top - y
        sides = (
            WIDTH / 2 / abs(across) if across else 1.0,
            HEIGHT / 2 / abs(down) if down else 1.0,
        )
        share = min(sides)
        return x + WIDTH / 2 + across * share, y + HEIGHT / 2 + down * share


@dataclass(frozen=True, slots=True)
class Flow:
    """What goes from one place to another, how it is protected, and whose work makes it go."""

    number: int
    start: DataPlace
    end: DataPlace
    data: str
    protection: str
    when: str

    @property
    def line(self) -> tuple[Point, Point]:
        """From the edge of the first place to that of the second."""
        return self.start.edge(self.end), self.end.edge(self.start)

    @property
    def head(self) -> tuple[Point, Point, Point]:
        """The three corners of its arrow."""
        (x, y), (left, top) = self.line
        length = hypot(left - x, top - y)
        along, aside = (left - x) / length * 8, (top - y) / length * 8
        return (
            (left, top),
            (left - along - aside / 2, top - aside + along / 2),
            (left - along + aside / 2, top - aside - along / 2),
        )


def flows(holds: Holds) -> tuple[Flow, ...]:
    """The flows that there are, numbered from 1 as in the drawing."""
    table = load_content("flux")
    places = {
        row["name"]: DataPlace(row["label"], row["column"], row["row"], row["inside"])
        for row in table["place"]
    }
    found = [row for row in table["flow"] if _stands(row, holds)]
    return tuple(
        Flow(n, places[row["from"]], places[row["to"]], row["data"], row["protection"], row["when"])
        for n, row in enumerate(found, 1)
    )


def drawing(found: tuple[Flow, ...]) -> Html:
    """The places and the flows between them as SVG; a frame shows what stands on the machine."""
    places = tuple(dict.fromkeys(place for each in found for place in (each.start, each.end)))
    columns = [place.corner[0] for place in places if place.inside]
    return render(
        "flows.html",
        flows=found,
        places=places,
        box=(WIDTH, HEIGHT),
        inside=(min(columns) - 12, max(columns) + WIDTH + 12),
        right=max(place.corner[0] for place in places) + WIDTH + MARGIN,
        bottom=max(place.corner[1] for place in places) + HEIGHT + MARGIN + SAYING,
    )


# Facts of this installation, as they are when the file is written.

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
