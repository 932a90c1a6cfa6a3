"""The pages of the law in time: an article and its versions, and what changed in the index."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import HTMLResponse

from assistant.errors import AssistantError
from assistant.language import Language
from assistant.page.changes_view import ChangesView
from assistant.page.desk import Desk
from assistant.page.law_view import law_html, unknown_html
from assistant.page.problem import problem_html
from assistant.page.routes import standing_alone
from assistant.page.site import DeskOf
from assistant.page.words import words
from ingestion.errors import IngestionError, UnknownGeneration
from ingestion.references import normalise

GenerationName = Annotated[str | None, Query(pattern=r"^\d{8}-\d{6}-\d{3}$")]


def law_routes(desk_of: DeskOf) -> APIRouter:
    """Pages without script, beside the conversation."""
    router = APIRouter()

    @router.get("/law/{reference}")
    def law(
        desk: Annotated[Desk, Depends(desk_of)],
        reference: str,
        as_of: date | None = None,
        lang: Language = Language.FRENCH,
    ) -> HTMLResponse:
        said, key, day = words(lang), normalise(reference[:100]), as_of or date.today()
        title = said["law_title"].format(reference=key)
        try:
            if found := desk.histories(key):
                content = law_html(found, key, day, said, lang.value)
                return standing_alone(content, said, lang, title=title)
            near = desk.near_references(key)
        except (AssistantError, IngestionError) as failure:
            raise HTTPException(503, str(failure)) from failure
        content = unknown_html(key, near, day, said, lang.value)
        return standing_alone(content, said, lang, 404, title=title)

    @router.get("/changes")
    def changes(
        desk: Annotated[Desk, Depends(desk_of)],
        old: GenerationName = None,
        new: GenerationName = None,
        lang: Language = Language.FRENCH,
    ) -> HTMLResponse:
        said = words(lang)
        try:
            content = ChangesView(said, lang.value, date.today()).page(desk.changes(old, new))
        except UnknownGeneration as failure:
            if old or new:
                raise HTTPException(404, str(failure)) from failure
            content = problem_html(said["changes_title"], said["changes_first"], said)
        except (AssistantError, IngestionError) as failure:
            raise HTTPException(503, str(failure)) from failure
        return standing_alone(content, said, lang, title=said["changes_title"])

    return router
