"""A house whose law changed after its questions were answered, with its board."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware

from assistant.activity.period import Period
from assistant.board.local import LocalBoard
from assistant.identity import Role
from assistant.page.access import requiring
from assistant.page.referent import referent_app
from assistant.page.referent.board_routes import board_routes
from assistant.page.referent.frame import ROOT
from assistant.page.routes import page_routes
from assistant.page.shield import Shield
from assistant.review.marks import ANSWER, Mark, Target, Verdict
from ingestion.build import build
from ingestion.documents import Kind
from ingestion.dossiers import Dossier, Dossiers
from ingestion.durable import writing
from ingestion.library import Library
from ingestion.publication import publish
from tests.fakes_page import FakeDesk
from tests.page_app import site_over
from tests.review_room import ANNE, ByHeader, House, house
from tests.small_index import (
    ARTICLES,
    DOSSIER,
    answering_embedder,
    build_small_index,
    write_code,
)

NOW = Period(date.today(), date.today())
QUESTIONS = (
    "Quel est le délai de paiement des communes ?",
    "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?",
    "Quelle garantie décennale pour un ouvrage maritime flottant ?",
    "Quelle garantie décennale pour un pont ?",
)
IN_A_DOSSIER = ("Quelle pénalité par jour de retard ?", "Quelle météo pour la kermesse ?")
"""The second finds no answer."""


@dataclass(slots=True)
class BoardHouse:
    """The house, its board, and the record of each question."""

    house: House
    board: LocalBoard
    records: tuple[str, ...]


def board_house(folder: Path) -> BoardHouse:
    """Four questions on the rules and two on a dossier; then the delay of payment changes."""
    home, texts = folder / "home", folder / "texts"
    texts.mkdir(parents=True)
    build_small_index(home, texts, answering_embedder())
    built = house(home)
    records = tuple(built.ask(question).record_id for question in QUESTIONS)
    for question in IN_A_DOSSIER:
        built.ask(question, DOSSIER)
    Dossiers(built.home).describe(Dossier(DOSSIER, team="juridique"))
    name = _change_the_law(built, texts)
    told = {"act": "published", "generation": name, "replaces": "", "reason": "Décret de juin"}
    built.journal.append("index", told, user="u-dede")
    built.journal.append("opinion", {"record_id": records[0], "thumb": "down", "comment": ""})
    marks = [
        Mark(Target.CITATION, 1, Verdict.SUPPORTS),
        Mark(*ANSWER, Verdict.RIGHT),
    ]
    built.room.mark(ANNE, records[0], marks)
    return BoardHouse(built, LocalBoard(built.home, built.room, built.journal), records)


def board_application(made: BoardHouse) -> FastAPI:
    """The référent's application with the pages of the board, which Anne reads."""
    app = FastAPI(middleware=[Middleware(Shield, rewrite=lambda page: page)])
    app.include_router(page_routes(site_over(FakeDesk())))
    reader = requiring(ByHeader(ANNE), Role.REFERENT)
    app.mount(ROOT, referent_app(made.house.room, reader, board_routes(made.board, reader)))
    return app


def _change_the_law(built: House, texts: Path) -> str:
    """Publish an index where the delay of payment is another one; its name."""
    articles = [
        (number, path, text.replace("trente", "vingt"), first, last)
        for number, path, text, first, last in ARTICLES
    ]
    code = write_code(texts, articles)
    with writing(built.home):
        assert Library(built.home).add(code, "code.jsonl", Kind.RULES).reading.problem is None
        name = build(built.home, answering_embedder(), lambda step, done, total: None).name
        publish(built.home, name)
    return name
