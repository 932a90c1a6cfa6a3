"""A clause that its page does not show: answered from, and never without saying so."""

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.answer import Finished, Outcome, TurnResult
from assistant.answering.notices import remarks
from assistant.answering.record import contract
from assistant.cli.command import main
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.tenders.conformity.review import FiledReview, quotes, review, review_fields
from assistant.tenders.conformity.rules import FindingSeverity
from assistant.tools.questions import FICHE
from assistant.tools.resources import read
from assistant.tools.tool import document_uri
from assistant.web.buyer.conversation import Conversation, Turn, advance
from assistant.web.buyer.export import answer_text
from assistant.web.buyer.turn_view import turn_html
from assistant.web.viewer import View, document_html
from ingestion.documents.document import Document, Hidden, Kind, Page
from ingestion.durable import lock_for_writing
from ingestion.library.library import Library
from ingestion.progress import untold
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.ingestion.readers.test_visibility import paper, shown
from tests.support.conformity_dossier import SENT, FakeCode
from tests.support.dossier_files import piece
from tests.support.index_home import build_and_publish
from tests.support.passage_texts import evidence_of
from tests.support.small_index import (
    DOSSIER,
    TODAY,
    answering_embedder,
    assistant_over,
    build_small_index,
    result_of,
)
from tests.support.tool_service import service_of

CLAUSE = "La penalite de retard est fixee a 900 euros par jour de retard."
SAID = load_words(Language.FRENCH)
LABEL = "texte que la page ne montre pas"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dossier whose only clause on penalties is white on white."""
    home, texts = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("texts")
    embedder = answering_embedder()
    build_small_index(home, texts, embedder)
    folder = Dossiers(home).home(DOSSIER)
    path = texts / "CCAP.pdf"
    path.write_bytes(paper(shown("Article 12 - Penalites"), shown(CLAUSE, before="1 g")))
    with lock_for_writing(folder):
        library = Library(folder)
        library.remove(["CCAP.md"])
        assert library.add(path, path.name, Kind.TENDER, DOSSIER).reading.problem is None
    build_and_publish(folder, embedder)
    return home


@pytest.fixture(scope="module")
def result(home: Path) -> TurnResult:
    """The answer from that clause."""
    asked = "Quelle pénalité pour un retard de livraison ?"
    return result_of(assistant_over(home).ask(asked, as_of=TODAY, dossier=DOSSIER))


def test_an_answer_that_quotes_it_says_so_first(result: TurnResult) -> None:
    answer = result.answer
    assert answer.outcome is Outcome.PARTIAL
    assert "900 euros" in answer.markdown
    assert answer.markdown.startswith("Attention : [1] cite un texte que la page du document ne")
    assert [each.hidden for each in answer.citations] == [True]
    assert [each["hidden"] for each in contract(result)["citations"]] == [True]


def test_the_page_and_what_is_taken_away_say_so_at_the_quote(result: TurnResult) -> None:
    turn = advance(Turn("?", TODAY), Finished(result))
    html = turn_html(turn, 0, Conversation((turn,), Language.FRENCH))
    reply, evidence = html.split("<aside")
    sentences = reply.split('<div class="sentence')[1:]
    assert sentences
    assert all(LABEL in each for each in sentences)
    assert LABEL in evidence
    assert '<s class="concealed">' in evidence
    assert f"({LABEL})" in answer_text(turn, SAID)


def test_the_viewer_strikes_it_beside_the_picture(result: TurnResult) -> None:
    text = result.evidence[0].passage.text
    page, hidden = Page(1, 0, len(text)), Hidden(0, len(text))
    document = Document("d", "CCAP", "CCAP.pdf", Kind.TENDER, text, (page,), hidden=(hidden,))
    for drawn in (True, False):
        html = document_html(document, View((0, len(document.text))), Language.FRENCH, drawn=drawn)
        assert '<s class="concealed">' in html
        assert "que ses pages ne montrent pas" in html
    plain = document_html(replace(document, hidden=()), View((0, 5)), Language.FRENCH, drawn=True)
    assert "concealed" not in plain


def test_what_stands_under_a_picture_is_to_be_compared_with_it() -> None:
    plain = evidence_of("Le délai est de trente jours.")
    scanned = replace(plain, passage=replace(plain.passage, hidden=(Hidden(0, 9, True),)))
    assert "sous une image" in remarks(Language.FRENCH, [scanned], TODAY, None)
    assert "under a picture" in remarks(Language.ENGLISH, [scanned], TODAY, None)
    assert remarks(Language.FRENCH, [plain], TODAY, None) == ""


def test_the_fiche_says_so_to_programs_and_in_the_terminal(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = FICHE.call(service_of(home), {"dossier": DOSSIER}, untold)
    assert f"{CLAUSE}\n(CCAP, art. 12, p. 2 ({LABEL}))" in reply.text
    entries = [entry for line in reply.fields["lines"] for entry in line["entries"]]
    assert {entry["hidden"] for entry in entries if entry["text"] == CLAUSE} == {True}
    assert main(["--data", str(home), "dossier", "fiche", DOSSIER]) == 0
    assert "(texte que la page" in capsys.readouterr().out


def test_the_whole_piece_marks_it_for_programs(home: Path) -> None:
    service = service_of(home)
    [piece] = service.documents(DOSSIER)
    text = read(service, document_uri(piece.id, DOSSIER))
    assert f"[{LABEL} : {CLAUSE.rstrip('.')}]" in text
    assert text.index("Attention : les pages ne montrent pas") < text.index("Article 12")


def test_the_review_says_so_beside_its_quotes() -> None:
    words = "Une retenue de garantie de 7 % est appliquée."
    document, _ = piece("CCAP.md", f"# Retenue de garantie\n\n{words}")
    hidden = replace(document, hidden=(Hidden(0, len(document.text)),))
    found = review([hidden], FakeCode(SENT), TODAY, Dossier("ecole"))
    [finding] = [each for each in found if any(words in text for _, text in quotes(each))]
    assert finding.severity is FindingSeverity.GRAVE
    assert [f"({LABEL})" in where for where, _ in quotes(finding)] == [True, False]
    fields = review_fields("ecole", FiledReview(SENT, (finding,)))
    assert [place.get("hidden") for place in fields["findings"][0]["places"]] == [True]
