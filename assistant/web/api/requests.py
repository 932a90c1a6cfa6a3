"""What a program sends, and what it asks by it. Door of pydantic, for these."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from assistant.answering.answer import Exchange
from assistant.question.language import LONGEST, readable
from assistant.tools.tool import WrittenDay
from assistant.web.api.announced_record import Announced
from ingestion.tenders.dossiers import Dossier

UNUSED = "unsupported_parameter"


class ApiRefusal(Exception):
    """A request is not answered; the message is a French sentence for who wrote the program.

    `param` is the field that is wrong, `code` a word of OpenAI's for it, "" for that of the status.
    """

    def __init__(
        self, message: str, status: int = HTTPStatus.BAD_REQUEST, param: str = "", code: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.param = param
        self.code = code


# The forms: the fields that are read. Any other field of OpenAI's is left aside (temperature, seed,
# max_tokens, stop, user, metadata …), as are system messages: what is said of the law is quoted or
# computed and checked, and no instruction of a client changes that.

MODEL = "sourcier"
OF_DOSSIER = f"{MODEL}/dossier:"
EMBEDDER = f"{MODEL}/embeddings"
"""Names of models: the rules, the rules and a dossier, the embedding model."""

NO_MODEL = "model_not_found"

TASK = "### Task:"
"""How the prompts of Open WebUI begin by which it has titles, tags and the like written."""

MOST_TEXTS = 2048
"""Texts embedded by one request: OpenAI's own limit, so that a client's batches need no setting."""

KEPT_EXCHANGES = 40


class ScopeForm(Announced):
    """What Sourcier reads besides, in the field `sourcier` of a request; it takes nothing else."""

    model_config = ConfigDict(extra="forbid")

    as_of: WrittenDay | None = Field(None, description="Jour du droit applicable, AAAA-MM-JJ.")


class ContentPart(Announced):
    """A part of a message; only text can be asked."""

    type: str
    text: str = ""


class ProgramMessage(Announced):
    """A message of a conversation, oldest first; other kinds of items have no role."""

    type: str = "message"
    role: str = ""
    content: str | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        """Its words; raises ApiRefusal for a picture, a sound or a file."""
        if not isinstance(self.content, list):
            return self.content or ""
        for part in self.content:
            if part.type not in ("text", "input_text", "output_text", "refusal"):
                raise ApiRefusal(
                    f"Sourcier ne lit que du texte, pas « {part.type[:40]} ». Les pièces d'un "
                    "marché se déposent dans son dossier."
                )
        return "\n".join(part.text for part in self.content)


Tools = Annotated[
    list[Any] | None, Field(description="Refusé : Sourcier n'appelle pas les outils d'un client.")
]


class ChatForm(Announced):
    """A request of /v1/chat/completions."""

    spoken_in: ClassVar[str] = "messages"

    model: str
    messages: list[ProgramMessage] = Field(min_length=1)
    stream: bool | None = False
    stream_options: dict[str, Any] | None = None
    n: int | None = Field(1, description="1 : il n'y a qu'une réponse.")
    tools: Tools = None
    functions: Tools = None
    tool_choice: Any = None
    response_format: dict[str, Any] | None = None
    logprobs: bool | None = False
    modalities: list[str] | None = None
    sourcier: ScopeForm = ScopeForm(as_of=None)

    def require_answerable(self) -> None:
        """Raise ApiRefusal for what would change the answer and cannot be done."""
        _require_no_tools(self.tools or self.functions, self.tool_choice)
        if (self.n or 1) != 1:
            raise ApiRefusal("Il n'y a qu'une réponse : n vaut 1.", param="n", code=UNUSED)
        if self.logprobs:
            raise ApiRefusal(
                "Les phrases sont vérifiées, leurs mots n'ont pas de probabilités.",
                param="logprobs",
                code=UNUSED,
            )
        if "audio" in (self.modalities or ()):
            raise ApiRefusal("Sourcier ne répond que par écrit.", param="modalities", code=UNUSED)
        _require_text(self.response_format, "response_format")

    @property
    def wants_usage(self) -> bool:
        """Whether a stream ends with what was used."""
        return bool((self.stream_options or {}).get("include_usage"))


class ResponseForm(Announced):
    """A request of /v1/responses; nothing is kept from one to the next."""

    spoken_in: ClassVar[str] = "input"

    model: str
    input: str | list[ProgramMessage]
    stream: bool | None = False
    tools: Tools = None
    tool_choice: Any = None
    text: dict[str, Any] | None = None
    previous_response_id: str | None = None
    conversation: Any = None
    background: bool | None = False
    sourcier: ScopeForm = ScopeForm(as_of=None)

    def require_answerable(self) -> None:
        """Raise ApiRefusal for what would change the answer and cannot be done."""
        _require_no_tools(self.tools, self.tool_choice)
        for name in ("previous_response_id", "conversation", "background"):
            if getattr(self, name):
                raise ApiRefusal(
                    "Rien n'est gardé d'une demande à l'autre : envoyez dans « input » toute la "
                    "conversation, et attendez la réponse.",
                    param=name,
                    code=UNUSED,
                )
        _require_text((self.text or {}).get("format"), "text.format")

    @property
    def messages(self) -> list[ProgramMessage]:
        """The conversation that it sends."""
        if isinstance(self.input, str):
            return [ProgramMessage(role="user", content=self.input)]
        return self.input


class EmbeddingForm(Announced):
    """A request of /v1/embeddings; `input_type` says which side of a search the texts are on."""

    model: str
    input: str | list[str] | list[int] | list[list[int]]
    encoding_format: Literal["float", "base64"] | None = "float"
    dimensions: int | None = None
    input_type: Literal["query", "passage"] = Field(
        "passage", description="Le modèle lit autrement une question (query) et un texte (passage)."
    )

    @property
    def texts(self) -> list[str]:
        """The texts; raises ApiRefusal for none, too many, or numbers in their place."""
        given = [self.input] if isinstance(self.input, str) else self.input
        texts = [each for each in given if isinstance(each, str) and each.strip()]
        if len(texts) != len(given) or not texts:
            raise ApiRefusal(
                "« input » est un texte ou une liste de textes, dont aucun n'est vide ; les "
                "numéros de jetons d'un autre modèle ne disent rien à celui-ci (avec LangChain : "
                "check_embedding_ctx_length=False).",
                param="input",
            )
        if len(texts) > MOST_TEXTS:
            raise ApiRefusal(f"{MOST_TEXTS} textes au plus par demande.", param="input")
        return [readable(each) for each in texts]


def _require_no_tools(tools: list[Any] | None, choice: object) -> None:
    if tools and choice != "none":
        raise ApiRefusal(
            "Sourcier répond lui-même et n'appelle pas les outils d'un client : retirez « tools ».",
            param="tools",
            code=UNUSED,
        )


def _require_text(form: object, param: str) -> None:
    kind = form.get("type", "text") if isinstance(form, dict) else form or "text"
    if kind != "text":
        raise ApiRefusal(
            "La réponse est faite de phrases vérifiées, et n'a pas d'autre forme que le texte ; "
            "le champ « sourcier » la donne aussi en données.",
            param=param,
            code=UNUSED,
        )


# What is asked: a question, what it may refer to, and what it is asked of.


@dataclass(frozen=True, slots=True)
class ProgramQuestion:
    """The last message of a conversation, those before it as pairs, and the model they name."""

    model: str
    question: str
    earlier: tuple[tuple[str, str], ...]
    dossier: str | None
    as_of: date | None


def asked_of(model: str, dossiers: Sequence[Dossier]) -> str | None:
    """The dossier that a model names, None for the rules; raises ApiRefusal for any other name."""
    named = model.removeprefix(OF_DOSSIER)
    if model == MODEL or (model != named and named in {each.id for each in dossiers}):
        return None if model == MODEL else named
    raise ApiRefusal(
        f"Le modèle « {model[:100]} » n'existe pas, ou ce jeton ne l'ouvre pas. GET /v1/models "
        "les nomme.",
        HTTPStatus.NOT_FOUND,
        "model",
        NO_MODEL,
    )


def question_in(form: ChatForm | ResponseForm, dossiers: Sequence[Dossier]) -> ProgramQuestion:
    """What a form asks; raises ApiRefusal when that cannot be answered."""
    dossier = asked_of(form.model, dossiers)
    form.require_answerable()
    try:
        question, earlier = _conversation(form.messages)
    except ApiRefusal as refusal:
        raise ApiRefusal(str(refusal), refusal.status, form.spoken_in, refusal.code) from refusal
    return ProgramQuestion(form.model, question, earlier, dossier, form.sourcier.as_of)


def _conversation(messages: Sequence[ProgramMessage]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The question that ends a conversation, and the pairs before it.

    Raises ApiRefusal, which does not say in which field it was sent.
    """
    spoken = [each for each in messages if _is_spoken(each)]
    if not spoken or spoken[-1].role != "user":
        raise ApiRefusal("Le dernier message est la question de l'utilisateur.")
    question = readable(spoken[-1].text).replace("\u00a0", " ").strip()
    if not question:
        raise ApiRefusal("La question est vide.")
    if question.startswith(TASK):
        raise ApiRefusal(
            "Ce message est une consigne d'Open WebUI, pas une question : Sourcier ne rédige ni "
            "titre, ni étiquettes, ni questions suivantes, et ne lit pas les fichiers qu'Open "
            "WebUI joint. Dans ses réglages d'administration, page Interface, choisissez un autre "
            "modèle pour les tâches, ou éteignez-les.",
            code="unsupported_task",
        )
    if len(question) > LONGEST:
        raise ApiRefusal(
            f"La question dépasse {LONGEST} caractères.", code="string_above_max_length"
        )
    return question, _pairs(spoken[:-1])[-KEPT_EXCHANGES:]


