"""Computation: what calculators and the ledger answer to a question, as lines of an answer."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.datastructures import QueryParams

from assistant.answering.answer import Exchange, Outcome, TurnResult
from assistant.answering.computation import Worked, calculate_answer
from assistant.answering.pipeline import Assistant
from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import Rates
from assistant.calculators.requests.parsing import parse_calculation
from assistant.citations.checker import Support
from assistant.ledger.query.plan import Population
from assistant.question.day import DaySource
from assistant.web.buyer.conversation import Conversation, Turn, advance
from assistant.web.buyer.turn_view import sheet_addresses, turn_html
from assistant.web.ledger.pages import LedgerPages
from ingestion.library.archive import Archive
from tests.support.fake_law import FakeLaw
from tests.support.ledger_rows import TODAY, assistant_of, file_row, filled, invoice
from tests.support.page_texts import parsed, words_of
from tests.support.small_index import result_of

DAY = date(2026, 9, 1)

NO_RATES = Rates(Path("taux.toml"))


def _worked(question: str, law: FakeLaw | None = None) -> Worked | None:
    asked = parse_calculation(question, DAY)
    return None if asked is None else calculate_answer(asked, law or FakeLaw(DAY), NO_RATES)


def test_what_asks_for_no_calculation_has_none() -> None:
    assert _worked("Qu'est-ce qu'une retenue de garantie ?") is None


def test_the_result_comes_before_the_steps() -> None:
    found = _worked(
        "Quel chiffre d'affaires minimal puis-je exiger pour un marché de 300 000 € HT ?"
    )
    assert found is not None
    first, *steps = found.lines
    assert "450\u202f000" in first.text
    assert steps
    assert found.cautions
    assert not found.asks_back


def test_likely_answers_have_their_cases_and_what_they_share_is_said_once() -> None:
    found = _worked("Quelle procédure pour 95 000 € HT ? Nous sommes une commune.")
    assert found is not None
    assert "travaux" in found.asks_back
    said = [line.text for line in found.lines]
    assert len(said) == len(set(said))
    works, others = (text for text in said if text.startswith("Si "))
    assert works.startswith("Si travaux :\n- Marché : possible sans publicité")
    assert others.startswith("Si fournitures ou services :\n- Marché : procédure adaptée")
    assert "écrit" not in works + others
    assert any("écrit" in text for text in said)


def test_the_cases_of_a_yes_or_no_are_told_in_words() -> None:
    found = _worked("Retenue de garantie pour un marché de 400 000 € TTC avec une PME : combien ?")
    assert found is not None
    cases = [line.text.partition(" :")[0] for line in found.lines if line.text.startswith("Si ")]
    large = (
        "un des grands organismes publics de l'article R2191-33 "
        "(plus de 60 M€ de dépenses de fonctionnement)"
    )
    assert cases == [
        f"Si l'acheteur n'est ni l'État ni {large}",
        f"Si l'acheteur est l'État ou {large}",
    ]
    assert found.asks_back == f"L'acheteur est-il l'État, ou {large} ?"


@pytest.mark.parametrize(
    ("asked", "leads"),
    [
        ("Quelle procédure pour 95 000 € HT ? Nous sommes une commune.", False),
        ("Puis-je acheter pour 35 000 € HT sans mise en concurrence ?", True),
    ],
)
def test_what_holds_in_one_case_only_does_not_lead(asked: str, *, leads: bool) -> None:
    found = _worked(asked)
    assert found is not None
    assert found.leads is leads


def test_nothing_is_asked_where_every_answer_gives_the_same() -> None:
    found = _worked("Puis-je acheter pour 35 000 € HT sans mise en concurrence ?")
    assert found is not None
    first, *rest = found.lines
    assert first.text.startswith("Marché : possible sans publicité")
    assert {ground.article for ground in first.grounds} == {"R2122-8"}
    assert len(first.grounds) == 2  # of works, and of supplies and services
    said = [line.text for line in rest[:2]]
    assert [each.partition("\n")[0] for each in said] == [
        "Si travaux :",
        "Si fournitures ou services :",
    ]
    assert "100\u202f000" in said[0]
    assert any("écrit" in line.text for line in rest[2:])
    assert not found.asks_back
    assert not found.likely


STATE = "État ou établissement public administratif de l'État"
OTHER = "autre pouvoir adjudicateur (EPIC, SEM, office de l'habitat…)"


def test_one_question_is_asked_of_several_facts_that_decide() -> None:
    found = _worked("Quelle procédure pour 150 000 € HT ?")
    assert found is not None
    assert not found.lines
    assert found.asks_back.startswith("S'agit-il de travaux")
    assert [each.label for each in found.likely] == ["travaux", "fournitures", "services"]
    of_works = _worked(f"Quelle procédure pour 150 000 € HT ? {found.likely[0].told}")
    of_goods = _worked(f"Quelle procédure pour 150 000 € HT ? {found.likely[1].told}")
    assert of_works is not None
    assert of_works.lines[0].text == "Marché : procédure adaptée possible."
    assert of_goods is not None
    assert of_goods.asks_back.startswith("Qui achète")
    assert [each.label for each in of_goods.likely][:3] == [STATE, "collectivité", "hôpital"]
    assert [_named(each) for each in (of_works, of_goods)] == [
        [
            f"Si {STATE}, collectivité ou hôpital :",
            f"Si {OTHER} ou entité adjudicatrice :",
        ],
        [
            f"Si {STATE} :",
            "Si collectivité ou hôpital :",
            f"Si {OTHER} ou entité adjudicatrice :",
        ],
    ]


def _named(found: Worked) -> list[str]:
    return [line.text.partition("\n")[0] for line in found.lines if line.text.startswith("Si ")]


def test_who_buys_decides_where_the_rules_of_one_kind_of_buyer_differ() -> None:
    found = _worked("Quelle procédure pour 300 000 € HT de fournitures ?")
    assert found is not None
    assert found.asks_back.startswith("Qui achète")
    assert any(
        line.text.startswith("Si entité adjudicatrice :\n- Marché : procédure adaptée")
        for line in found.lines
    )


def test_a_refusal_is_a_caution_that_names_the_article() -> None:
    law = FakeLaw(DAY, silent=("chiffre d'affaires minimal",))
    found = _worked(
        "Quel chiffre d'affaires minimal puis-je exiger pour un marché de 300 000 € HT ?", law
    )
    assert found is not None
    assert not found.lines
    assert "R2142-7" in found.cautions[0]


def test_every_line_rests_on_words_of_the_law() -> None:
    for question in (
        "Quel chiffre d'affaires minimal puis-je exiger pour un marché de 300 000 € HT ?",
        "Ma retenue de garantie de 7 % sur un marché de 200 000 € est-elle légale ?",
        "Quelle procédure pour 95 000 € HT ? Nous sommes une commune.",
    ):
        found = _worked(question)
        assert found is not None
        assert found.lines
        assert all(line.grounds for line in found.lines)


PAID = "1 (nombre de factures, payées). [1]\n\nLes avoirs ne sont pas des factures comptées."
HOSTILE = "<script>alert(1)</script>"
INTEREST = "Quelles factures dépassent 30 jours et combien devons-nous d'intérêts moratoires ?"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("accounting") / "home"


@pytest.fixture(scope="module")
def assistant(books: Path) -> Assistant:
    """Over three invoices of which two are late."""
    assistant = assistant_of(books)
    filled(
        books,
        file_row(),
        invoice("A-1", date(2026, 2, 2), net=1000, vat=200),
        invoice("A-2", date(2026, 3, 2), net=500, vat=100, paid=date(2026, 3, 20)),
        invoice("Z-1", date(2026, 3, 3), net=7, supplier_siren=None, supplier_name=HOSTILE),
    )
    return assistant


def _asked(assistant: Assistant, question: str, as_of: date | None = None) -> TurnResult:
    return result_of(assistant.ask(question, as_of=as_of))


def test_a_figure_is_computed_and_each_of_its_rows_can_be_opened(assistant: Assistant) -> None:
    result = _asked(assistant, "Montant TTC des factures non payées")
    assert (result.route, result.answer.outcome) == ("invoices", Outcome.ANSWERED)
    [sentence] = result.answer.sentences
    assert sentence.text == (
        "1\u202f227\u00a0€ (somme du montant TTC des factures, non payées ; 2 factures)."
    )
    assert (sentence.support, sentence.citations) == (Support.COMPUTED, (1, 2))
    passages = {item.number: item.passage for item in result.evidence}
    for citation in result.answer.citations:
        passage = passages[citation.n]
        place = slice(citation.start - passage.start, citation.end - passage.start)
        assert passage.text[place] == citation.quote
        assert citation.document == citation.sha256
    assert result.answer.citations[0].quote.startswith("Facture : A-1 ; Fournisseur : Brelan SARL")


def test_it_is_on_record_with_the_rows_that_were_shown(assistant: Assistant, books: Path) -> None:
    result = _asked(assistant, "Combien de factures sont payées ?")
    entry = next(e for e in assistant.journal.entries() if e["hash"][:16] == result.record_id)
    body = assistant.journal.body(entry)
    assert body
    assert (body["route"], body["answer"]) == ("invoices", PAID)
    assert "Facture : A-2" in body["evidence"][0]["passage"]["text"]
    [(identifier, digest)] = body["archive"].items()
    kept = Archive(books).document(digest)
    for citation in result.answer.citations:
        assert citation.document == identifier == kept.id
        assert kept.text[citation.start : citation.end] == citation.quote


def test_what_is_owed_for_lateness_rests_on_the_law_of_the_day(assistant: Assistant) -> None:
    result = _asked(assistant, INTEREST)
    interest, lump, law = result.answer.sentences
    # 195 days at 2.15 + 8 points on 1 200 €; Z-1 on 27 €.
    assert interest.text.startswith("66,32\u00a0€ (")
    assert lump.text == "S'y ajoutent les indemnités forfaitaires : 80\u00a0€."
    assert law.text.startswith("Délai de paiement compté : 30 jours")
    cited = {citation.n: citation.locator for citation in result.answer.citations}
    assert any("R2192-10" in cited[number] for number in law.citations)
    assert "collectivité territoriale" in result.answer.notice


def test_a_period_that_is_named_is_not_the_day_of_the_calculation(assistant: Assistant) -> None:
    result = _asked(assistant, "Combien de factures reçues en mars 2026 ?")
    assert (result.as_of, result.day_source) == (TODAY, DaySource.TODAY)
    assert result.answer.sentences[0].text.startswith("2 factures reçues entre")
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
    assert result_of(assistant.ask("Et pour une avance ?", history=history)).route == "rule"


def test_a_follow_up_to_a_figure_is_a_figure(assistant: Assistant) -> None:
    history = (Exchange("Combien de factures ?", "Nombre de factures : 3."),)
    result = result_of(assistant.ask("Et en montant ?", history=history))
    assert result.route == "invoices"
    assert " (somme du montant TTC" in result.answer.sentences[0].text
    assert "avec ce changement : somme du montant TTC" in result.answer.notice


@pytest.mark.parametrize(
    ("first", "next_one"),
    [
        ("Montant TTC des factures non payées", "et par fournisseur ?"),
        ("Combien de factures en retard ?", "et par service ?"),
        ("Montant TTC des factures non payées par fournisseur", "et en 2026 ?"),
    ],
)
def test_the_drawing_under_a_follow_up_is_of_its_own_figure(
    assistant: Assistant, first: str, next_one: str
) -> None:
    turn = Turn(next_one, None)
    for event in assistant.ask(next_one, history=(Exchange(first, ""),)):
        turn = advance(turn, event)
    sheet, drawing = sheet_addresses(turn)
    asked = urlsplit(sheet).query
    shown = LedgerPages(assistant.ledger, Population.INVOICES, QueryParams(asked)).view("calcul")
    understood = words_of(bytes(shown.body).decode()).partition("Compris ainsi : ")[2]
    plan = understood.partition(". ")[0].removeprefix("nombre de ")
    assert plan.casefold() in turn.answer.sentences[0].text.casefold()
    assert urlsplit(drawing).query in ("", asked)
    assert sheet_addresses(replace(turn, figure=())) == ("", ""), "kept by an earlier version"


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
    assert any(each.startswith("/factures/calcul?mesure=") for each in addresses)
    [drawing] = [a for tag, a in found if tag == "img"]
    assert str(drawing["src"]).startswith("/factures/calcul/graphique.svg?mesure=")
