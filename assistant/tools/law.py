"""The tool `article`: the version of a day, and the history of an article."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from assistant.errors import WrongArguments
from assistant.law.impact import law_fields
from assistant.reports.versions import version_line
from assistant.tools.desk import Desk
from assistant.tools.tool import SAID, Step, Tool, ToolArguments, ToolReply, paragraphs
from ingestion.legislation.references import normalise
from ingestion.legislation.versions import History
from ingestion.readers.documents import Document


class ArticleArguments(ToolArguments):
    """A reference, the day of its version, and whether the other versions are wanted."""

    reference: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=1, max_length=100),
        Field(description="Numéro de l'article : « R2122-8 », « art. L. 2113-10 »."),
    ]
    as_of: Annotated[
        date | None,
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


def require_known(desk: Desk, reference: str) -> tuple[History, ...]:
    """The histories of an article. Raises WrongArguments, with what is near, for an unknown one."""
    found = desk.histories(reference)
    if not found:
        near = desk.near_references(reference)
        proposed = f" Références proches : {', '.join(near)}." if near else ""
        raise WrongArguments(
            f"L'index en service n'a pas d'article {reference}.{proposed} Pour lire ce que les "
            f"fiches en disent : « search_texts » avec {reference}."
        )
    return found


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


def _article(desk: Desk, given: ArticleArguments, step: Step) -> ToolReply:
    reference, day = normalise(given.reference), given.as_of or date.today()
    found = require_known(desk, reference)
    fields = law_fields(found, reference, day, whole=given.history)
    return ToolReply(fields, article_text(found, day, whole=given.history))


ARTICLE = Tool(
    "article",
    "Lire un article à une date",
    "Donne le texte exact d'un article indexé (Code de la commande publique et textes ajoutés), "
    "dans la version en vigueur un jour donné, et son histoire. À utiliser dès qu'un numéro "
    "d'article est connu, pour citer le texte lui-même ou voir ce qui a changé.",
    ArticleArguments,
    _article,
)