def exchanges(
    asked: ProgramQuestion, known: Callable[[str, str], tuple[str, str | None] | None]
) -> tuple[Exchange, ...]:
    """The pairs to which a question may refer, as the page would have kept them.

    `known` gives for a question and its answer the question as it was made standalone, and the
    dossier that it was asked of; what was said of another dossier stays out of it.
    """
    found = []
    for question, answer in asked.earlier:
        standalone, dossier = known(question, answer) or (question, None)
        if dossier in (None, asked.dossier):
            found.append(Exchange(standalone, answer))
    return tuple(found)


def _is_spoken(message: ProgramMessage) -> bool:
    """Whether a message is a question or an answer, and not an instruction or a thought.

    Raises ApiRefusal for the result of a tool.
    """
    if message.type == "message" and message.role in ("user", "assistant"):
        return True
    if message.role in ("system", "developer") or message.type == "reasoning":
        return False
    raise ApiRefusal(
        "Une conversation est faite de messages « user » et « assistant », sans outils."
    )


def _pairs(messages: Sequence[ProgramMessage]) -> tuple[tuple[str, str], ...]:
    """Each question that was answered, with its answer."""
    found, question = list[tuple[str, str]](), ""
    for message in messages:
        if message.role == "user":
            question = readable(message.text).strip()
        elif question:
            found.append((question, message.text.strip()))
            question = ""
    return tuple(found)
