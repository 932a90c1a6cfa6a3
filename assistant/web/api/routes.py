"""The application of programs, mounted at /v1: what OpenAI's clients ask, for buyers' programs."""

import base64
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from threading import Event as Signal
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from assistant.accounts.identity import UserRole
from assistant.answering.answer import Citation
from assistant.errors import AssistantError
from assistant.question.language import Language
from assistant.reports.markup import load_words
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
from assistant.web.buyer.chat import Stopped, stoppable
from assistant.web.buyer.dossier_forms import name_of
from assistant.web.buyer.service import BuyerService
from assistant.web.routes import (
    ABSENT,
    BROKEN,
    TOO_MANY,
    UNABLE,
    WRONG,
    bare_app,
    error_response,
    page,
    problem,
)
from assistant.web.site import Site, requiring
from ingestion.chunking.passages import Passage, page_numbers
from ingestion.errors import IngestionError
from ingestion.index.search import Vectors

LEFT = 499
"""The status of an answer that nobody waits for."""


STREAM = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""A proxy that gathers a stream before it passes it on makes it useless."""


@dataclass(frozen=True, slots=True)
class ProgramCounter:
    """What the requests of all programs share."""

    places: Places = field(default_factory=Places)
    known: Recollection = field(default_factory=Recollection)
    threads: Threads = field(default_factory=Threads)


def api_app(site: Site) -> FastAPI:
    """The application; every route asks for a buyer, or a program that holds a buyer's token."""
    app = bare_app("Sourcier", description=ABOUT, version="1")
    counter = ProgramCounter()
    add_models(app, site)
    add_answers(app, site, counter)
    add_embeddings(app, site, counter)
    add_documentation(app, site)
    return with_refusals(app)


def add_models(app: FastAPI, site: Site) -> None:
    """What can be asked: the rules, or the rules and a dossier."""
    Service = Annotated[BuyerService, Depends(site.service_of)]  # noqa: N806 - a type

    @app.get("/models", summary="Les modèles : les règles, et chaque dossier que voit le jeton")
    def models(service: Service) -> dict[str, Any]:
        names = {MODEL: "Commande publique : les règles"}
        said = load_words(Language.FRENCH)
        names |= {f"{OF_DOSSIER}{each.id}": name_of(each, said) for each in service.dossiers}
        return {"object": "list", "data": [model_fields(*each) for each in names.items()]}

    @app.get("/models/{model:path}", summary="Un modèle")
    def model(service: Service, model: str) -> dict[str, Any]:
        if model != EMBEDDER:
            asked_of(model, service.dossiers)
        return model_fields(model, model)


def model_fields(model: str, name: str) -> dict[str, Any]:
    """A model as OpenAI lists it, with the name that people are shown. Pure."""
    return {"id": model, "object": "model", "created": 0, "owned_by": MODEL, "name": name}


def add_answers(app: FastAPI, site: Site, counter: ProgramCounter) -> None:
    """A turn, in either of OpenAI's interfaces."""
    Service = Annotated[BuyerService, Depends(site.service_of)]  # noqa: N806 - a type

    @app.post("/chat/completions", summary="Une question, après la conversation qui la précède")
    async def complete(form: ChatForm, request: Request, service: Service) -> Response:
        shape = Completion(form.model, has_usage=form.wants_usage)
        return await answered(form, shape, request, service)

    @app.post("/responses", summary="La même chose, par l'interface « Responses »")
    async def respond(form: ResponseForm, request: Request, service: Service) -> Response:
        return await answered(form, ProgramResponse(form.model), request, service)

    async def answered(
        form: ChatForm | ResponseForm, shape: AnswerShape, request: Request, service: BuyerService
    ) -> Response:
        keep = partial(counter.known.keep, person_of(service))
        teller = Teller(shape, page_finder(service), address_of_site(site, request), keep)
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


def address_of_site(site: Site, request: Request) -> str:
    """The address that people type to come here."""
    return site.address or f"{request.url.scheme}://{request.url.netloc}"


def add_embeddings(app: FastAPI, site: Site, counter: ProgramCounter) -> None:
    """Vectors of texts, by the model that the index was built with."""

    @app.post("/embeddings", summary="Les vecteurs de textes, par le modèle de l'index")
    def embed(
        form: EmbeddingForm, service: Annotated[BuyerService, Depends(site.service_of)]
    ) -> dict[str, Any]:
        if form.model != EMBEDDER:
            raise ApiRefusal(
                f"Le modèle des vecteurs s'appelle « {EMBEDDER} ».", ABSENT, "model", NO_MODEL
            )
        texts = form.texts
        with counter.places.taken(person_of(service)):
            vectors = service.embed(texts, are_questions=form.input_type == "query")
        if form.dimensions not in (None, vectors.shape[1]):
            raise ApiRefusal(
                f"Les vecteurs ont {vectors.shape[1]} dimensions.", param="dimensions", code=UNUSED
            )
        words = sum(len(text.split()) for text in texts)
        return {
            "object": "list",
            "model": EMBEDDER,
            "data": [
                {"object": "embedding", "index": number, "embedding": written}
                for number, written in enumerate(written_vectors(vectors, form.encoding_format))
            ],
            "usage": {"prompt_tokens": words, "total_tokens": words},
            "sourcier": {"embedder": service.embedder_name},
        }


