"""The application of programs, mounted at /v1: what OpenAI's clients ask, for buyers' programs."""

import base64
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import chain
from threading import Event as Signal
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException as StarletteHTTPException

from assistant.answering.answer import Citation
from assistant.errors import AssistantError
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.web.api.announced import (
    CompletionReply,
    EmbeddingReply,
    ListedModel,
    ModelList,
    ResponseReply,
    sent,
)
from assistant.web.api.requests import (
    EMBEDDER,
    MODEL,
    NO_MODEL,
    OF_DOSSIER,
    UNUSED,
    ApiRefusal,
    ChatForm,
    EmbeddingForm,
    ResponseForm,
    asked_of,
    question_in,
)
from assistant.web.api.shapes import Completion, ProgramResponse
from assistant.web.api.telling import AnswerShape, PageOf, Teller, internal_failure
from assistant.web.api.turns import Places, Recollection, Threads, person_of, turn_of
from assistant.web.buyer.dossier_forms import name_of
from assistant.web.problems import bare_app, error_response, problem
from assistant.web.responses import STREAM, page
from assistant.web.service import BuyerService
from assistant.web.site import BuyerIdentity, ServiceOfBuyer, Site, site_of
from assistant.web.stopping import Stopped, stoppable
from ingestion.chunking.passages import Passage
from ingestion.chunking.places import page_numbers
from ingestion.errors import IngestionError, RefusedText
from ingestion.index.search import Vectors

LEFT = 499
"""The status of an answer that nobody waits for."""


@dataclass(frozen=True, slots=True)
class ProgramCounter:
    """What the requests of all programs share."""

    places: Places = field(default_factory=Places)
    known: Recollection = field(default_factory=Recollection)
    threads: Threads = field(default_factory=Threads)


class SummedUpRoute(APIRoute):
    """A route of which the schema tells the summary, in French, and not the docstring."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **told: Any) -> None:  # noqa: ANN401
        super().__init__(path, endpoint, **told | {"openapi_extra": {"description": None}})


TOKEN = HTTPBearer(
    scheme_name="jeton",
    description="Celui de « sourcier users token create », ou n'importe lequel sur une machine "
    "sans comptes.",
    auto_error=False,
)
"""Announced only: who comes in is told by the dependency that asks for the service."""

api_routes = APIRouter(route_class=SummedUpRoute, dependencies=[Security(TOKEN)])
"""Every one asks for a buyer, or a program that holds a buyer's token."""


def api_app(site: Site) -> FastAPI:
    """The application of a site."""
    app = bare_app("Sourcier", description=ABOUT, version="1", servers=[{"url": "/v1"}])
    app.state.site, app.state.counter = site, ProgramCounter()
    app.include_router(api_routes)
    return with_refusals(app)


# What can be asked: the rules, or the rules and a dossier.


@api_routes.get(
    "/models",
    summary="Les modèles : les règles, et chaque dossier que voit le jeton",
    responses=sent(ModelList, names_model=False),
    response_model=None,
)
def models(service: ServiceOfBuyer) -> dict[str, Any]:
    """What questions can be asked of."""
    names = {MODEL: "Commande publique : les règles"}
    said = load_words(Language.FRENCH)
    names |= {f"{OF_DOSSIER}{each.id}": name_of(each, said) for each in service.dossiers}
    return {"object": "list", "data": [model_fields(*each) for each in names.items()]}


@api_routes.get(
    "/models/{model:path}",
    summary="Un modèle",
    responses=sent(ListedModel),
    response_model=None,
)
def model(service: ServiceOfBuyer, model: str) -> dict[str, Any]:
    """One of them, or the model of vectors."""
    if model != EMBEDDER:
        asked_of(model, service.dossiers)
    return model_fields(model, model)


def model_fields(model: str, name: str) -> dict[str, Any]:
    """A model as OpenAI lists it, with the name that people are shown. Pure."""
    return {"id": model, "object": "model", "created": 0, "owned_by": MODEL, "name": name}


# A turn, in either of OpenAI's interfaces.


@api_routes.post(
    "/chat/completions",
    summary="Une question, après la conversation qui la précède",
    responses=sent(CompletionReply, streams=True),
)
async def complete(form: ChatForm, request: Request, service: ServiceOfBuyer) -> Response:
    """A turn, as chat completions tell it."""
    shape = Completion(form.model, has_usage=form.wants_usage)
    return await answered(form, shape, request, service)


@api_routes.post(
    "/responses",
    summary="La même chose, par l'interface « Responses »",
    responses=sent(ResponseReply, streams=True),
)
async def respond(form: ResponseForm, request: Request, service: ServiceOfBuyer) -> Response:
    """The same, as responses tell it."""
    return await answered(form, ProgramResponse(form.model), request, service)


