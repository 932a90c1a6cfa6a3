"""Texts for programs: the tool `article`, and articles, documents and pieces by their addresses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Annotated
from urllib.parse import parse_qs, unquote

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from assistant.errors import WrongArguments
from assistant.law.impact import law_fields
from assistant.question.language import fold_text
from assistant.reports.markup import version_line
from assistant.tools.tool import (
    HIDDEN,
    SAID,
    SCHEME,
    Step,
    Tool,
    ToolArguments,
    ToolReply,
    ToolService,
    WrittenDay,
    document_uri,
    paragraphs,
    require_dossier,
    warning,
)
from ingestion.documents.document import Document, Hidden
from ingestion.documents.references import find_references, normalise
from ingestion.documents.versions import History
from ingestion.errors import IngestionError, UnknownDocument
from ingestion.tenders.dossiers import Dossier


class ArticleArguments(ToolArguments):
    """A reference, the day of its version, and whether the other versions are wanted."""

    reference: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
        Field(description="Numéro de l'article : « R2122-8 », « art. L. 2113-10 »."),
    ]
    as_of: Annotated[
        WrittenDay | None,
        Field(description="Jour dont on veut la version, AAAA-MM-JJ (sinon : aujourd'hui)."),
    ] = None
    history: Annotated[
        bool,
        Field(
            description="true : toutes les versions connues, avec ce qui change de l'une à l'autre."
        ),
    ] = False


def article_text(found: tuple[History, ...], day: date, *, whole: bool) -> str:
    """An article in each code: its version of a day, the days of the others or their texts."""
    return paragraphs(block for history in found for block in _blocks(history, day, whole))


def require_known(service: ToolService, written: str) -> tuple[History, ...]:
    """The histories of an article by its number, alone or with the name of its code.

    Raises WrongArguments, with what is near, for any other words.
    """
    key = normalise(written)
    if found := service.histories(key):
        return found
    within = {each.key for each in find_references(f"art. {key}")}
    alone = within.pop() if len(within) == 1 else key
    in_full = fold_text(written)
    named = (each for each in service.histories(alone) if fold_text(each.title) in in_full)
    if not (found := tuple(named)):
        raise WrongArguments(_unknown(service, key, alone))
    return found


def _unknown(service: ToolService, key: str, alone: str) -> str:
    """Why there is no article, where `alone` is the only number in what was given as `key`."""
    near = service.near_references(key) or service.near_references(alone)
    proposed = f" Références proches : {', '.join(near)}." if near else ""
    if alone != key:
        return (
            f"« {key} » n'est pas un numéro d'article seul : donnez le numéro sans autre mot que "
            f"le nom de son code.{proposed}"
        )
    return (
        f"L'index en service n'a pas d'article {key}.{proposed} Pour lire ce que les fiches en "
        f"disent : « search_texts » avec {key}."
    )


def _blocks(history: History, day: date, whole: bool) -> Iterator[str]:
    yield f"# {history.title}, {history.reference}"
    current = history.on(day)
    if current is None:
        yield f"Aucune version connue n'est en vigueur le {day:%d/%m/%Y}."
    else:
        yield f"En vigueur le {day:%d/%m/%Y} :"
        yield from _version(current)
    others = [version for version in history.versions if version is not current]
    if others and not whole:
        lines = (f"- {version_line(version, SAID)}" for version in others)
        yield "\n".join(["Autres versions :", *lines])
    elif others:
        yield "Autres versions :"
        for version in others:
            yield from _version(version)


def _version(version: Document) -> Iterator[str]:
    yield "\n".join(
        filter(None, [" › ".join(version.path), version_line(version, SAID), version.address or ""])
    )
    yield version.text


def _show_article(service: ToolService, given: ArticleArguments, step: Step) -> ToolReply:
    found, day = require_known(service, given.reference), given.as_of or date.today()
    fields = law_fields(found, found[0].reference, day, whole=given.history)
    return ToolReply(fields, article_text(found, day, whole=given.history))


ARTICLE = Tool("article", ArticleArguments, _show_article)


# The texts that a program may read by their address: articles, documents, pieces of dossiers.


_CONCEALING = (
    f"Attention : les pages ne montrent pas tout ce texte. Ce qu'un lecteur n'y voit pas est entre "
    f"crochets, après « {HIDDEN} » : dites-le à l'utilisateur si vous vous en servez."
)

PAGE = 100
"""Texts in one page of the list."""

LONGEST_CURSOR = 9
"""Digits of the place where a page begins."""

_day = TypeAdapter(WrittenDay)


@dataclass(frozen=True, slots=True)
class TextResource:
    """A text, its address, and what it is."""

    uri: str
    name: str
    told: str


TEMPLATES = (
    TextResource(
        f"{SCHEME}articles/{{reference}}{{?as_of}}",
        "Article",
        "Un article par son numéro (R2122-8), dans la version en vigueur un jour (as_of, "
        "AAAA-MM-JJ ; sinon aujourd'hui), et les jours de ses autres versions.",
    ),
    TextResource(
        f"{SCHEME}documents/{{document}}",
        "Document",
        "Un document des règles (fiche, guide, article) par l'identifiant « document » d'une "
        "citation.",
    ),
    TextResource(
        f"{SCHEME}dossiers/{{dossier}}/documents/{{document}}",
        "Pièce d'un dossier",
        "Une pièce d'un dossier de marché de l'utilisateur, en texte.",
    ),
)
"""The addresses that a program may make itself; the list has all but the articles."""


def listed(service: ToolService, cursor: str | None) -> tuple[list[TextResource], str | None]:
    """A page of the texts, and where the next one begins, None after the last."""
    if cursor is not None and not (cursor.isdecimal() and len(cursor) <= LONGEST_CURSOR):
        raise WrongArguments("Cette suite de liste n'est pas connue : recommencez la liste.")
    first = int(cursor or 0)
    texts = list(islice(_texts(service), first, first + PAGE + 1))
    rest = str(first + PAGE) if len(texts) > PAGE else None
    return texts[:PAGE], rest


def read(service: ToolService, uri: str) -> str:
    """A text by its address. Raises WrongArguments for one that is none, or not the reader's."""
    address, _, query = uri.removeprefix(SCHEME).partition("?")
    path = tuple(map(unquote, address.split("/"))) if uri.startswith(SCHEME) else ()
    match path:
        case ("articles", reference):
            return _article(service, reference, query)
        case ("documents", document):
            return _document(service, document, None)
        case ("dossiers", dossier, "documents", document):
            require_dossier(service, dossier)
            return _document(service, document, dossier)
    known = ", ".join(each.uri for each in TEMPLATES)
    raise WrongArguments(f"« {uri[:200]} » n'est pas une adresse connue. Formes : {known}.")


