"""Whole answers: what is said of the evidence of a question, and of what is calculated."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from assistant.answering.answer import Event, Exchange, Found, Outcome, TurnResult
from assistant.answering.notices import uncertain
from assistant.answering.premises import premise_of
from assistant.citations.checker import Support, SupportVerdict
from assistant.journal.journal import journal_of
from assistant.question.language import Language
from assistant.question.subquestions import subjects
from assistant.retrieval.evidence import Scope
from assistant.retrieval.standing import in_force
from assistant.retrieval.tuning import default_tuning
from ingestion.index.judged_procedures import JudgedProcedure, JudgedProcedures
from ingestion.index.publication import current_name, open_snapshot
from ingestion.index.questions import QuestionIndex
from tests.support.fake_law import FakeLaw
from tests.support.fakes import ScriptedModel
from tests.support.passage_texts import evidence_of
from tests.support.small_index import (
    answering_embedder,
    assistant_over,
    home_of_law,
    result_of,
)

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
    return home_of_law(tmp_path_factory.mktemp("answering"), LAW)


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
    home = home_of_law(tmp_path, LAW | {"L2123-1": "La procédure adaptée dure deux mois au plus."})
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
    result = _result(home_of_law(tmp_path, LAW | others), tmp_path / "journal", TURNOVER_ASKED)
    assert result.route == "rule"
    assert "450\u202f000" not in result.answer.markdown


def test_what_is_due_of_an_invoice_is_calculated_whatever_was_found(tmp_path: Path) -> None:
    asked = "Facture reçue le 2 mars 2026 par la commune : quel est le dernier jour pour payer ?"
    others = {each: f"{asked} Voir {each}." for each in ("R2142-6", "L2142-1", "R2142-8")}
    starts = "Le délai de paiement part du jour où le pouvoir adjudicateur reçoit la demande."
    law = LAW | others | {"R2192-12": starts}
    result = _result(home_of_law(tmp_path, law), tmp_path / "journal", asked)
    assert result.route == "calculation"
    assert "1er avril 2026" in result.answer.sentences[0].text


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
    answer = _result(
        home_of_law(tmp_path, LAW | {"R2142-7": changed}), tmp_path, TURNOVER_ASKED
    ).answer
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
    result = _result(home_of_law(tmp_path, LAW | {"R2191-36": replaced}), tmp_path, asked)
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
    home = home_of_law(tmp_path, law, {"R2391-21": "Marchés de défense ou de sécurité"})
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
    ("question", "is_calculated"),
    [("et le délai de standstill ?", False), ("et 500 000 € ?", True), ("et en 2027 ?", False)],
)
def test_what_was_calculated_before_is_no_answer_to_what_goes_on(
    home: Path,
    tmp_path: Path,
    question: str,
    *,
    is_calculated: bool,
) -> None:
    before = "Retenue de garantie maximale pour un marché de 200 000 € de la commune ?"
    assert _result(home, tmp_path, before).route == "calculation"
    asking = assistant_over(home, journal_of(tmp_path), day=DAY).ask(
        question, history=(Exchange(before, "…"),)
    )
    assert (result_of(asking).route == "calculation") is is_calculated


def _judged(*questions: str, is_answer: bool = True) -> JudgedProcedures:
    """These held to be answered by a procedure or not, beside others that are held otherwise.

    Each twice, as words count only that two questions have; nothing without questions.
    """
    rows = [JudgedProcedure(each, 1, is_answer) for each in questions]
    rows += [JudgedProcedure("Et sinon, alors ?", 1, not is_answer)] if rows else []
    vectors = [answering_embedder().embed_questions([each.question])[0] for each in rows * 2]
    return JudgedProcedures(rows * 2, np.array(vectors, np.float32))


@pytest.mark.parametrize(
    ("asked", "is_answer"),
    [("Je signe pour 150 000 € HT ?", True), ("Quelle procédure pour 150 000 € HT ?", False)],
)
def test_a_procedure_is_asked_for_as_readers_judged_of_the_questions_around(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, is_answer: bool
) -> None:
    monkeypatch.setattr("assistant.answering.composer.IndexedLaw", lambda *_: FakeLaw(DAY))
    known = _judged(asked, is_answer=is_answer)
    monkeypatch.setattr("assistant.answering.reading.judged_procedures", lambda *_: known)
    answer = _result(home, tmp_path, asked).answer
    assert [each.label for each in answer.choices] == (
        ["Travaux", "Fournitures", "Services"] if is_answer else []
    )


EXEMPT = (
    "L'acheteur peut passer un marché de fournitures ou de services sans publicité ni mise en "
    "concurrence si son besoin est estimé à moins de 60 000 € HT. Il doit respecter trois "
    "exigences : retenir une offre pertinente, bien employer l'argent public et ne pas faire "
    "systématiquement appel à la même entreprise."
)


@pytest.mark.parametrize(("is_judged", "route"), [(True, "calculation"), (False, "rule")])
def test_a_procedure_that_was_judged_need_not_rest_on_what_was_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_judged: bool, route: str
) -> None:
    asked = "Quelle procédure pour 35 000 € HT de mobilier de la commune ?"
    nearer = {each: f"{asked} Voir {each}." for each in ("R2123-1", "R2123-2", "R2123-3")}
    known = _judged(*[asked] * is_judged)
    monkeypatch.setattr("assistant.answering.reading.judged_procedures", lambda *_: known)
    home = home_of_law(tmp_path, LAW | nearer | {"R2122-8": EXEMPT})
    assert _result(home, tmp_path / "journal", asked).route == route


SMALL = (
    "Le marché peut être modifié lorsque le montant de la modification est inférieur aux seuils "
    "européens qui figurent en annexe et à 10 % du montant du marché initial pour les marchés de "
    "services et de fournitures ou à 15 % du montant du marché initial pour les marchés de travaux."
)


@pytest.mark.parametrize(("share", "is_asked"), [(0.9, True), (0.1, False), (None, False)])
def test_how_much_a_contract_may_be_changed_is_asked_for_as_people_around_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float | None, is_asked: bool
) -> None:
    home = home_of_law(tmp_path, LAW | {"R2194-8": SMALL})
    [limiting] = in_force(open_snapshot(home, current_name(home)), "R2194-8", Scope(DAY))
    shares = {} if share is None else {limiting.id: share}
    monkeypatch.setattr(QuestionIndex, "answering", lambda *_: shares)
    asked = "10 000 € HT sur un marché de 100 000 € HT, et alors ?"
    answer = _result(home, tmp_path / "journal", asked).answer
    assert ("Calcul refusé" in answer.notice) == is_asked


VALUE = {
    "R2121-1": "L'acheteur doit inclure dans l'estimation les éléments suivants : - les options ; "
    "- les reconductions ; - tous les lots.",
    "R2121-6": "La valeur estimée tient compte de la valeur totale des fournitures ou des services "
    "qui peuvent être considérés comme homogènes.",
    "R2122-8": EXEMPT,
}


@pytest.mark.parametrize(
    ("asked", "route"),
    [
        ("Tranche ferme de 15 000 € HT et tranche optionnelle de 20 000 € HT", "calculation"),
        ("3 commandes de 11 000 € HT chacune", "rule"),
    ],
    ids=["told", "taken for homogeneous"],
)
def test_the_value_of_parts_that_are_told_need_not_rest_on_what_was_found(
    tmp_path: Path, asked: str, route: str
) -> None:
    asked = f"{asked} de mobilier, commune : quelle procédure ?"
    nearer = {each: f"{asked} Voir {each}." for each in ("R2113-4", "R2113-5", "R2113-6")}
    home = home_of_law(tmp_path, LAW | nearer | VALUE)
    assert _result(home, tmp_path / "journal", asked).route == route


MUST = "Faut-il une publicité pour 35 000 € HT de mobilier de la commune ?"
FREE = "Mobilier de la commune, 35 000 € HT : je commande sans publicité ?"


@pytest.mark.parametrize(
    ("asked", "language", "begins"),
    [
        (MUST, Language.FRENCH, "Non, ce n'est pas obligatoire : marché possible"),
        (FREE, Language.FRENCH, "Oui, c'est possible sans publicité"),
        (
            "Quelle procédure pour 35 000 € HT de mobilier de la commune ?",
            Language.FRENCH,
            "Marché : possible sans publicité",
        ),
        (
            "Commune : obligé d'une procédure formalisée ou adaptée pour 35 000 € HT de mobilier ?",
            Language.FRENCH,
            "Marché : possible sans publicité",
        ),
        (
            "Commune, 35 000 € HT de mobilier : BOAMP obligatoire ou un JAL suffit ?",
            Language.FRENCH,
            "Marché : possible sans publicité",
        ),
        (
            "Must a town advertise 35 000 € of furniture?",
            Language.ENGLISH,
            "Marché : possible sans publicité",
        ),
    ],
)
def test_a_procedure_begins_with_the_yes_or_no_that_is_asked_for_in_french(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str, language: Language, begins: str
) -> None:
    known = _judged(asked, MUST)
    monkeypatch.setattr("assistant.answering.reading.judged_procedures", lambda *_: known)
    home = home_of_law(tmp_path, LAW | {"R2122-8": EXEMPT})
    model = ScriptedModel({asked: MUST})
    assistant = assistant_over(home, journal_of(tmp_path / "journal"), model=model, day=DAY)
    answer = result_of(assistant.ask(asked, language=language)).answer
    assert answer.sentences[0].text.startswith(begins)


def test_another_subject_beside_a_calculation_is_answered_too(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = (
        "Quel est le délai de standstill pour des lettres parties par mail le 2 juin 2026 ? "
        "Faut-il une publicité pour 35 000 € HT de mobilier ?"
    )
    _, bought = subjects(asked)
    known = _judged(bought)
    monkeypatch.setattr("assistant.answering.reading.judged_procedures", lambda *_: known)
    result = _result(home, tmp_path, asked)
    assert result.route == "calculation"
    assert Support.VERBATIM in [each.support for each in result.answer.sentences]


def test_a_quote_stands_below_the_heading_that_limits_it(tmp_path: Path) -> None:
    told = "Procédure formalisée"
    home = home_of_law(tmp_path, LAW, {"R2192-10": f"Section 2 : {told}"})
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
