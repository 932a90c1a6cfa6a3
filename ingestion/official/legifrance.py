"""All versions of the articles of a text, from the Légifrance API. Never asked while answering."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from ingestion.errors import IngestionError
from ingestion.official.article import ARTICLE_ID, ArticleVersion
from ingestion.official.changes import Changes, Refusal
from ingestion.official.legi import end_of, identifier, state_of
from ingestion.official.piste import Piste
from ingestion.official.wording import plain_lines
from ingestion.reading.content import UnreadableFile

_DAY = 86_400_000
"""Milliseconds."""


def fetch(piste: Piste, text_id: str, day: date, progress: Callable[[int, int], None]) -> Changes:
    """Every version of every article that the text has on a day; progress counts versions.

    Articles repealed before that day are not in the text's contents: archives have them.
    Raises IngestionError when Légifrance cannot be reached or does not have the text.
    """
    contents = piste.post("/consult/legiPart", {"textId": text_id, "date": day.isoformat()})
    awaited = list(dict.fromkeys(_articles(contents or {})))
    if not awaited:
        raise IngestionError(
            f"Légifrance n'a pas d'article de {text_id} au {day:%d/%m/%Y}. Vérifiez l'identifiant."
        )
    versions, refused, known = [], [], set(awaited)
    for number, article in enumerate(awaited):  # grows with the versions of each
        progress(number, len(awaited))
        answer = piste.post("/consult/getArticle", {"id": article}) or {}
        found = answer.get("article")
        try:
            versions.append(read_article(found, text_id))
        except UnreadableFile as error:
            refused.append(Refusal(article, str(error)))
        others = [other for other in _others(found) if other not in known]
        awaited += others
        known.update(others)
    progress(len(awaited), len(awaited))
    return Changes("Légifrance", tuple(versions), refused=tuple(refused))


def read_article(found: object, text_id: str) -> ArticleVersion:
    """The version in an answer to getArticle. Pure.

    Raises:
        UnreadableFile: when it lacks what a version must have.
    """
    if not isinstance(found, dict):
        raise UnreadableFile("article absent de la réponse")
    lines = _lines(found, "texte")
    if not lines:
        raise UnreadableFile("texte absent")
    state, first_day = state_of(_string(found, "etat")), _day(found, "dateDebut")
    return ArticleVersion(
        id=identifier(_string(found, "id")),
        text_id=text_id,
        code=_headings(found, "titreTxt")[-1],
        number=_string(found, "num"),
        path=_headings(found, "titresTM"),
        state=state,
        first_day=first_day,
        ended=end_of(state, first_day, _day(found, "dateFin")),
        lines=lines,
        nota=_lines(found, "nota"),
    )


def _articles(place: Mapping[str, Any]) -> Iterator[str]:
    """Identifiers below a place of the table of contents, in its order."""
    for article in _objects(place.get("articles")):
        if ARTICLE_ID.fullmatch(str(article.get("id"))):
            yield article["id"]
    for section in _objects(place.get("sections")):
        yield from _articles(section)


def _others(found: object) -> Iterator[str]:
    versions = found.get("articleVersions") if isinstance(found, dict) else None
    for version in _objects(versions):
        if ARTICLE_ID.fullmatch(str(version.get("id"))):
            yield version["id"]


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _string(found: Mapping[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value.strip():
        raise UnreadableFile(f"champ « {name} » absent")
    return " ".join(value.split())


def _headings(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    context = found.get("context")
    titles = _objects(context.get(name) if isinstance(context, dict) else None)
    headings = tuple(" ".join(str(title.get("titre") or "").split()) for title in titles)
    if not all(headings) or (name == "titreTxt" and not headings):
        raise UnreadableFile("titre du texte ou d'une section absent")
    return headings


def _lines(found: Mapping[str, Any], name: str) -> tuple[str, ...]:
    written = found.get(f"{name}Html") or found.get(name) or ""
    return plain_lines(str(written).encode("utf-8", errors="replace"))


def _day(found: Mapping[str, Any], name: str) -> date:
    value = found.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise UnreadableFile(f"champ « {name} » qui n'est pas une date")
    try:
        # The nearest day: midnight is Greenwich's, or an hour or two before in Paris.
        return date(1970, 1, 1) + timedelta(days=round(value / _DAY))
    except (OverflowError, ValueError):
        raise UnreadableFile(f"champ « {name} » qui n'est pas une date") from None
