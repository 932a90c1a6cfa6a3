"""Figures and touched answers over a real small index that was published twice."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pypdf import PdfReader

from assistant.journal.journal import erase
from assistant.reports.management import LocalDashboard
from assistant.review.register import Sampling
from assistant.web.reviewer.forms import ROOT
from tests.support.board_house import (
    IN_A_DOSSIER,
    NOW,
    QUESTIONS,
    BoardHouse,
    board_application,
    board_house,
    change_the_law,
)
from tests.support.review_home import ANNE, BRUNO
from tests.support.small_index import DOSSIER


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> BoardHouse:
    return board_house(tmp_path_factory.mktemp("board"))


@pytest.fixture(scope="module")
def client(made: BoardHouse) -> Iterator[TestClient]:
    with TestClient(board_application(made)) as client:
        yield client


@dataclass(frozen=True)
class TakenReport:
    """A report as Anne took it, with what the journal says of it."""

    content: bytes
    export: dict[str, object]
    anchor: dict[str, object]

    @property
    def pdf(self) -> PdfReader:
        return PdfReader(io.BytesIO(self.content))


@pytest.fixture(scope="module")
def taken(made: BoardHouse) -> TakenReport:
    made.house.review.sample(ANNE, Sampling(7, 0.025, 0.0045))
    content = made.board.report(ANNE, NOW)
    return TakenReport(content, _last(made, "export")[1], _last(made, "anchor")[1])


def _text(pdf: PdfReader) -> str:
    said = " ".join(page.extract_text() for page in pdf.pages)
    return " ".join(said.replace("\u00a0", " ").split())


def _shown(client: TestClient) -> dict[str, str]:
    """What the button of the page of touched answers sends."""
    page = client.get(f"{ROOT}/touched").text
    return {"generation": page.partition('name="generation" value="')[2].partition('"')[0]}


def _last(made: BoardHouse, kind: str) -> tuple[str, dict[str, object]]:
    entry = [each for each in made.house.journal.entries() if each["kind"] == kind][-1]
    body = made.house.journal.body(entry)
    assert body is not None
    return entry.get("user", ""), body


def test_the_dashboard_shows_charts_tables_and_what_is_lacking(client: TestClient) -> None:
    page = client.get(f"{ROOT}/figures").text
    assert page.count("<svg") >= 4
    assert page.count("<table") > page.count("<svg")
    assert "6 questions" in page
    assert "décennale" in page
    assert f'href="{ROOT}/answers/' in page
    assert "<script" not in page


def test_the_period_is_in_the_address(client: TestClient) -> None:
    page = client.get(f"{ROOT}/figures?since=2020-01-01&until=2020-01-31").text
    assert "Aucune question" in page
    assert f"{ROOT}/report.pdf?since=2020-01-01&amp;until=2020-01-31" in page
    assert client.get(f"{ROOT}/figures?since=&until=").status_code == 200
    assert client.get(f"{ROOT}/figures?since=demain").status_code == 422


def test_a_reader_counts_the_answers_that_they_may_see(made: BoardHouse) -> None:
    assert [made.board.figures(each, NOW).asked for each in (ANNE, BRUNO)] == [6, 4]


def test_the_figures_leave_as_csv_and_the_journal_says_so(made: BoardHouse) -> None:
    written = made.board.table(ANNE, NOW).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written), delimiter=";"))
    values = {(part, name): value for part, name, value, *_ in rows}
    assert values["Volume", "Questions"] == "6"
    assert values["Jugement des citations", "soutient"] == "1"
    assert values["Avis", "à revoir"] == "1"
    [precision] = [
        row for row in rows if row[:2] == ["Jugement des citations", "part « soutient »"]
    ]
    assert precision[2:] == ["1,0000", "", "", "1"]  # one alone has no interval
    today = date.today().isoformat()
    assert _last(made, "export") == (
        "u-anne",
        {"what": "figures", "since": today, "until": today},
    )


def test_the_report_is_a_pdf_with_titles_bookmarks_and_page_numbers(taken: TakenReport) -> None:
    pdf = taken.pdf
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Sourcier : rapport d'activité et de qualité"
    marks = [str(each.title) for each in pdf.outline if not isinstance(each, list)]
    assert marks[0] == "En bref"
    assert "Questions sans réponse" in marks
    for number, page in enumerate(pdf.pages, 1):
        assert f"{number} / {len(pdf.pages)}" in page.extract_text()
    assert str(pdf.root_object["/Lang"]) == "fr-FR"
    assert taken.export["what"] == "report"


def test_the_report_says_the_figures_of_the_page(taken: TakenReport) -> None:
    text = _text(taken.pdf)
    assert "6 questions posées par 1 utilisateur." in text
    assert "soutiennent la phrase : 100 %, trop peu pour conclure (1 sur 1)." in text
    assert "établi par Anne" in text
    assert "Code de la commande publique, R2192-10" in text
    assert "Décret de juin" in text
    assert "décennale" in text
    assert "Limites de ce rapport" in text


def test_the_report_has_the_readings_the_proof_and_a_place_to_sign(taken: TakenReport) -> None:
    text = _text(taken.pdf)
    assert "Échantillon tiré et lu" in text
    assert "Le délai de paiement des communes est fixé à trente jours." in text
    assert "réponse juste" in text
    assert "u-anne lecteur" in text
    assert str(taken.anchor["hash"]) in text
    assert "aucune altération" in text
    assert taken.export["sha256"] == sha256(taken.content).hexdigest()


def test_the_sample_is_told_by_the_rates_that_draw_it_again(taken: TakenReport) -> None:
    text = _text(taken.pdf)
    assert "inférieurs à 2,5 % de 2^64" in text
    assert "« second » et 0,45 %" in text


def test_who_may_still_read_second_finds_no_verdict_in_the_report(made: BoardHouse) -> None:
    text = _text(PdfReader(io.BytesIO(made.board.report(BRUNO, NOW))))
    assert "reste caché" in text
    assert "Verdicts figés" not in text


def test_the_report_quotes_no_question_about_a_dossier(
    client: TestClient, taken: TakenReport
) -> None:
    text = _text(taken.pdf)
    assert "kermesse" in client.get(f"{ROOT}/figures").text
    assert "kermesse" not in text
    assert "posée sur un dossier, non citée" in text


def test_the_report_tells_no_word_of_a_dossier_however_often_it_is_asked(
    tmp_path: Path,
) -> None:
    made = board_house(tmp_path)
    for _ in range(2):
        made.house.ask(IN_A_DOSSIER[1], DOSSIER)
    figures = made.board.figures(ANNE, NOW)
    pieces = {theme.name for theme in figures.themes} & {"CCAP"}
    text = _text(PdfReader(io.BytesIO(made.board.report(ANNE, NOW))))
    assert pieces
    assert "kermesse" not in text
    assert "Dossiers posées sur un dossier, non cités 3" in text
    themes = text.partition("Thème Questions Sans réponse")[2].partition("Avis")[0]
    assert "Dossiers 4 3" in themes
    assert not any(piece in themes for piece in pieces)


def test_an_answer_touched_by_the_new_law_is_listed_and_compared(client: TestClient) -> None:
    page = client.get(f"{ROOT}/touched").text
    assert "À regarder (1)" in page
    assert QUESTIONS[0].replace(" ?", "\u00a0?") in page
    assert QUESTIONS[1].replace(" ?", "\u00a0?") not in page
    assert "trente</del>" in page
    assert "vingt</ins>" in page


def test_looking_at_it_is_in_the_journal_and_changes_its_state(
    client: TestClient, made: BoardHouse
) -> None:
    record = made.records[0]
    sent = client.post(f"{ROOT}/touched/{record}", data=_shown(client), follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, f"{ROOT}/touched")
    page = client.get(f"{ROOT}/touched").text
    assert "À regarder" not in page
    assert "Regardées (1)" in page
    user, body = _last(made, "review")
    assert (user, body["act"], body["record_id"]) == (ANNE.user, "looked", record)
    assert list(made.house.journal.faults()) == []


def test_a_change_that_was_published_after_the_page_was_opened_is_still_to_be_looked_at(
    tmp_path: Path,
) -> None:
    made = board_house(tmp_path)
    with TestClient(board_application(made)) as client:
        shown = _shown(client)
        change_the_law(made.house, tmp_path / "texts", "dix")
        client.post(f"{ROOT}/touched/{made.records[0]}", data=shown)
        page = client.get(f"{ROOT}/touched").text
    assert "À regarder (1)" in page
    assert "dix</ins>" in page
    assert "vingt</del>" in page


def test_an_unknown_record_or_index_changes_nothing(client: TestClient, made: BoardHouse) -> None:
    before = len(list(made.house.journal.entries()))
    shown = {"generation": made.board.generation}
    assert client.post(f"{ROOT}/touched/{'0' * 16}", data=shown).status_code == 404
    told = client.post(f"{ROOT}/touched/{made.records[0]}", data={"generation": "../demain"})
    assert "rouvrez les réponses touchées" in told.text.replace("\u00a0", " ")
    assert len(list(made.house.journal.entries())) == before


def test_the_journal_of_looks_is_read_on_by_another_board(made: BoardHouse) -> None:
    made.board.look(ANNE, made.records[0], made.board.generation)
    fresh = LocalDashboard(made.house.home, made.house.review, made.house.journal)
    assert [each.look is not None for each in fresh.touched(ANNE)] == [True]


def test_a_look_that_was_erased_is_told_no_longer(made: BoardHouse) -> None:
    made.board.look(ANNE, made.records[0], made.board.generation)
    assert [each.look is not None for each in made.board.touched(ANNE)] == [True]
    erase(made.house.journal, ANNE.user)
    assert [each.look for each in made.board.touched(ANNE)] == [None]