async def answered(
    form: ChatForm | ResponseForm, shape: AnswerShape, request: Request, service: BuyerService
) -> Response:
    """A turn, at once or as a stream, worked out apart from the pages."""
    counter: ProgramCounter = request.app.state.counter
    keep = partial(counter.known.keep, person_of(service))
    teller = Teller(shape, page_finder(service), address_of_site(request), keep)
    stop = Signal()

    def work() -> dict[str, Any] | tuple[str, Generator[str, None, None]]:
        asked = question_in(form, service.dossiers)
        events = stoppable(turn_of(service, asked, counter.known, counter.places), stop)
        if not form.stream:
            return teller.whole(events)
        frames = teller.frames(events)
        return next(frames), frames

    told = await counter.threads.run(request, stop, work)
    if isinstance(told, dict):
        return JSONResponse(told)
    frames = counter.threads.stream(*told, stop)
    return StreamingResponse(frames, media_type="text/event-stream", headers=STREAM)


def page_finder(service: BuyerService) -> PageOf:
    """Finds the pages of citations in the documents that a service opens."""

    def page_of(cited: Citation, passage: Passage) -> int | None:
        try:
            document = service.document(cited.document, passage.dossier)
        except LookupError:  # rows of the ledger are in no document that is kept
            return None
        pages = page_numbers(document, cited.start, cited.end)
        return pages[0] if pages else None

    return page_of


def address_of_site(request: Request) -> str:
    """The address that people type to come here."""
    return site_of(request).address or f"{request.url.scheme}://{request.url.netloc}"


# Vectors of texts, by the model that the index was built with.


BATCH = 32
"""Texts embedded between two looks at whether the program has hung up."""


@api_routes.post(
    "/embeddings",
    summary="Les vecteurs de textes, par le modèle de l'index",
    responses=sent(EmbeddingReply),
)
async def embed(form: EmbeddingForm, request: Request, service: ServiceOfBuyer) -> Response:
    """The vector of each text, worked out apart from the pages."""
    if form.model != EMBEDDER:
        raise ApiRefusal(
            f"Le modèle des vecteurs s'appelle « {EMBEDDER} ».",
            HTTPStatus.NOT_FOUND,
            "model",
            NO_MODEL,
        )
    counter: ProgramCounter = request.app.state.counter
    stop = Signal()

    def work() -> Response:
        with counter.places.taken(person_of(service)):
            return JSONResponse(embedding_fields(form, service, stop))

    return await counter.threads.run(request, stop, work)


def embedding_fields(form: EmbeddingForm, service: BuyerService, stop: Signal) -> dict[str, Any]:
    """The vectors that a form asks for; raises Stopped when nobody waits for them any more."""
    texts = form.texts
    embedded = partial(service.embed, are_questions=form.input_type == "query")
    if form.dimensions is not None:
        require_dimensions(form.dimensions, embedded(texts[:1]))
    words = sum(len(text.split()) for text in texts)
    written = chain.from_iterable(
        written_vectors(vectors, form.encoding_format)
        for vectors in embedded_in_batches(texts, embedded, stop)
    )
    return {
        "object": "list",
        "model": EMBEDDER,
        "data": [
            {"object": "embedding", "index": number, "embedding": each}
            for number, each in enumerate(written)
        ],
        "usage": {"prompt_tokens": words, "total_tokens": words},
        "sourcier": {"embedder": service.embedder_name},
    }


def embedded_in_batches(
    texts: Sequence[str], embedded: Callable[[Sequence[str]], Vectors], stop: Signal
) -> Iterator[Vectors]:
    """The vectors of a few texts at a time; raises Stopped once `stop` is set."""
    for first in range(0, len(texts), BATCH):
        if stop.is_set():
            raise Stopped
        yield embedded(texts[first : first + BATCH])


def require_dimensions(asked: int, vectors: Vectors) -> None:
    """Raise ApiRefusal unless that is how many dimensions vectors have. Pure."""
    if asked != vectors.shape[1]:
        raise ApiRefusal(
            f"Les vecteurs ont {vectors.shape[1]} dimensions.", param="dimensions", code=UNUSED
        )


def written_vectors(vectors: Vectors, encoding: str | None) -> list[str] | list[list[float]]:
    """Vectors as lists of numbers, or as the base64 of their 32-bit little-endian bytes. Pure."""
    if encoding == "base64":
        return [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in vectors]
    listed: list[list[float]] = vectors.tolist()
    return listed


# What can be asked, told to people and to programs.


@api_routes.get("/", include_in_schema=False)
def documentation(request: Request, who: BuyerIdentity) -> HTMLResponse:
    """The page of what can be asked."""
    return documentation_page(request.app.openapi(), f"{address_of_site(request)}/v1")


@api_routes.get("/openapi.json", include_in_schema=False)
def schema(request: Request, who: BuyerIdentity) -> dict[str, Any]:
    """The same for programs."""
    told: dict[str, Any] = request.app.openapi()
    return told


