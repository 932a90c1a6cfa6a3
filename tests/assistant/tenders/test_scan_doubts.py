"""What a scan shows is marked as read by recognition, and doubtful figures are never computed."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PIL import Image

from assistant.answering.answer import Finished, TurnResult
from assistant.answering.record import contract
from assistant.calculators.constants import IndexedLaw
from assistant.errors import Ungrounded
from assistant.question.language import Language
from assistant.reports.markup import load_words
from assistant.tenders.conformity.review import day_of, review
from assistant.tenders.conformity.rules import FindingSeverity
from assistant.tenders.fiche import Fiche, FicheLine, FicheState, fiche
from assistant.tools.questions import SEARCH
from assistant.tools.resources import read
from assistant.tools.tool import ToolService, document_uri
from assistant.web.buyer.conversation import Conversation, Turn, advance
from assistant.web.buyer.dossier_pages import fiche_section
from assistant.web.buyer.export import answer_text
from assistant.web.buyer.turn_view import turn_html
from assistant.web.pdf_page import ALERT, OUTLINE, WASH, draw
from assistant.web.viewer import View, document_html, order_for
from ingestion.chunking.passages import Passage, passages_of
from ingestion.documents.document import Document, Kind, ScannedPage, ScannedWord
from ingestion.durable import lock_for_writing
from ingestion.index.snapshot import IndexSnapshot
from ingestion.index.store import DisputedFigure
from ingestion.library.library import Library
from ingestion.progress import untold
from ingestion.tenders.dossiers import Dossier, Dossiers
from tests.support.conformity_dossier import SENT, TODAY, FakeCode
from tests.support.index_home import build_and_publish
from tests.support.pdf_maker import page_of, pdf_of, read_as
from tests.support.small_index import (
    DOSSIER,
    answering_embedder,
    assistant_over,
    build_small_index,
    result_of,
)
from tests.support.small_index import TODAY as THEN

SAID = load_words(Language.FRENCH)
RETENTION = (
    "Article 1 - Retenue de garantie",
    "Le titulaire constitue une retenue de garantie de 7 % du montant initial du marche.",
)


def scanned(
    *lines: str, doubtful: tuple[str, ...] = (), name: str = "CCAP.pdf"
) -> tuple[Document, Passage]:
    """A scanned piece and its only passage."""
    (document,) = read_as(page_of(*lines, doubtful=doubtful), name).documents
    (passage,) = passages_of(document)
    return document, passage


def made(*lines: str, doubtful: tuple[str, ...] = (), name: str = "CCAP.pdf") -> Fiche:
    document, passage = scanned(*lines, doubtful=doubtful, name=name)
    return fiche([(document, (passage,))])


def line(label: str, of: Fiche) -> FicheLine:
    return next(each for each in of.lines if each.label == label)


def test_the_fiche_shows_a_doubtful_figure_and_takes_no_value_from_it() -> None:
    sure = line("Retenue de garantie", made(*RETENTION))
    assert (sure.state, [len(each.values) for each in sure.entries]) == (FicheState.FOUND, [1])
    found = made(*RETENTION, doubtful=("7",))
    unsure = line("Retenue de garantie", found)
    assert [each.values for each in unsure.entries] == [()]
    assert unsure.state is FicheState.DIFFERS
    assert unsure.remark == "chiffre lu avec doute, vérifiez sur l’image : « 7 % »"
    section = fiche_section(found, "ecole", Language.FRENCH)
    assert "lu par reconnaissance de caractères" in section
    assert "chiffre lu avec doute, vérifiez sur l’image" in section


def test_weights_read_with_doubt_are_not_added() -> None:
    criteria = (
        "Article 2 - Critères d'attribution",
        "Les critères sont le prix, pondéré à 60 %, et la valeur technique, pondérée à 40 %.",
    )
    label = "Critères d'attribution et pondération"
    assert "60 + 40 = 100" in line(label, made(*criteria, name="RC.pdf")).remark
    assert " + " not in line(label, made(*criteria, doubtful=("60",), name="RC.pdf")).remark


def findings(document: Document) -> dict[str, tuple[FindingSeverity, str]]:
    found = review([document], FakeCode(SENT), TODAY, Dossier("ecole"))
    return {each.rule: (each.severity, each.sentence) for each in found if "retenue" in each.rule}


def test_the_review_does_not_judge_a_doubtful_figure() -> None:
    sure, _ = scanned(*RETENTION)
    unsure, _ = scanned(*RETENTION, doubtful=("7",))
    said = [sentence for _, sentence in findings(sure).values() if "7" in sentence]
    assert said
    for severity, sentence in findings(unsure).values():
        assert severity is FindingSeverity.UNCHECKED
        assert "chiffre lu avec doute (CCAP, art. 1, p. 1), vérifiez sur l’image" in sentence


def test_a_dossier_is_not_dated_by_a_doubtful_day() -> None:
    sent = ("Avis de marche", "Date d'envoi de l'avis : 8 octobre 2026")
    sure, _ = scanned(*sent, name="RC.pdf")
    unsure, _ = scanned(*sent, doubtful=("8",), name="RC.pdf")
    assert day_of([sure], Dossier("ecole")) == date(2026, 10, 8)
    assert day_of([unsure], Dossier("ecole")) is None


def test_a_constant_of_the_law_is_not_taken_from_a_doubtful_figure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = "La retenue de garantie ne peut pas dépasser 5 % du montant initial du marché."
    name = "retenue de garantie"

    def stated(doubtful: tuple[str, ...]) -> Decimal:
        _, passage = scanned(said, doubtful=doubtful)
        monkeypatch.setattr("assistant.calculators.constants.in_force", lambda *_: (passage,))
        return IndexedLaw(cast("IndexSnapshot", None), TODAY).stated(name).value

    assert stated(()) == 5
    with pytest.raises(Ungrounded):
        stated(("5",))


CLAUSES = (
    "Article 12 - Penalites",
    "Tout retard de livraison donne lieu a une pénalité, qui ne peut excéder 10 000 euros.",
)


def answered(home: Path, doubtful: tuple[str, ...] = ()) -> TurnResult:
    """What a dossier answers whose CCAP is a scan."""
    embedder = answering_embedder()
    build_small_index(home, home, embedder)
    folder = Dossiers(home).home(DOSSIER)
    path = home / "CCAP.pdf"
    path.write_bytes(pdf_of([[]]))
    reading = read_as(page_of(*CLAUSES, doubtful=doubtful))
    with lock_for_writing(folder), pytest.MonkeyPatch.context() as patch:
        patch.setattr("ingestion.library.library.read_file", lambda *_, **__: reading)
        library = Library(folder)
        library.remove(["CCAP.md"])
        library.add(path, path.name, Kind.TENDER, DOSSIER)
    build_and_publish(folder, embedder)
    asked = "Quelle pénalité pour 12 000 euros de retard de livraison ?"
    return result_of(assistant_over(home).ask(asked, as_of=THEN, dossier=DOSSIER))


@pytest.fixture(scope="module")
def unsure(tmp_path_factory: pytest.TempPathFactory) -> TurnResult:
    """The answer where the cap was read with doubt."""
    return answered(tmp_path_factory.mktemp("unsure"), ("10",))


def test_a_limit_is_compared_only_where_it_was_read_without_doubt(
    tmp_path: Path, unsure: TurnResult
) -> None:
    compared = "Calcul : 12 000 euros est supérieur à 10 000 euros."
    assert compared in answered(tmp_path).answer.markdown
    assert "10 000 euros" in unsure.answer.markdown
    assert "Calcul" not in unsure.answer.markdown


def test_an_answer_says_what_was_recognised_and_what_is_doubtful(unsure: TurnResult) -> None:
    told = contract(unsure)
    (citation,) = [each for each in told["citations"] if each.get("recognised")]
    assert citation["doubts"] == ["10 000 euros"]
    assert [each["recognised"] for each in told["evidence"] if "recognised" in each] == [True]
    assert "vérifiez sur l’image : « 10 000 euros » [1]" in unsure.answer.notice
    assert "Le texte de [1] est lu par reconnaissance de caractères" in unsure.answer.notice


def test_the_page_and_what_is_taken_away_say_so_at_the_quote(unsure: TurnResult) -> None:
    turn = advance(Turn("?", THEN), Finished(unsure))
    reply, evidence = turn_html(turn, 0, Conversation((turn,), Language.FRENCH)).split("<aside")
    sentence = reply.split('<div class="sentence')[1].split('<div class="notice"')[0]
    for part in (sentence, evidence, answer_text(turn, SAID)):
        assert SAID["of_recognised_text"] in part
        assert SAID["of_doubtful_figure"] in part
    assert '<span class="doubtful">10 000 euros</span>' in plain(evidence)


def test_a_search_says_so_to_programs(unsure: TurnResult) -> None:
    [scan] = [each for each in unsure.evidence if each.passage.recognised]
    figure = DisputedFigure(scan.passage.id, "7 %", ("R2191-33",))
    found = replace(unsure, evidence=(replace(scan, disputed=(figure,)),))
    service = cast("ToolService", SimpleNamespace(search=lambda *_, **__: found))
    reply = SEARCH.call(service, {"query": "pénalité"}, untold)
    head, *said = reply.text.partition("\n\n")[0].splitlines()
    assert head.startswith("[1] CCAP, art. 12")
    assert f" · {SAID['of_recognised_text']} · " in head
    assert f"Attention, {SAID['of_doubtful_figure']} : « 10 000 euros »." in said
    assert any("Cette fiche dit « 7 % »" in plain(each) for each in said)


def test_a_whole_scan_says_so_to_programs() -> None:
    document, _ = scanned(*CLAUSES, doubtful=("10",))
    service = cast("ToolService", SimpleNamespace(document=lambda *_: document))
    text = read(service, document_uri(document.id, None))
    head, _, words = text.partition(document.text)
    assert "lu par reconnaissance de caractères : l'image des pages fait foi" in head
    assert "avec doute, à vérifier sur l'image : « 10 000 euros »." in head
    assert words == ""


def plain(text: str) -> str:
    """Text without what holds it together at the end of a line."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_words_of_a_scanned_page_are_read_once_whatever_is_doubtful(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    document, passage = scanned(*CLAUSES, doubtful=("10",))
    words, read = tuple(document.scans[0].words), []

    def counted(page: ScannedPage) -> Iterator[ScannedWord]:
        read.append(page.number)
        return iter(words)

    monkeypatch.setattr(ScannedPage, "words", property(counted))
    order = order_for(document, View((passage.start, passage.end)), 1)
    assert order
    assert order.places.doubtful
    assert read == [1]


