"""A house whose law changed after its questions were answered, with its board."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware import Middleware

from assistant.identity import UserRole
from assistant.reports.management import LocalDashboard
from assistant.review.activity import ActivityPeriod
from assistant.review.readings import ANSWER, ReviewMark, ReviewVerdict, Target
from assistant.web.protection import Shield
from assistant.web.reviewer.app import referent_app
from assistant.web.reviewer.forms import ROOT
from assistant.web.routes import page_routes
from assistant.web.site import requiring
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.administered import add_code
from tests.support.index_home import build_and_publish
from tests.support.review_home import ANNE, House, house, people
from tests.support.small_index import ARTICLES, DOSSIER, answering_embedder, build_small_index

NOW = ActivityPeriod(date.today(), date.today())
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
    board: LocalDashboard
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
    name = change_the_law(built, texts, "vingt")
    told = {"act": "published", "generation": name, "replaces": "", "reason": "Décret de juin"}
    built.journal.append("index", told, user="u-dede")
    built.journal.append("opinion", {"record_id": records[0], "thumb": "down", "comment": ""})
    marks = [
        ReviewMark(Target.CITATION, 1, ReviewVerdict.SUPPORTS),
        ReviewMark(*ANSWER, ReviewVerdict.RIGHT),
    ]
    built.review.mark(ANNE, records[0], marks)
    return BoardHouse(built, LocalDashboard(built.home, built.review, built.journal), records)


def board_application(made: BoardHouse) -> FastAPI:
    """The référent's application with the pages of the board, which Anne reads."""
    app = FastAPI(middleware=[Middleware(Shield, rewrite=lambda page: page)])
    app.include_router(page_routes)
    reader = requiring(people(ANNE), UserRole.REFERENT)
    app.mount(ROOT, referent_app(made.house.review, reader, made.board))
    return app


def change_the_law(built: House, texts: Path, days: str) -> str:
    """Publish an index where the delay of payment is another one; its name."""
    articles = [
        (number, path, text.replace("trente", days), first, last)
        for number, path, text, first, last in ARTICLES
    ]
    add_code(built.home, texts, articles)
    return build_and_publish(built.home, answering_embedder())
