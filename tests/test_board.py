"""Figures and touched answers over a real small index that was published twice."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pypdf import PdfReader

from assistant.activity.period import Period
from assistant.assistant import Assistant
from assistant.board.local import LocalBoard
from assistant.holder import Holder
from assistant.identity import ALONE, Identity, Role
from assistant.journal import Journal
from assistant.page.access import SingleUser, requiring
from assistant.page.referent import referent_app
from assistant.page.referent.board_routes import board_routes
from assistant.page.referent.frame import ROOT
from assistant.review.marks import ANSWER, Mark, Target, Verdict
from assistant.review.room import Room
from assistant.turn import Finished
from ingestion.build import build
from ingestion.documents import Kind
from ingestion.dossiers import Dossier, Dossiers
from ingestion.durable import writing
from ingestion.library import Library
from ingestion.publication import publish
from tests.fakes import ScriptedModel
from tests.small_index import ARTICLES, DOSSIER, TODAY, answering_embedder, build_small_index
from tests.small_index import _line as article_line

TODAY_ONLY = Period(date.today(), date.today())
READER = Identity("p7", "Camille Durand", frozenset({Role.REFERENT}), None)
STRANGER = Identity("p8", "", frozenset({Role.REFERENT}), frozenset())
QUESTIONS = (
    "Quel est le délai de paiement des communes ?",
    "Sous quel montant acheter des fournitures sans publicité ni mise en concurrence ?",
    "Quelle garantie décennale pour un ouvrage maritime flottant ?",
    "Quelle garantie décennale pour un pont ?",
)


@dataclass
class Place:
    """A data folder in use, its board, and the record of each question."""

    home: Path
    journal: Journal
    room: Room
    board: LocalBoard
    records: tuple[str, ...]


def _ask(assistant: Assistant, question: str, dossier: str | None = None) -> str:
    events = list(assistant.ask(question, dossier=dossier))
    assert isinstance(events[-1], Finished)
    return events[-1].result.record_id


def _change_the_law(home: Path, texts: Path) -> str:
    """Publish an index where the delay of payment is another one."""
    articles = [
        (number, path, text.replace("trente", "vingt"), first, last)
        for number, path, text, first, last in ARTICLES
    ]
    code = texts / "code.jsonl"
    code.write_text("\n".join(map(article_line, articles)), encoding="utf-8")
    with writing(home):
        assert Library(home).add(code, "code.jsonl", Kind.RULES).reading.problem is None
        name = build(home, answering_embedder(), lambda step, done, total: None).name
        publish(home, name)
    return name


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    home, texts = tmp_path_factory.mktemp("board") / "home", tmp_path_factory.mktemp("texts")
    embedder = answering_embedder()
    build_small_index(home, texts, embedder)
    journal = Journal(home / "journal.jsonl")
    holder, model = Holder(home, embedder), ScriptedModel()
    assistant = Assistant(holder, embedder, model, journal, 6, False, clock=lambda: TODAY)
    records = tuple(_ask(assistant, question) for question in QUESTIONS)
    _ask(assistant, "Quelle pénalité par jour de retard ?", DOSSIER)
    name = _change_the_law(home, texts)
    told = {"act": "published", "generation": name, "replaces": "", "reason": "Décret de juin"}
    journal.append("index", told, user="p2")
    journal.append("opinion", {"record_id": records[0], "thumb": "down", "comment": ""})
    room = Room(home, assistant)
    marks = [
        Mark(Target.CITATION, 1, Verdict.SUPPORTS),
        Mark(ANSWER[0], ANSWER[1], Verdict.RIGHT),
    ]
    Dossiers(home).describe(Dossier(DOSSIER, team="juridique"))
    room.mark(READER, records[0], marks)
    return Place(home, journal, room, LocalBoard(home, room, journal), records)


@pytest.fixture(scope="module")
def client(place: Place) -> Iterator[TestClient]:
    app = FastAPI()
    reader = requiring(SingleUser(), Role.REFERENT)
    app.mount(ROOT, referent_app(place.room, reader, board_routes(place.board, reader)))
    with TestClient(app) as client:
        yield client


def _pdf(place: Place) -> PdfReader:
    return PdfReader(io.BytesIO(place.board.report(READER, TODAY_ONLY)))


def _text(pdf: PdfReader) -> str:
    said = " ".join(page.extract_text() for page in pdf.pages)
    return " ".join(said.replace("\u00a0", " ").split())


def _last(place: Place, kind: str) -> tuple[str, dict[str, object]]:
    entry = [each for each in place.journal.entries() if each["kind"] == kind][-1]
    body = place.journal.body(entry)
    assert body is not None
    return entry.get("user", ""), body


def test_the_dashboard_shows_charts_tables_and_what_is_lacking(client: TestClient) -> None:
    page = client.get(f"{ROOT}/figures").text
    assert page.count("<svg") >= 4
    assert page.count("<table") > page.count("<svg")
    assert "5 questions" in page
    assert "décennale" in page
    assert f'href="{ROOT}/answers/' in page
    assert "<script" not in page


def test_the_period_is_in_the_address(client: TestClient) -> None:
    page = client.get(f"{ROOT}/figures?since=2020-01-01&until=2020-01-31").text
    assert "Aucune question" in page
    assert f"{ROOT}/report.pdf?since=2020-01-01&amp;until=2020-01-31" in page
    assert client.get(f"{ROOT}/figures?since=&until=").status_code == 200
    assert client.get(f"{ROOT}/figures?since=demain").status_code == 422


def test_a_reader_counts_the_answers_that_they_may_see(place: Place) -> None:
    assert "5 questions" in place.board.dashboard(READER, TODAY_ONLY)
    assert "4 questions" in place.board.dashboard(STRANGER, TODAY_ONLY)


def test_the_figures_leave_as_csv_and_the_journal_says_so(place: Place) -> None:
    written = place.board.table(READER, TODAY_ONLY).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written), delimiter=";"))
    values = {(part, name): value for part, name, value, *_ in rows}
    assert values["Volume", "Questions"] == "5"
    assert values["Jugement des citations", "soutient"] == "1"
    assert values["Avis", "à revoir"] == "1"
    [precision] = [
        row for row in rows if row[:2] == ["Jugement des citations", "part « soutient »"]
    ]
    assert precision[2:] == ["1,0000", "0,2065", "1,0000", "1"]  # Wilson, 1 of 1
    today = date.today().isoformat()
    assert _last(place, "export") == (
        "p7",
        {"what": "figures", "since": today, "until": today},
    )


def test_the_report_is_a_pdf_with_titles_bookmarks_and_page_numbers(place: Place) -> None:
    pdf = _pdf(place)
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Sourcier : rapport d’activité et de qualité"
    marks = [str(each.title) for each in pdf.outline if not isinstance(each, list)]
    assert marks[0] == "En bref"
    assert "Questions sans réponse" in marks
    for number, page in enumerate(pdf.pages, 1):
        assert f"{number} / {len(pdf.pages)}" in page.extract_text()
    assert str(pdf.root_object["/Lang"]) == "fr-FR"
    assert _last(place, "export")[1]["what"] == "report"


def test_the_report_says_the_figures_of_the_page(place: Place) -> None:
    text = _text(_pdf(place))
    assert "5 questions posées par 1 utilisateur." in text
    assert "soutiennent la phrase : 100 %, intervalle à 95 % 21 à 100 % (1 sur 1)." in text
    assert "établi par Camille Durand" in text
    assert "Code de la commande publique, R2192-10" in text
    assert "Décret de juin" in text
    assert "décennale" in text
    assert "Limites de ce rapport" in text


def test_the_report_quotes_no_question_about_a_dossier(place: Place) -> None:
    assert "pénalité par jour" not in _text(_pdf(place))


def test_an_answer_touched_by_the_new_law_is_listed_and_compared(client: TestClient) -> None:
    page = client.get(f"{ROOT}/touched").text
    assert "À regarder (1)" in page
    assert QUESTIONS[0].replace(" ?", "\u00a0?") in page
    assert QUESTIONS[1].replace(" ?", "\u00a0?") not in page
    assert "trente</del>" in page
    assert "vingt</ins>" in page


def test_looking_at_it_is_in_the_journal_and_changes_its_state(
    client: TestClient, place: Place
) -> None:
    record = place.records[0]
    sent = client.post(f"{ROOT}/touched/{record}", follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{ROOT}/touched")
    page = client.get(f"{ROOT}/touched").text
    assert "À regarder" not in page
    assert "Regardées (1)" in page
    user, body = _last(place, "review")
    assert (user, body["act"], body["record_id"]) == (ALONE.user, "looked", record)
    assert list(place.journal.faults()) == []


def test_another_site_and_an_unknown_record_change_nothing(
    client: TestClient, place: Place
) -> None:
    before = len(list(place.journal.entries()))
    other = {"sec-fetch-site": "cross-site"}
    refused = client.post(f"{ROOT}/touched/{place.records[0]}", headers=other)
    assert refused.status_code == 403
    assert client.post(f"{ROOT}/touched/{'0' * 16}").status_code == 404
    assert len(list(place.journal.entries())) == before


def test_the_journal_of_looks_is_read_on_by_another_board(place: Place) -> None:
    place.board.look(READER, place.records[0])
    fresh = LocalBoard(place.home, place.room, place.journal)
    assert "Regardées (1)" in fresh.touched(READER)
    assert json.dumps(_last(place, "review")[1])
