"""Questions about invoices in a conversation: figures on record, each with rows to open."""

from datetime import date
from pathlib import Path

import pytest

from assistant.answering.answer import Exchange, Finished, Outcome, TurnResult
from assistant.answering.pipeline import Assistant
from assistant.calculators.calculation import Buyer
from assistant.citations.checker import Support
from assistant.question.day import DaySource
from assistant.web.buyer.conversation import Conversation, Turn, advance
from assistant.web.buyer.turn_view import turn_html
from ingestion.library.archive import Archive
from tests.ledger_rows import TODAY, assistant_of, file_row, filled, invoice
from tests.page_tags import parsed

PAID = "Nombre de factures, payées : 1. [1]\n\nLes avoirs ne sont pas des factures comptées."
HOSTILE = "<script>alert(1)</script>"
INTEREST = "Quelles factures dépassent 30 jours et combien devons-nous d'intérêts moratoires ?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("accounting") / "home"


@pytest.fixture(scope="module")
def assistant(home: Path) -> Assistant:
    """Over three invoices of which two are late."""
    assistant = assistant_of(home)
    filled(
        home,
        file_row(),
        invoice("A-1", date(2026, 2, 2), net=1000, vat=200),
        invoice("A-2", date(2026, 3, 2), net=500, vat=100, paid=date(2026, 3, 20)),
        invoice("Z-1", date(2026, 3, 3), net=7, supplier_siren=None, supplier_name=HOSTILE),
    )
    return assistant


def _asked(assistant: Assistant, question: str, as_of: date | None = None) -> TurnResult:
    *_, finished = assistant.ask(question, as_of=as_of)
    assert isinstance(finished, Finished)
    return finished.result


def test_a_figure_is_computed_and_each_of_its_rows_can_be_opened(assistant: Assistant) -> None:
    result = _asked(assistant, "Montant TTC des factures non payées")
    assert (result.route, result.answer.outcome) == ("invoices", Outcome.ANSWERED)
    [sentence] = result.answer.sentences
    assert sentence.text == (
        "Somme du montant TTC des factures, non payées : 1\u202f227\u00a0€ (2 factures)."
    )
    assert (sentence.support, sentence.citations) == (Support.COMPUTED, (1, 2))
    passages = {item.number: item.passage for item in result.evidence}
    for citation in result.answer.citations:
        passage = passages[citation.n]
        place = slice(citation.start - passage.start, citation.end - passage.start)
        assert passage.text[place] == citation.quote
        assert citation.document == citation.sha256
    assert result.answer.citations[0].quote.startswith("Facture : A-1 ; Fournisseur : Brelan SARL")


def test_it_is_on_record_with_the_rows_that_were_shown(assistant: Assistant, home: Path) -> None:
    result = _asked(assistant, "Combien de factures sont payées ?")
    entry = next(e for e in assistant.journal.entries() if e["hash"][:16] == result.record_id)
    body = assistant.journal.body(entry)
    assert body
    assert (body["route"], body["answer"]) == ("invoices", PAID)
    assert "Facture : A-2" in body["evidence"][0]["passage"]["text"]
    [(identifier, digest)] = body["archive"].items()
    kept = Archive(home).document(digest)
    for citation in result.answer.citations:
        assert citation.document == identifier == kept.id
        assert kept.text[citation.start : citation.end] == citation.quote


def test_what_is_owed_for_lateness_rests_on_the_law_of_the_day(assistant: Assistant) -> None:
    result = _asked(assistant, INTEREST)
    interest, lump, law = result.answer.sentences
    # 195 days at 2.15 + 8 points on 1 200 €; Z-1 on 27 €.
    assert " : 66,32\u00a0€ (2 lignes)." in interest.text
    assert lump.text == "S'y ajoutent les indemnités forfaitaires : 80\u00a0€."
    assert law.text.startswith("Délai de paiement compté : 30 jours")
    cited = {citation.n: citation.locator for citation in result.answer.citations}
    assert any("R2192-10" in cited[number] for number in law.citations)
    assert "collectivité territoriale" in result.answer.notice


def test_a_period_that_is_named_is_not_the_day_of_the_calculation(assistant: Assistant) -> None:
    result = _asked(assistant, "Combien de factures reçues en mars 2026 ?")
    assert (result.as_of, result.day_source) == (TODAY, DaySource.TODAY)
    assert " : 2." in result.answer.sentences[0].text
    result = _asked(assistant, "Combien de factures reçues en mars 2026 ?", date(2026, 10, 1))
    assert (result.as_of, result.day_source) == (date(2026, 10, 1), DaySource.GIVEN)


def test_the_time_limit_is_that_of_who_buys(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "Combien de factures sont en retard ?"
    for buyer, days in ((Buyer.LOCAL, 30), (Buyer.HOSPITAL, 50)):
        monkeypatch.setattr(assistant.ledger, "buyer", buyer)
        answer = _asked(assistant, question).answer
        assert f"Délai de paiement compté : {days} jours" in answer.markdown
        assert f"« {buyer.label} »" in answer.notice


def test_what_is_not_understood_has_no_figure(assistant: Assistant) -> None:
    result = _asked(assistant, "Quelles factures de Zoé' OR 1=1 -- sont belles ?")
    assert (result.route, result.answer.outcome) == ("invoices", Outcome.ABSTAINED)
    assert "« belles »" in result.answer.notice
    assert "- « Combien de factures reçues en 2026 ne sont pas payées ? »" in result.answer.notice
    assert result.evidence == ()


@pytest.mark.parametrize(
    "question",
    ["Sous combien de jours faut-il payer une facture ?", "Quels intérêts pour un retard ?"],
)
def test_a_question_about_the_law_is_answered_by_the_law(
    assistant: Assistant, question: str
) -> None:
    assert _asked(assistant, question).route == "rule"


def test_a_figure_may_be_followed_by_a_question_on_the_law(assistant: Assistant) -> None:
    history = (Exchange("Combien de factures ?", "Nombre de factures : 3."),)
    *_, finished = assistant.ask("Et pour une avance ?", history=history)
    assert isinstance(finished, Finished)
    assert finished.result.route == "rule"


def test_a_follow_up_to_a_figure_is_a_figure(assistant: Assistant) -> None:
    history = (Exchange("Combien de factures ?", "Nombre de factures : 3."),)
    *_, finished = assistant.ask("Et en montant ?", history=history)
    assert isinstance(finished, Finished)
    assert finished.result.route == "invoices"
    assert finished.result.answer.sentences[0].text.startswith("Somme du montant TTC")
    assert "avec ce changement : somme du montant TTC" in finished.result.answer.notice


def test_the_screen_leads_to_the_rows_and_shows_nothing_of_them_as_markup(
    assistant: Assistant,
) -> None:
    question = "Montant TTC des factures par fournisseur"
    turn = Turn(question, None)
    for event in assistant.ask(question):
        turn = advance(turn, event)
    found = parsed(turn_html(turn, 1, Conversation())).found
    assert "script" not in {tag for tag, _ in found}
    addresses = [str(a["href"]) for tag, a in found if tag == "a"]
    assert any(each.startswith("/factures/piece/") for each in addresses)
    assert any(each.startswith("/factures/calcul?question=Montant") for each in addresses)
    [drawing] = [a for tag, a in found if tag == "img"]
    assert str(drawing["src"]).startswith("/factures/calcul/graphique.svg?question=")