def test_the_viewer_frames_the_words_of_a_scan_and_its_doubtful_figures() -> None:
    document, passage = scanned(*CLAUSES, doubtful=("10",))
    start = document.text.index("pénalité,")
    view = View((passage.start, passage.end), ((start, start + 8),))
    html = document_html(document, view, Language.FRENCH, drawn=True)
    assert "lues par reconnaissance de caractères" in html
    order = order_for(document, view, 1)
    assert order
    picture = Image.open(io.BytesIO(draw(pdf_of([[]]), order))).convert("RGB")
    at = CLAUSES[1].split().index("pénalité,")

    def seen(word: int, row: int) -> tuple[int, ...]:
        """The colour in the middle of a word of the page."""
        x, y = 200 + 300 * word, 150 + 200 * row
        pixel = picture.getpixel((x * picture.width // 10_000, y * picture.height // 10_000))
        assert isinstance(pixel, tuple)
        return pixel

    assert seen(at, 1) == WASH
    assert seen(at + 1, 1) == (255, 255, 255)
    colours = {colour for _, colour in picture.getcolors(1 << 24) or []}
    assert {OUTLINE, ALERT} <= colours
    sure, _ = scanned(*CLAUSES)
    framed = draw(pdf_of([[]]), order_for(sure, view, 1) or order)
    assert ALERT not in {c for _, c in Image.open(io.BytesIO(framed)).getcolors(1 << 24) or []}