def _article(service: ToolService, reference: str, query: str) -> str:
    [said] = parse_qs(query).get("as_of", [""])[:1]
    try:
        day = _day.validate_python(said) if said else date.today()
    except ValidationError as error:
        raise WrongArguments(f"« {said[:20]} » n'est pas un jour AAAA-MM-JJ.") from error
    return article_text(require_known(service, reference[:100]), day, whole=False)


def _document(service: ToolService, document_id: str, dossier: str | None) -> str:
    try:
        found = service.document(document_id, dossier)
    except UnknownDocument as error:
        raise WrongArguments(
            f"Il n'y a pas de document {document_id[:64]} ici. Ceux qui se lisent sont dans la "
            "liste des ressources, ou cités par « ask » et « search_texts »."
        ) from error
    concealed = [each for each in found.hidden if not each.is_under_picture]
    about = [f"# {found.title}", found.address or "", _CONCEALING if concealed else ""]
    return paragraphs(
        [*about, *_recognised(found), warning(found.text), _marked(found.text, concealed)]
    )


def _recognised(document: Document) -> Iterator[str]:
    """That words of a document were read from pictures, and which figures with doubt."""
    if document.recognised:
        yield "Texte lu par reconnaissance de caractères : l'image des pages fait foi."
    doubtful = (each for each in document.recognised if each.is_doubtful)
    figures = dict.fromkeys(document.text[each.start : each.end] for each in doubtful)
    if figures:
        listed = ", ".join(f"« {figure} »" for figure in figures)
        yield f"Chiffres lus avec doute, à vérifier sur l'image : {listed}."


def _marked(text: str, concealed: Sequence[Hidden]) -> str:
    """A text, in brackets what no page shows of it."""
    pieces, last = [], 0
    for each in concealed:
        pieces += [text[last : each.start], f"[{HIDDEN} : {text[each.start : each.end]}]"]
        last = each.end
    return "".join([*pieces, text[last:]])


def _texts(service: ToolService) -> Iterator[TextResource]:
    for document in service.documents():
        yield _resource(document, None)
    for dossier in service.filing.all():
        for piece in _pieces(service, dossier):
            yield _resource(piece, dossier)


def _pieces(service: ToolService, dossier: Dossier) -> Sequence[Document]:
    """What may be read of a dossier: nothing until its pieces are indexed, nor of a damaged one."""
    try:
        return service.documents(dossier.id)
    except IngestionError:  # said to who reads one of them
        return ()


def _resource(document: Document, dossier: Dossier | None) -> TextResource:
    uri = document_uri(document.id, dossier.id if dossier else None)
    told = f"Pièce du dossier {dossier.id}" if dossier else "Texte des règles"
    return TextResource(uri, document.title, f"{told}, {document.source}")