def written_vectors(vectors: Vectors, encoding: str | None) -> list[str] | list[list[float]]:
    """Vectors as lists of numbers, or as the base64 of their 32-bit little-endian bytes. Pure."""
    if encoding == "base64":
        return [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in vectors]
    listed: list[list[float]] = vectors.tolist()
    return listed


def add_documentation(app: FastAPI, site: Site) -> None:
    """What can be asked, for people and for programs."""
    reader = Depends(requiring(site.access, UserRole.BUYER))

    @app.get("/", include_in_schema=False, dependencies=[reader])
    def documentation(request: Request) -> HTMLResponse:
        return documentation_page(app.openapi(), f"{address_of_site(site, request)}/v1")

    @app.get("/openapi.json", include_in_schema=False, dependencies=[reader])
    def schema() -> dict[str, Any]:
        return app.openapi()


def with_refusals(app: FastAPI) -> FastAPI:
    """The application, whatever goes wrong in it told as OpenAI's clients read it."""
    app.add_exception_handler(ApiRefusal, _refused)
    app.add_exception_handler(StarletteHTTPException, _not_allowed)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Stopped, _left)
    app.add_exception_handler(AssistantError, _unable)
    app.add_exception_handler(IngestionError, _unable)
    app.add_exception_handler(Exception, _broken)
    return app


def _refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, ApiRefusal)
    answer = error_response(str(refusal), refusal.status, refusal.param, refusal.code)
    if refusal.status == TOO_MANY:
        answer.headers["Retry-After"] = "1"
    return answer


def _not_allowed(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, StarletteHTTPException)
    return problem(request, refusal.status_code)


def _unreadable(request: Request, failure: Exception) -> Response:
    """The first field that is wrong, as pydantic names it."""
    assert isinstance(failure, RequestValidationError)
    wrong = failure.errors()[0]
    param = ".".join(str(part) for part in wrong["loc"][1:])
    return error_response(f"Champ illisible : {param or 'le corps'}.", WRONG, param)


def _unable(request: Request, failure: Exception) -> Response:
    return error_response(str(failure), UNABLE)


def _left(request: Request, left: Exception) -> Response:
    return Response(status_code=LEFT)


def _broken(request: Request, failure: Exception) -> Response:
    """The failure itself is raised again behind this answer, for the log of the server."""
    return error_response(internal_failure(), BROKEN)


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
`sourcier ask --json`. Le champ `sourcier` de la demande peut nommer le jour du droit :
`{"as_of": "2026-03-15"}`.

Sans effet et sans erreur : les messages « system » et « developer », `instructions`, `temperature`,
`top_p`, `seed`, `stop`, `max_tokens` et les autres réglages d'un modèle, car les phrases sont
citées ou calculées, puis vérifiées. Refusés : les outils, `n` au-delà de 1, une forme JSON, les
images et les sons, `previous_response_id`. Dans un flux, ce que la page dit au-dessus des phrases
vient après elles. `usage` compte des mots. Une page d'un autre site ne peut rien demander ici
depuis un navigateur."""

REFERENCE = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class DocumentedField:
    """A field of a request, as people read it."""

    name: str
    kind: str
    is_required: bool
    about: str


@dataclass(frozen=True, slots=True)
class DocumentedCall:
    """Something that can be asked."""

    method: str
    path: str
    about: str
    fields: tuple[DocumentedField, ...]


def documentation_page(schema: Mapping[str, Any], address: str) -> HTMLResponse:
    """The page of a schema; `address` is what clients are given as the base of theirs."""
    return page(
        "api.html",
        Language.FRENCH,
        title="Pour les programmes",
        about=schema["info"]["description"].split("\n\n"),
        calls=[*calls(schema)],
        address=address,
    )


def calls(schema: Mapping[str, Any]) -> Iterator[DocumentedCall]:
    """What can be asked, in the order of the schema. Pure."""
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            sent = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            form = _followed(schema, sent.get("schema", {}))
            yield DocumentedCall(
                method.upper(), path, told["summary"], tuple(_fields(schema, form))
            )


def _fields(schema: Mapping[str, Any], form: Mapping[str, Any]) -> Iterator[DocumentedField]:
    for name, told in form.get("properties", {}).items():
        is_required = name in form.get("required", ())
        about = told.get("description", "")
        yield DocumentedField(name, " ou ".join(_kinds(schema, told)), is_required, about)


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
