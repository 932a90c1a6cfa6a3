"""Whole answers: what is computed, what is accounted for."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.datastructures import QueryParams

from assistant.answering.answer import Event, Exchange, Found, Outcome, TurnResult
from assistant.answering.computation import Worked, calculate_answer
from assistant.answering.notices import uncertain
from assistant.answering.pipeline import Assistant
from assistant.answering.premises import premise_of
from assistant.calculators.calculation import Buyer
from assistant.calculators.constants import Rates
from assistant.calculators.requests import parse_calculation
from assistant.citations.checker import Support, SupportVerdict
from assistant.journal.journal import journal_of
from assistant.ledger.query.plan import Population
from assistant.question.day import DaySource
from assistant.question.language import Language
from assistant.question.rewriting import subjects
from assistant.retrieval.ranking import default_tuning
from assistant.web.buyer.conversation import Conversation, Turn, advance
from assistant.web.buyer.turn_view import sheet_addresses, turn_html
from assistant.web.ledger.pages import LedgerPages
from ingestion.index.judged_figures import JudgedProcedure, JudgedProcedures
from ingestion.library.archive import Archive
from tests.fake_law import FakeLaw
from tests.fakes import ScriptedModel
from tests.index_home import add, build_and_publish
from tests.ledger_rows import TODAY, assistant_of, file_row, filled, invoice
from tests.page_texts import parsed, words_of
from tests.passage_texts import evidence_of
from tests.small_index import answering_embedder, assistant_over, result_of

DAY = date(2026, 9, 1)

ADAPTED = (
    "La procédure adaptée (MAPA) est celle dont l'acheteur fixe librement les modalités, en "
    "respectant les principes de la commande publique."
)

RETENTION = (
    "La retenue de garantie ne peut pas dépasser 5 % du montant initial du marché, majoré s'il y a "
    "lieu du montant des modifications."
)

REPAID = (
    "L'acheteur doit rembourser la retenue de garantie dans les 30 jours qui suivent l'expiration "
    "du délai de garantie. Si des réserves notifiées pendant le délai de garantie ne sont pas "
    "levées à son expiration, il la rembourse dans les 30 jours qui suivent leur levée."
)

TURNOVER = (
    "L'acheteur ne peut pas exiger un chiffre d'affaires minimal supérieur à 1,5 fois le montant "
    "estimé du lot ou du marché, sauf si son objet le justifie."
)

STANDSTILL = (
    "L'acheteur doit attendre au moins 11 jours entre l'envoi de la notification du rejet et la "
    "signature du marché, en procédure formalisée."
)

PAYMENT = (
    "Le délai de paiement est fixé à trente jours pour les pouvoirs adjudicateurs et à cinquante "
    "jours pour les établissements publics de santé."
)

LAW = {
    "L2123-1": ADAPTED,
    "R2191-33": RETENTION,
    "R2191-35": REPAID,
    "R2142-7": TURNOVER,
    "R2182-1": STANDSTILL,
    "R2192-10": PAYMENT,
}

TURNOVER_ASKED = "Quel chiffre d'affaires minimal puis-je exiger pour un marché de 300 000 € HT ?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answering")
    return _with(folder, LAW)


def _with(folder: Path, law: dict[str, str], title: dict[str, str] | None = None) -> Path:
    lines = [
        {
            "code": "Code de la commande publique",
            "num": number,
            "chemin": [(title or {}).get(number, "Titre")],
            "texte": text,
            "valide_du": "2026-01-01",
        }
        for number, text in law.items()
    ]
    path = folder / "code.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    home = folder / "home"
    add(home, path)
    build_and_publish(home, answering_embedder())
    return home


def _events(home: Path, tmp_path: Path, question: str) -> list[Event]:
    return list(assistant_over(home, journal_of(tmp_path), day=DAY).ask(question))


def _result(home: Path, tmp_path: Path, question: str) -> TurnResult:
    return result_of(_events(home, tmp_path, question))


def test_a_false_premise_is_corrected_first_with_its_source(home: Path, tmp_path: Path) -> None:
    asked = "Quelle est la durée maximale d'une procédure adaptée ?"
    answer = _result(home, tmp_path, asked).answer
    assert answer.outcome is Outcome.PARTIAL
    assert answer.markdown.startswith("Le code ne fixe pas de durée maximale")
    [sentence] = answer.sentences
    assert sentence.support is Support.VERBATIM
    assert sentence.text in ADAPTED
    assert answer.citations[0].locator == "art. L2123-1"


def test_a_premise_that_the_law_no_longer_contradicts_is_left_alone(tmp_path: Path) -> None:
    home = _with(tmp_path, LAW | {"L2123-1": "La procédure adaptée dure deux mois au plus."})
    asked = "Quelle est la durée maximale d'une procédure adaptée ?"
    assert "ne fixe pas" not in _result(home, tmp_path, asked).answer.markdown


def test_what_is_asked_besides_a_false_premise_is_answered_too(home: Path, tmp_path: Path) -> None:
    asked = "Quand rembourser une retenue de garantie de 10 % ?"
    answer = _result(home, tmp_path, asked).answer
    assert answer.preface.startswith("Le code n'admet pas une retenue de garantie de ce taux")
    first, *others = answer.sentences
    assert first.text in RETENTION
    assert any(each.text in REPAID for each in others)


def test_a_premise_of_the_second_thing_that_is_asked_is_put_right_too(
    home: Path, tmp_path: Path
) -> None:
    asked = "Quel est le délai de paiement ? Peut-on prévoir une retenue de garantie de 10 % ?"
    assert len(subjects(asked)) > 1
    answer = _result(home, tmp_path, asked).answer
    assert answer.preface.startswith("Le code n'admet pas une retenue de garantie de ce taux")


def test_no_premise_is_put_right_beside_a_calculation(home: Path, tmp_path: Path) -> None:
    asked = "Une retenue de garantie de 7 % sur un marché de 200 000 € TTC de la commune, légal ?"
    result = _result(home, tmp_path, asked)
    assert premise_of(asked) is not None
    assert result.route == "calculation"
    assert result.answer.preface == ""


def test_a_calculation_is_said_with_the_articles_that_it_rests_on(
    home: Path, tmp_path: Path
) -> None:
    result = _result(home, tmp_path, TURNOVER_ASKED)
    assert result.route == "calculation"
    first = result.answer.sentences[0]
    assert first.support is Support.COMPUTED
    assert "450\u202f000" in first.text
    [cited] = {each.locator for each in result.answer.citations if each.n in first.citations}
    assert cited == "art. R2142-7"
    for citation in result.answer.citations:
        if citation.locator == cited:
            assert citation.quote == TURNOVER[citation.start : citation.end]


def test_what_rests_on_an_article_that_was_not_found_is_not_calculated(tmp_path: Path) -> None:
    said = "Puis-je exiger un chiffre d'affaires minimal pour un marché de 300 000 € HT ? Voir {}."
    others = {each: said.format(each) for each in ("R2142-6", "L2142-1", "R2142-8")}
    result = _result(_with(tmp_path, LAW | others), tmp_path / "journal", TURNOVER_ASKED)
    assert result.route == "rule"
    assert "450\u202f000" not in result.answer.markdown


@pytest.mark.parametrize(("lost", "route"), [("", "calculation"), ("en 2026 ", "rule")])
def test_an_english_question_is_calculated_where_its_translation_has_all_its_figures(
    home: Path, tmp_path: Path, lost: str, route: str
) -> None:
    model = ScriptedModel({"turnover": TURNOVER_ASKED})
    asking = assistant_over(home, journal_of(tmp_path), model=model, day=DAY).ask(
        f"What minimum turnover may I require {lost}for a contract of €300,000 excl. tax?",
        language=Language.ENGLISH,
    )
    result = result_of(asking)
    assert result.route == route
    assert ("450\u202f000" in result.answer.markdown) is (route == "calculation")


def test_what_a_calculation_rests_on_is_evidence_before_it_is_said(
    home: Path, tmp_path: Path
) -> None:
    events = _events(home, tmp_path, TURNOVER_ASKED)
    shown: set[int] = set()
    for event in events:
        if isinstance(event, Found):
            shown = {item.number for item in event.evidence}
        elif hasattr(event, "sentence"):
            assert shown.issuperset(event.sentence.citations)


def test_a_calculation_that_the_law_no_longer_grounds_is_refused_and_the_text_quoted(
    tmp_path: Path,
) -> None:
    changed = TURNOVER.replace("1,5 fois", "trois fois")
    answer = _result(_with(tmp_path, LAW | {"R2142-7": changed}), tmp_path, TURNOVER_ASKED).answer
    assert "Calcul refusé" in answer.notice
    assert "R2142-7" in answer.notice
    assert not [each for each in answer.sentences if "450" in each.text]
    assert any("trois fois" in each.text for each in answer.sentences)


def test_nothing_is_quoted_beside_a_subject_that_is_calculated(tmp_path: Path) -> None:
    replaced = "Une garantie à première demande remplace la retenue de garantie maximale."
    asked = (
        "Retenue de garantie maximale pour un marché de 200 000 € TTC de la commune ? "
        "Quel est le délai de standstill ?"
    )
    result = _result(_with(tmp_path, LAW | {"R2191-36": replaced}), tmp_path, asked)
    assert result.route == "calculation"
    quoted = [each for each in result.answer.sentences if each.support is Support.VERBATIM]
    assert [each.text for each in quoted] == [STANDSTILL]


def test_each_subject_of_a_question_is_answered(home: Path, tmp_path: Path) -> None:
    asked = "Quel est le délai de standstill ? Quelle retenue de garantie maximale ?"
    answer = _result(home, tmp_path, asked).answer
    assert {each.locator for each in answer.citations} >= {"art. R2182-1", "art. R2191-33"}
    assert answer.outcome is Outcome.ANSWERED


def test_the_subject_that_nothing_was_found_about_is_named(home: Path, tmp_path: Path) -> None:
    asked = "Quelle retenue de garantie maximale ? Quelle est la durée d'archivage des offres ?"
    answer = _result(home, tmp_path, asked).answer
    assert answer.outcome is Outcome.PARTIAL
    assert "archivage" in answer.notice
    assert {each.locator for each in answer.citations} <= {"art. R2191-33", "art. R2191-35"}


def test_of_two_things_that_were_searched_as_one_the_reader_is_told(
    home: Path, tmp_path: Path
) -> None:
    both = _result(home, tmp_path, "Quel est le délai de standstill, et pour qui court-il ?").answer
    assert "posez-la seule" in both.notice
    for asked in (
        "Quel est le délai de standstill ?",
        "Quel est le délai de standstill ? Quelle retenue de garantie maximale ?",
    ):
        assert "posez-la seule" not in _result(home, tmp_path, asked).answer.notice


def test_a_rule_of_another_regime_is_not_quoted_beside_the_nearest(tmp_path: Path) -> None:
    law = {"R2191-33": RETENTION, "R2391-21": RETENTION.replace("5 %", "8 %")}
    home = _with(tmp_path, law, {"R2391-21": "Marchés de défense ou de sécurité"})
    ranking = {**default_tuning().ranking, "other regime": -0.01}
    assistant = assistant_over(
        home, journal_of(tmp_path), day=DAY, tuning=replace(default_tuning(), ranking=ranking)
    )
    asked = "Quelle retenue de garantie maximale ?"
    answer = result_of(assistant.ask(asked)).answer
    assert {each.locator for each in answer.citations} == {"art. R2191-33"}
    named = result_of(assistant.ask("Quelle retenue de garantie maximale en défense ?")).answer
    assert "art. R2391-21" in {each.locator for each in named.citations}


def test_a_passage_found_for_two_subjects_has_one_number(home: Path, tmp_path: Path) -> None:
    asked = "Quel est le délai de standstill ? Quelle retenue de garantie maximale ?"
    evidence = _result(home, tmp_path, asked).evidence
    assert [item.number for item in evidence] == list(range(1, len(evidence) + 1))
    assert len({item.passage.id for item in evidence}) == len(evidence)


def test_the_fact_on_which_the_quotes_turn_is_asked(home: Path, tmp_path: Path) -> None:
    answer = _result(home, tmp_path, "Quel est le délai de paiement ?").answer
    assert "acheteur" in answer.notice
    labels = [each.label for each in answer.choices]
    assert len(labels) > 1
    assert all(label.lower() in answer.notice.lower() for label in labels)
    settled = _result(home, tmp_path, "Quel est le délai de paiement d'un hôpital ?").answer
    assert "dépendre" not in settled.notice
    assert settled.choices == ()


def test_what_is_asked_for_a_case_settles_it(home: Path, tmp_path: Path) -> None:
    for choice in _result(home, tmp_path, "Quel est le délai de paiement ?").answer.choices:
        again = _result(home, tmp_path, choice.question).answer
        assert again.outcome is Outcome.ANSWERED
        assert again.choices == ()


def test_a_calculation_that_turns_on_several_facts_offers_the_answers_to_the_first(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answering.composer.IndexedLaw", lambda *_: FakeLaw(DAY))
    asked = "Quelle procédure pour 150 000 € HT ?"
    answer = _result(home, tmp_path, asked).answer
    assert "S'agit-il de travaux" in answer.notice
    assert [(each.label, each.question) for each in answer.choices] == [
        ("Travaux", f"{asked} L'achat porte sur des travaux."),
        ("Fournitures", f"{asked} L'achat porte sur des fournitures."),
        ("Services", f"{asked} L'achat porte sur des services."),
    ]


@pytest.mark.parametrize(
    ("asked", "is_answer"),
    [("Je signe pour 150 000 € HT ?", True), ("Quelle procédure pour 150 000 € HT ?", False)],
)
def test_a_procedure_is_asked_for_as_readers_judged_of_the_questions_around(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, is_answer: bool
) -> None:
    monkeypatch.setattr("assistant.answering.composer.IndexedLaw", lambda *_: FakeLaw(DAY))
    judged = [JudgedProcedure(asked, 1, is_answer)]
    known = JudgedProcedures(judged, answering_embedder().embed_questions([asked]))
    monkeypatch.setattr("assistant.answering.reading.judged_procedures", lambda *_: known)
    answer = _result(home, tmp_path, asked).answer
    assert [each.label for each in answer.choices] == (
        ["Travaux", "Fournitures", "Services"] if is_answer else []
    )


def test_another_subject_beside_a_calculation_is_answered_too(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (
        "Quel est le délai de standstill pour des lettres parties le 2 juin 2026 ? "
        "Faut-il une publicité pour 35 000 € HT de mobilier ?"
    )
    _, bought = subjects(asked)
    judged = [JudgedProcedure(bought, 1, is_answer=True)]
    known = JudgedProcedures(judged, answering_embedder().embed_questions([bought]))
    monkeypatch.setattr("assistant.answering.reading.judged_procedures", lambda *_: known)
    result = _result(home, tmp_path, asked)
    assert result.route == "calculation"
    assert Support.VERBATIM in [each.support for each in result.answer.sentences]


def test_a_quote_stands_below_the_heading_that_limits_it(tmp_path: Path) -> None:
    told = "Procédure formalisée"
    home = _with(tmp_path, LAW, {"R2192-10": f"Section 2 : {told}"})
    [sentence] = _result(home, tmp_path, "Quel est le délai de paiement ?").answer.sentences
    assert (sentence.text, sentence.spoken_by) == (PAYMENT, told)
    named = "Quel est le délai de paiement en procédure formalisée ?"
    [sentence] = _result(home, tmp_path, named).answer.sentences
    assert (sentence.text, sentence.spoken_by) == (PAYMENT, "")


def test_the_nearest_text_is_placed_once() -> None:
    passage = evidence_of("Le rapport est remis au maire.").passage
    sheet = replace(passage, headings=("Quel rapport ? (art. L1-1)",), references=("L1-1",))
    plain = replace(sheet, headings=("Rapport",))
    for language in Language:
        assert passage.locator not in uncertain(language, sheet)
        assert f"{passage.locator}, " in uncertain(language, plain)


def test_a_calculation_is_never_done_on_a_figure_of_the_model(home: Path, tmp_path: Path) -> None:
    english = "What minimum turnover may I ask for?"
    model = ScriptedModel({english: TURNOVER_ASKED})
    assistant = assistant_over(home, journal_of(tmp_path), model=model, day=DAY)
    result = result_of(assistant.ask(english, language=Language.ENGLISH))
    assert result.standalone == english
    assert result.route == "rule"


def test_nothing_is_said_before_an_answer_that_does_not_stand(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = SupportVerdict(None, "refusée par l'essai")
    monkeypatch.setattr("assistant.answering.state.check_sentence", lambda text, passages: refused)
    for asked in (
        "Quelle est la durée maximale d'une procédure adaptée ?",
        "Quel est le délai de standstill ?",
    ):
        answer = _result(home, tmp_path, asked).answer
        assert answer.outcome is Outcome.ABSTAINED
        assert not answer.preface
        assert answer.removed


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
    large = "un des grands organismes publics de l'article R2191-33"
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
    assert [each.label for each in of_goods.likely][:3] == ["État", "collectivité", "hôpital"]
    assert [_named(each) for each in (of_works, of_goods)] == [
        [
            "Si État, collectivité ou hôpital :",
            "Si autre pouvoir adjudicateur ou entité adjudicatrice :",
        ],
        [
            "Si État :",
            "Si collectivité ou hôpital :",
            "Si autre pouvoir adjudicateur ou entité adjudicatrice :",
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


PAID = "Nombre de factures, payées : 1. [1]\n\nLes avoirs ne sont pas des factures comptées."
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
    assert result_of(assistant.ask("Et pour une avance ?", history=history)).route == "rule"


def test_a_follow_up_to_a_figure_is_a_figure(assistant: Assistant) -> None:
    history = (Exchange("Combien de factures ?", "Nombre de factures : 3."),)
    result = result_of(assistant.ask("Et en montant ?", history=history))
    assert result.route == "invoices"
    assert result.answer.sentences[0].text.startswith("Somme du montant TTC")
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
    told = turn.answer.sentences[0].text.partition(" : ")[0]
    assert f"Compris ainsi : {told}.".casefold() in words_of(bytes(shown.body).decode()).casefold()
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


CASES = [
    f"{number}° Lorsque le besoin relève du cas {number}, que décrit la présente liste en des "
    f"termes assez longs pour que l'article ne tienne pas dans un seul passage, {word}"
    for number, word in enumerate(["plan ;"] * 12 + ["télescope."], 1)
]
LISTED = "\n".join(["L'acheteur peut négocier dans les cas suivants :", *CASES])


@pytest.fixture(scope="module")
def listed_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _with(tmp_path_factory.mktemp("listed"), {"R2124-3": LISTED})


def test_an_item_is_quoted_below_its_lead_that_stands_in_another_passage(
    listed_home: Path, tmp_path: Path
) -> None:
    result = _result(listed_home, tmp_path, "Un télescope relève-t-il d'un cas ?")
    [lead, *items] = [each for each in result.answer.sentences if each.support is Support.VERBATIM]
    assert lead.text == "L'acheteur peut négocier dans les cas suivants :"
    assert items[0].text.endswith(CASES[-1])
    assert lead.citations != items[0].citations


def test_a_list_that_is_quoted_from_its_lead_is_quoted_to_its_end(
    listed_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.answering.quoted_passages.CLOSE", 1.0)
    result = _result(
        listed_home, tmp_path, "L'acheteur peut-il négocier lorsque le besoin relève d'un plan ?"
    )
    said = [each.text for each in result.answer.sentences if each.support is Support.VERBATIM]
    assert "\n".join(said) == LISTED
