"""The evaluation set: questions promoted, corrected, taken out, exported."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, BeforeValidator, Field

from assistant.answers import Outcome
from assistant.errors import UnknownRecord, WrongQuestions
from assistant.identity import Identity
from assistant.page.access import Reader
from assistant.page.referent.frame import ROOT, framed
from assistant.page.referent.gold_view import form_html, gold_html
from assistant.page.routes import FORGET
from assistant.review.gold import GoldQuestion
from assistant.review.recorded import Recorded
from assistant.review.room import Room
from ingestion.references import find_references

REFUSED = 409

Text = Annotated[str, Field(max_length=5000)]


class Described(BaseModel):
    """The form of a question as a browser sends it."""

    id: Text
    question: Text
    as_of: Annotated[date | None, BeforeValidator(lambda value: value or None)] = None
    articles: Text = ""
    facts: Text = ""
    refusal: bool = False
    record_id: Text = ""

    @property
    def gold(self) -> GoldQuestion:
        """The question that it describes."""
        return GoldQuestion(
            self.id.strip(),
            " ".join(self.question.split()),
            self.as_of,
            _lines(self.articles),
            _lines(self.facts),
            self.refusal,
        )


def gold_routes(room: Room, reader: Reader) -> APIRouter:
    """The set, its file and its form."""
    router = APIRouter()
    Who = Annotated[Identity, Depends(reader)]  # noqa: N806

    @router.get("/gold")
    def listed(who: Who) -> HTMLResponse:
        return framed("Jeu d'évaluation", *gold_html(room.gold), current="gold")

    @router.get("/gold.jsonl")
    def exported(who: Who) -> Response:
        headers = FORGET | {"Content-Disposition": 'attachment; filename="gold.jsonl"'}
        return Response(room.gold_file(who), media_type="application/jsonl", headers=headers)

    @router.get("/gold/new")
    def new(who: Who, record_id: str = "") -> HTMLResponse:
        first = _proposed(room.open(who, record_id)) if record_id else GoldQuestion("", "")
        return framed("Nouvelle question", form_html(first, record_id), current="gold")

    @router.get("/gold/{question_id}")
    def edited(who: Who, question_id: str) -> HTMLResponse:
        for question in room.gold:
            if question.id == question_id:
                return framed("Corriger la question", form_html(question, ""), current="gold")
        raise UnknownRecord("Le jeu d'évaluation n'a pas cette question : elle a été retirée.")

    @router.post("/gold")
    def kept(who: Who, form: Annotated[Described, Form()]) -> Response:
        try:
            room.promote(who, form.gold, form.record_id)
        except WrongQuestions as refusal:
            content = form_html(form.gold, form.record_id, str(refusal))
            return framed("Question à corriger", content, current="gold", status=REFUSED)
        return RedirectResponse(f"{ROOT}/gold", 303)

    @router.post("/gold/{question_id}/remove")
    def removed(who: Who, question_id: str) -> RedirectResponse:
        room.demote(who, question_id)
        return RedirectResponse(f"{ROOT}/gold", 303)

    return router


def _proposed(shown: Recorded) -> GoldQuestion:
    """A question with what its answer cites, to be corrected by who knows better."""
    result = shown.result
    cited = (
        found.key for each in result.answer.citations for found in find_references(each.locator)
    )
    return GoldQuestion(
        f"relue-{result.record_id}",
        result.standalone,
        result.as_of,
        tuple(dict.fromkeys(cited)),
        refusal_expected=result.answer.outcome is Outcome.ABSTAINED,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, text.splitlines())))
