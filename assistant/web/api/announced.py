"""What programs receive, as the schema of /v1 announces it. Door of pydantic, for these."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

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


# The record of a turn: the contract of `ask --json`.


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


# Annotations: what carries a sentence of the text.


class LinkedSpan(Announced):
    """A link, and the characters of the text that it carries."""

    start_index: int = Field(description="Caractères du texte de la réponse ; end_index exclu.")
    end_index: int
    url: str
    title: str


class QuotedPlace(Announced):
    """What is told of a citation besides, under names that OpenAI's annotations do not have."""

    n: int
    quote: str
    locator: str
    page: int | None
    document: str
    dossier: str | None
    passage_id: str
    start: int = Field(description="Caractères du document ; end exclu.")
    end: int
    sha256: str
    valid_from: date | None
    valid_to: date | None
    hidden: bool


class CompletionAnnotation(QuotedPlace):
    """A citation as chat completions have it."""

    type: Literal["url_citation"]
    url_citation: LinkedSpan


class LinkAnnotation(QuotedPlace, LinkedSpan):
    """A citation as responses have it, of a text of the rules."""

    type: Literal["url_citation"]


class FileAnnotation(QuotedPlace, LinkedSpan):
    """A citation as responses have it, of a piece of a dossier."""

    type: Literal["file_citation"]
    file_id: str
    filename: str
    index: int


# Chat completions, and responses.


class WordUsage(Announced):
    """What was used, in words."""

    prompt_tokens: int = Field(description="En mots.")
    completion_tokens: int
    total_tokens: int


class CompletionMessage(Announced):
    """The answer, with what carries it."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[CompletionAnnotation]


class CompletionChoice(Announced):
    """The only choice."""

    index: Literal[0]
    message: CompletionMessage
    finish_reason: Literal["stop"]
    logprobs: None


class CompletionReply(Announced):
    """An answer of /v1/chat/completions."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[CompletionChoice]
    usage: WordUsage
    sourcier: WholeRecord


class ResponseText(Announced):
    """The only part of a message."""

    type: Literal["output_text"]
    text: str
    annotations: list[Annotated[LinkAnnotation | FileAnnotation, Field(discriminator="type")]]
    logprobs: list[Any]


class ResponseMessage(Announced):
    """The only item of a response."""

    id: str
    type: Literal["message"]
    role: Literal["assistant"]
    status: Literal["completed"]
    content: list[ResponseText]


class ResponseUsage(Announced):
    """What was used, in words, with the details that OpenAI's clients read."""

    input_tokens: int = Field(description="En mots.")
    input_tokens_details: dict[str, int]
    output_tokens: int
    output_tokens_details: dict[str, int]
    total_tokens: int


class ResponseReply(Announced):
    """An answer of /v1/responses."""

    id: str
    object: Literal["response"]
    created_at: int
    completed_at: int
    status: Literal["completed"]
    model: str
    output: list[ResponseMessage]
    error: None
    incomplete_details: None
    instructions: None
    metadata: dict[str, str]
    parallel_tool_calls: Literal[False]
    previous_response_id: None
    store: Literal[False]
    temperature: None
    tool_choice: Literal["none"]
    tools: list[Any]
    top_p: None
    usage: ResponseUsage
    sourcier: WholeRecord


# Models, vectors, and refusals.


class ListedModel(Announced):
    """What questions, or texts, can be given to."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    name: str


class ModelList(Announced):
    """All of them."""

    object: Literal["list"]
    data: list[ListedModel]


class EmbeddedText(Announced):
    """The vector of one text."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str = Field(
        description="Nombres, ou base64 de nombres de 32 bits petit-boutistes."
    )


class EmbeddedUsage(Announced):
    """What was read, in words."""

    prompt_tokens: int = Field(description="En mots.")
    total_tokens: int


class UsedEmbedder(Announced):
    """The model that made the vectors."""

    embedder: str


class EmbeddingReply(Announced):
    """An answer of /v1/embeddings."""

    object: Literal["list"]
    model: str
    data: list[EmbeddedText]
    usage: EmbeddedUsage
    sourcier: UsedEmbedder


class RefusalFields(Announced):
    """Why there is no answer."""

    message: str = Field(description="Une phrase en français.")
    type: Literal["invalid_request_error", "rate_limit_error", "server_error"]
    param: str | None = Field(description="Le champ qui ne va pas.")
    code: str | None


class RefusalReply(Announced):
    """What is sent in the place of an answer."""

    error: RefusalFields


def sent(
    reply: type[Announced], *, streams: bool = False, names_model: bool = True
) -> dict[int | str, dict[str, Any]]:
    """What an operation sends, as FastAPI is told of it, all refusals in one shape.

    `streams` where it may be a stream, `names_model` where a model is named to it.
    """
    frames = {"content": {"text/event-stream": {"schema": {"type": "string"}}}} if streams else {}
    told: dict[int | str, dict[str, Any]] = {
        int(HTTPStatus.OK): {"model": reply, "description": "La réponse", **frames}
    }
    for status, why in REFUSALS.items():
        if names_model or status != HTTPStatus.NOT_FOUND:
            told[status] = {"model": RefusalReply, "description": why}
    return told


REFUSALS: Mapping[int | str, str] = {
    int(HTTPStatus.BAD_REQUEST): "Demande illisible, ou de ce qui ne se fait pas ici",
    int(HTTPStatus.UNAUTHORIZED): "Jeton absent, inconnu, échu ou révoqué",
    int(HTTPStatus.FORBIDDEN): "Jeton sans le rôle d'acheteur, ou demande d'une page d'un autre "
    "site",
    int(HTTPStatus.NOT_FOUND): "Modèle inconnu, ou que ce jeton n'ouvre pas",
    int(HTTPStatus.TOO_MANY_REQUESTS): "Trop de demandes : recommencer après Retry-After",
    int(HTTPStatus.SERVICE_UNAVAILABLE): "Impossible pour l'instant : le message dit pourquoi",
    "default": "Tout autre refus, sous la même forme",
}
