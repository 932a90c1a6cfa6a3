"""The record of a turn, as the schema of /v1 announces it: the contract of `ask --json`."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from assistant.answering.answer import LineRole, Outcome
from assistant.answering.record import LeadForm, LeadMaker
from assistant.citations.checker import Support
from assistant.question.day import DaySource
from assistant.tools.tool import among


def _without_ours(schema: dict[str, Any]) -> None:
    """Leave out what pydantic makes of our names and docstrings, which are in English."""
    schema.pop("title", None)
    schema.pop("description", None)
    for told in schema.get("properties", {}).values():
        told.pop("title", None)


class Announced(BaseModel):
    """A component of the schema."""

    model_config = ConfigDict(json_schema_extra=_without_ours)


class RecordedSentence(Announced):
    """A sentence of the answer; what is usual is not told."""

    text: str
    citations: list[int]
    support: Annotated[str, among(Support)]
    aside: bool = False
    spoken_by: str = ""
    role: Annotated[str, among(LineRole)] | None = None
    label: str = ""


class RecordedCitation(Announced):
    """A place that carries a sentence; what is usual is not told."""

    n: int
    document: str
    title: str
    locator: str
    quote: str
    passage_id: str
    start: int = Field(description="Caractères du document ; end exclu.")
    end: int
    sha256: str = Field(description="Empreinte du texte du document.")
    valid_from: date | None
    valid_to: date | None
    hidden: bool = False
    recognised: bool = False
    doubts: list[str] = []


class RecordedLead(Announced):
    """The line that answers."""

    text: str
    form: Annotated[str, among(LeadForm)]
    made_by: Annotated[str, among(LeadMaker)]
    citations: list[int]


class RecordedRemoval(Announced):
    """A sentence that was not shown."""

    text: str
    reason: str


class RecordedChoice(Announced):
    """A case that the answer turns on."""

    label: str
    question: str


class RecordedPassage(Announced):
    """A passage that was found."""

    n: int
    locator: str
    passage_id: str
    score: float
    recognised: bool = False
    disputed: list[str] = []


class RecordedRuling(Announced):
    """A decision that applies an article."""

    name: str
    court: str
    number: str
    date: date
    publication: str
    locator: str
    document: str


class RecordedRulings(Announced):
    """The decisions that apply an article, and the first of them."""

    article: str
    count: int
    first: list[RecordedRuling]


class RecordedEngine(Announced):
    """What a server of models had to do with the turn."""

    host: str
    model: str
    version: dict[str, str]
    sent: bool
    problem: str


class RecordedSeconds(Announced):
    """How long it took."""

    evidence: float
    first_token: float | None
    total: float


class TurnRecord(Announced):
    """The whole record of a turn."""

    question: str
    as_of: date = Field(description="Jour du droit appliqué.")
    as_of_source: Annotated[str, among(DaySource)]
    outcome: Annotated[str, among(Outcome)]
    answer: str
    lead: RecordedLead | None
    sentences: list[RecordedSentence]
    citations: list[RecordedCitation]
    removed: list[RecordedRemoval]
    choices: list[RecordedChoice]
    evidence: list[RecordedPassage] = Field(
        description="Les passages les plus proches, cités ou non."
    )
    route: str
    decisions: RecordedRulings | None
    model: str
    engine: RecordedEngine | None
    embedder: str
    generation: str
    dossier: str | None
    dossier_generation: str | None
    proposed_dossiers: list[str]
    seconds: RecordedSeconds
    record_id: str


WholeRecord = Annotated[
    TurnRecord, Field(description="Tout l'enregistrement, comme « sourcier ask --json ».")
]