def with_refusals(app: FastAPI) -> FastAPI:
    """The application, whatever goes wrong in it told as OpenAI's clients read it."""
    app.add_exception_handler(ApiRefusal, _refused)
    app.add_exception_handler(StarletteHTTPException, _not_allowed)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Stopped, _left)
    app.add_exception_handler(AssistantError, _unable)
    app.add_exception_handler(IngestionError, _unable)
    app.add_exception_handler(RefusedText, _unread)
    app.add_exception_handler(Exception, _broken)
    return app


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, ApiRefusal)
    answer = error_response(str(refusal), refusal.status, refusal.param, refusal.code)
    if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
        answer.headers["Retry-After"] = "1"
    return answer


def _not_allowed(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, StarletteHTTPException)
    return problem(request, refusal.status_code)


def _unreadable(request: Request, failure: Exception) -> Response:
    """The first field that is wrong, as pydantic names it."""
    assert isinstance(failure, RequestValidationError)
    wrong = failure.errors()[0]
    is_json = wrong["type"] != "json_invalid"  # else its place is a position in the text
    param = ".".join(str(part) for part in wrong["loc"][1:]) if is_json else ""
    said = "inconnu" if wrong["type"] == "extra_forbidden" else "illisible"
    return error_response(f"Champ {said} : {param or 'le corps'}.", HTTPStatus.BAD_REQUEST, param)


def _unable(request: Request, failure: Exception) -> Response:
    return error_response(str(failure), HTTPStatus.SERVICE_UNAVAILABLE)


def _unread(request: Request, failure: Exception) -> Response:
    return error_response(str(failure), HTTPStatus.BAD_REQUEST)


def _left(request: Request, left: Exception) -> Response:
    return Response(status_code=LEFT)


def _broken(request: Request, failure: Exception) -> Response:
    """The failure itself is raised again behind this answer, for the log of the server."""
    return error_response(internal_failure(), HTTPStatus.INTERNAL_SERVER_ERROR)


# What programs can ask, as a page: made of the OpenAPI schema, without a script.


ABOUT = """\
Les questions des acheteurs, posées par un programme comme à OpenAI.

Le modèle nomme ce qui répond : `sourcier` pour les règles, les factures et les achats,
`sourcier/dossier:ID` pour un dossier. La réponse est celle de la page : mêmes vérifications, mêmes
droits, même journal, au nom du propriétaire du jeton. Les messages précédents servent à comprendre
une question qui en dépend.

Chaque citation est une annotation : les caractères du texte qu'elle porte, le lien vers le passage,
et en plus `quote`, `locator`, `page`, `document`, `start`, `end`, `sha256`, `valid_from`,
`valid_to`. Le champ `sourcier` de la réponse est tout l'enregistrement, comme celui de
`sourcier ask --json`. Le champ `sourcier` de la demande peut nommer le jour du droit,
et rien d'autre : `{"as_of": "2026-03-15"}`.

Sans effet et sans erreur : les messages « system » et « developer », `instructions`, `temperature`,
`top_p`, `seed`, `stop`, `max_tokens` et les autres réglages d'un modèle, car les phrases sont
citées ou calculées, puis vérifiées. Refusés : les outils, `n` au-delà de 1, une forme JSON, les
images et les sons, `previous_response_id`. Dans un flux, ce que la page dit au-dessus des phrases
vient après elles. `usage` compte des mots. Une page d'un autre site ne peut rien demander ici
depuis un navigateur."""

REFERENCE = "#/components/schemas/"


def documentation_page(schema: Mapping[str, Any], address: str) -> HTMLResponse:
    """The page of a schema; `address` is what clients are given as the base of theirs."""
    return page(
        "api.html",
        Language.FRENCH,
        title="Pour les programmes",
        about=schema["info"]["description"].split("\n\n"),
        paths=schema["paths"],
        fields_of=partial(fields_of, schema),
        address=address,
    )


def fields_of(
    schema: Mapping[str, Any], call: Mapping[str, Any]
) -> Iterator[tuple[str, str, bool, str]]:
    """Name and kind of each field that a call may send, whether it must, and what it is. Pure."""
    sent = call.get("requestBody", {}).get("content", {}).get("application/json", {})
    form = _followed(schema, sent.get("schema", {}))
    for name, told in form.get("properties", {}).items():
        kind = " ou ".join(_kinds(schema, told))
        yield name, kind, name in form.get("required", ()), told.get("description", "")


def _kinds(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Iterator[str]:
    """The types that a field may have, in the words of JSON."""
    if "anyOf" in told:
        for each in told["anyOf"]:
            if each.get("type") != "null":
                yield from _kinds(schema, each)
    elif "enum" in told:
        yield from map(str, told["enum"])
    elif told.get("type") == "array":
        yield f"[{', '.join(_kinds(schema, told.get('items', {})))}]"
    elif "$ref" in told:
        inner = _followed(schema, told).get("properties", {})
        yield f"{{{', '.join(inner)}}}"
    else:
        yield told.get("type", "")


def _followed(schema: Mapping[str, Any], told: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference of a schema stands for."""
    name = told.get("$ref", "").removeprefix(REFERENCE)
    found: Mapping[str, Any] = schema["components"]["schemas"][name] if name else told
    return found
