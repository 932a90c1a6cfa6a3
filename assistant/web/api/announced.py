"""What programs receive, as the schema of /v1 announces it. Door of pydantic, for these."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import Field

from assistant.web.api.announced_record import Announced, WholeRecord

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
