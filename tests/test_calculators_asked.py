"""Questions in words: which are calculations, of what, and which are left to the texts."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.advance import AdvanceAsked, RetentionAsked
from assistant.calculators.amounts import euros
from assistant.calculators.award import StandstillAsked, TurnoverAsked
from assistant.calculators.calculation import Buyer, Nature
from assistant.calculators.catalogue import Asked, Missing, calculate
from assistant.calculators.constants import Rates, constants, ungrounded
from assistant.calculators.modification import ModificationAsked
from assistant.calculators.payment import PaymentAsked
from assistant.calculators.procedure import ProcedureAsked
from assistant.calculators.requests import parse_calculation
from assistant.calculators.time_limits import Procedure, TimeLimitsAsked
from assistant.errors import Ungrounded
from assistant.evaluation.questions import read_questions
from tests.fake_law import FakeLaw
from tests.question_lists import read_lists

DATA = Path(__file__).parent / "data"
TODAY = date(2026, 11, 24)
LOCAL, STATE, HOSPITAL, ENTITY = Buyer.LOCAL, Buyer.STATE, Buyer.HOSPITAL, Buyer.ENTITY
WORKS, SUPPLIES, SERVICES = Nature.WORKS, Nature.SUPPLIES, Nature.SERVICES
OPEN, RESTRICTED, NEGOTIATED = Procedure.OPEN, Procedure.RESTRICTED, Procedure.NEGOTIATED


def _bought(amount: str, nature: Nature, buyer: Buyer, lot: str | None = None) -> ProcedureAsked:
    return ProcedureAsked(Decimal(amount), nature, buyer, Decimal(lot) if lot else None)


def _changed(initial: str, *changes: str, nature: Nature, buyer: Buyer) -> ModificationAsked:
    return ModificationAsked(Decimal(initial), tuple(map(Decimal, changes)), nature, buyer)


CALCULATED: tuple[tuple[str, Asked], ...] = (
    # Procedure
    (
        "Quelle procédure pour 150 000 € HT de fournitures ? Nous sommes une commune.",
        _bought("150000", SUPPLIES, LOCAL),
    ),
    (
        "Notre hôpital achète des prestations de services pour 90 k€ : quelle publicité ?",
        _bought("90000", SERVICES, HOSPITAL),
    ),
    (
        "quelle est la procedure pour un marche de travaux de 1,2 M€ HT d'une metropole ?",
        _bought("1200000", WORKS, LOCAL),
    ),
    (
        "Travaux de toiture à 95 000 € HT pour notre commune : puis-je commander directement ?",
        _bought("95000", WORKS, LOCAL),
    ),
    (
        "Le ministère veut du mobilier pour 145 000 euros hors taxes, quelle procédure ?",
        _bought("145000", SUPPLIES, STATE),
    ),
    (
        "La mairie peut-elle acheter pour 59 999,99 € HT de fournitures sans mise en concurrence ?",
        _bought("59999.99", SUPPLIES, LOCAL),
    ),
    (
        "Nettoyage des locaux du CHU, 300 000 € HT : appel d'offres obligatoire ?",
        _bought("300000", SERVICES, HOSPITAL),
    ),
    (
        "Marché de fournitures et services de 250 000 HT, collectivité : quelle procédure ?",
        _bought("250000", SUPPLIES, LOCAL),
    ),
    (
        "Services sociaux pour 800 000 € HT, conseil départemental : procédure formalisée ?",
        ProcedureAsked(Decimal(800000), Nature.SOCIAL_SERVICES, LOCAL),
    ),
    (
        "Entité adjudicatrice, 440 000 € HT de services : quelle procédure ?",
        _bought("440000", SERVICES, ENTITY),
    ),
    (
        "Dois-je publier un avis pour 70 000 € HT de fournitures ? Nous sommes une commune.",
        _bought("70000", SUPPLIES, LOCAL),
    ),
    (
        "Achat innovant de services à 80 000 € HT par une région : quelle procédure ?",
        ProcedureAsked(Decimal(80000), SERVICES, LOCAL, is_innovative=True),
    ),
    (
        "Opération de travaux d'une commune à 6 M€ HT : quelle procédure pour un lot de 700 k€ ?",
        _bought("6000000", WORKS, LOCAL, "700000"),
    ),
    (
        "Faut-il faire un appel d'offres pour 220 000 € HT de véhicules ? C'est pour la ville.",
        _bought("220000", SUPPLIES, LOCAL),
    ),
    # Time limits
    (
        "J'ai envoyé l'avis le 3 mars 2026 en appel d'offres ouvert, quelle date limite au plus "
        "tôt ?",
        TimeLimitsAsked(OPEN, date(2026, 3, 3), LOCAL),
    ),
    (
        "Avis envoyé le 03/03/2026, AOO d'un hôpital, offres papier : quel délai minimal ?",
        TimeLimitsAsked(OPEN, date(2026, 3, 3), HOSPITAL, is_electronic=False),
    ),
    (
        "Notre commune a transmis l'avis le 12 janvier 2027 pour un appel d'offres restreint en "
        "urgence : date limite des candidatures ?",
        TimeLimitsAsked(RESTRICTED, date(2027, 1, 12), LOCAL, is_urgent=True),
    ),
    (
        "Avis parti le 2 février, procédure avec négociation, entité adjudicatrice : quand "
        "recevoir les candidatures au plus tôt ?",
        TimeLimitsAsked(NEGOTIATED, date(2026, 2, 2), ENTITY),
    ),
    (
        "L'avis du MAPA est parti le 4 mai 2026 : combien de jours laisser ?",
        TimeLimitsAsked(Procedure.ADAPTED, date(2026, 5, 4), LOCAL),
    ),
    (
        "Appel d'offres ouvert avec avis de préinformation, avis de marché envoyé le 2026-03-03 : "
        "quelle date limite ?",
        TimeLimitsAsked(OPEN, date(2026, 3, 3), LOCAL, has_prior_notice=True),
    ),
    (
        "Avis envoyé le 3 mars 2026 et paru le 5 mars 2026, appel d'offres ouvert : quel délai ?",
        TimeLimitsAsked(OPEN, date(2026, 3, 3), LOCAL),
    ),
    # Standstill
    (
        "La notification de rejet est partie le 2 avril 2026, quand puis-je signer ?",
        StandstillAsked(date(2026, 4, 2)),
    ),
    (
        "Rejets envoyés par courrier recommandé le 18 décembre 2026 : date de signature possible ?",
        StandstillAsked(date(2026, 12, 18), is_electronic=False),
    ),
    (
        "En MAPA, j'ai informé les candidats évincés le 1er fevrier 2026. Faut-il attendre ?",
        StandstillAsked(date(2026, 2, 1), is_formalised=False),
    ),
    (
        "Candidats non retenus prévenus le 5 mai 2026, signature prévue le 12 mai : trop tôt ? "
        "Le standstill est-il respecté ?",
        StandstillAsked(date(2026, 5, 5)),
    ),
    # Turnover
    (
        "CA minimal exigible pour un marché de 300 000 € ?",
        TurnoverAsked(Decimal(300000)),
    ),
    (
        "Puis-je exiger un chiffre d'affaires de 500 000 € pour un marché de 300 000 € HT ?",
        TurnoverAsked(Decimal(300000)),
    ),
    (
        "Peut-on exiger un CA annuel de 1 M€ sur un lot estimé à 400 k€ ?",
        TurnoverAsked(Decimal(400000)),
    ),
    # Advance
    (
        "Commune, marché de 80 000 € HT de 8 mois : avance obligatoire ?",
        AdvanceAsked(Decimal(80000), None, Decimal(8), LOCAL),
    ),
    (
        "Marché de l'État de 80 000 € HT (96 000 € TTC) sur un an, PME : combien d'avance ?",
        AdvanceAsked(Decimal(80000), Decimal(96000), Decimal(12), STATE, is_sme=True),
    ),
    (
        "Hôpital : dois-je une avance de 10 000 € sur un marché de 60 000 € HT de trois mois ?",
        AdvanceAsked(Decimal(60000), None, Decimal(3), HOSPITAL),
    ),
    # Retention
    (
        "Ma retenue de garantie de 7 % sur un marché de 200 000 € est-elle légale ?",
        RetentionAsked(Decimal(200000), rate=Decimal(7)),
    ),
    (
        "Combien de retenue de garantie sur un marché de 240 000 € TTC ?",
        RetentionAsked(Decimal(240000)),
    ),
    (
        "Marché de l'État de 120 000 € TTC avec une PME : RG de 4 %, possible ?",
        RetentionAsked(Decimal(120000), is_sme=True, is_large_buyer=True, rate=Decimal(4)),
    ),
    (
        "Titulaire non PME, RG de 5 %, marché de 50 000 € TTC d'une commune : légal ?",
        RetentionAsked(Decimal(50000), rate=Decimal(5)),
    ),
    # Payment
    (
        "Facture reçue le 1er février 2026, hôpital, payée le 15 mai : retard ?",
        PaymentAsked(date(2026, 2, 1), HOSPITAL, None, paid=date(2026, 5, 15)),
    ),
    (
        "La commune a reçu une facture de 12 000 € TTC déposée sur Chorus le 3 mars 2026 : "
        "jusqu'à quand payer, quel délai ?",
        PaymentAsked(date(2026, 3, 3), LOCAL, Decimal(12000)),
    ),
    (
        "Notre ville : facture reçue le 1er octobre 2026, livraison le 10 octobre 2026, payée le "
        "20 novembre 2026. Intérêts moratoires ?",
        PaymentAsked(
            date(2026, 10, 1),
            LOCAL,
            None,
            paid=date(2026, 11, 20),
            delivered=date(2026, 10, 10),
        ),
    ),
    (
        "Facture de 5 000 € TTC reçue le 2 juin 2026 par le CHU, payée le 30 août : retard ?",
        PaymentAsked(date(2026, 6, 2), HOSPITAL, Decimal(5000), paid=date(2026, 8, 30)),
    ),
    (
        "Facture reçue le 2 juin 2026 par la ville pour un projet financé par l'État : délai ?",
        PaymentAsked(date(2026, 6, 2), LOCAL, None),
    ),
    # Modification
    (
        "Commune : avenant de 12 000 € sur un marché de travaux de 90 000 €, possible ?",
        _changed("90000", "12000", nature=WORKS, buyer=LOCAL),
    ),
    (
        "Avenant de 12 % sur un marché de travaux de 400 000 € HT de la région : puis-je le "
        "passer ?",
        _changed("400000", "48000", nature=WORKS, buyer=LOCAL),
    ),
    (
        "12 000 € d'avenant sur un marché de services de l'État de 200 000 € : possible ?",
        _changed("200000", "12000", nature=SERVICES, buyer=STATE),
    ),
    (
        "Deux avenants de 5 000 € et 7 000 € sur un marché de services de 100 000 € d'un CHU : "
        "est-ce trop ?",
        _changed("100000", "5000", "7000", nature=SERVICES, buyer=HOSPITAL),
    ),
    (
        "Ville : avenant en moins-value de 8 000 € puis avenant de 20 000 € sur un marché de "
        "fournitures de 150 000 € HT, possible ?",
        _changed("150000", "-8000", "20000", nature=SUPPLIES, buyer=LOCAL),
    ),
    (
        "Marché de travaux de 500 000 € HT d'une commune, découverte d'amiante imprévisible : "
        "avenant de 200 000 €, peut-on ?",
        ModificationAsked(Decimal(500000), (Decimal(200000),), WORKS, LOCAL, is_unforeseen=True),
    ),
)

BUYER, NATURE, AMOUNT = "Qui achète", "S'agit-il de travaux", "Quel est le montant"
LACKING = (
    ("Quelle procédure pour 150 000 € HT de fournitures ?", BUYER, 5),
    ("Quelle procédure pour 150 000 € HT ?", NATURE, 15),
    ("Puis-je acheter pour 35 000 € ?", NATURE, 15),
    ("Peut-on commander 12 000 € HT de chaises ?", NATURE, 15),
    ("Je veux acheter des chaises pour 35 000 € HT, que dois-je faire ?", NATURE, 15),
    ("Achat de mobilier de 45 000 € HT : comment procéder ?", BUYER, 5),
    ("Avis envoyé le 3 mars 2026 : date limite ?", "Quelle est la procédure", 6),
    ("Quelle procédure pour 150 000 € HT ? Nous sommes une commune.", NATURE, 3),
    ("Quelle procédure pour 150 000 € TTC de fournitures, commune ?", AMOUNT, 0),
    ("Quelle procédure pour le lot de 30 000 € HT de fournitures de notre commune ?", AMOUNT, 0),
    ("Petits travaux à 85 000 € HT : est-ce que je peux signer directement ?", BUYER, 5),
    ("Où en est-on ? Avis envoyé le 3 mars 2026, commune : date limite ?", "Quelle est la proc", 3),
    ("Avis envoyé le 3 mars 2026, appel d'offres restreint : date limite ?", BUYER, 2),
    ("Avis publié le 3 mars 2026 en appel d'offres ouvert, date limite ?", "Quel jour l'avis", 0),
    ("Rejets reçus le 2 avril 2026 : quand signer ?", "Quel jour les notif", 0),
    ("Puis-je exiger un CA minimum de 500 000 € ?", AMOUNT, 0),
    ("Marché de 80 000 € HT de 8 mois : avance obligatoire ?", BUYER, 5),
    ("Notre commune, marché de 80 000 € HT : avance obligatoire ?", "Quelle est la durée", 0),
    ("Commune, marché de 80 000 € HT de 8 mois, PME : avance due ?", "L'acheteur est-il l'État", 2),
    ("RG de 5 % pour une PME, marché de 200 000 € TTC : légal ?", "L'acheteur est-il l'État", 2),
    ("RG de 5 % sur un marché de 200 000 € HT : légal ?", AMOUNT, 0),
    ("Facture reçue le 1er février 2026, payée le 15 mai 2026 : retard ?", BUYER, 3),
    ("Commune, facture datée du 1er février 2026 : quel délai ?", "Quel jour la facture", 0),
    ("Avenant de 12 000 € sur un marché de travaux de 90 000 €, possible ?", BUYER, 5),
    ("Avenant de 12 000 € sur un marché de 90 000 € d'une commune, possible ?", NATURE, 3),
    ("Commune : avenant de travaux de 12 000 €, possible ?", AMOUNT, 0),
)

(LEFT_TO_THE_TEXTS,) = read_lists("calculators_left.txt")


@pytest.mark.parametrize(("question", "expected"), CALCULATED)
def test_a_plain_question_is_calculated(question: str, expected: Asked) -> None:
    assert parse_calculation(question, TODAY) == expected


@pytest.mark.parametrize(("question", "fact", "cases"), LACKING)
def test_missing_facts_are_asked_back_with_their_likely_cases(
    question: str, fact: str, cases: int
) -> None:
    found = parse_calculation(question, TODAY)
    assert isinstance(found, Missing)
    assert found.facts[0].startswith(fact)
    assert len(found.cases) == cases


@pytest.mark.parametrize("question", ["", *(question for question, _ in LEFT_TO_THE_TEXTS)])
def test_any_other_question_is_left_to_the_texts(question: str) -> None:
    assert parse_calculation(question, TODAY) is None


@pytest.mark.parametrize("name", ["execution", "passation"])
def test_of_our_own_questions_only_those_judged_by_hand_are_calculated(name: str) -> None:
    questions = read_questions(DATA / f"questions_{name}.jsonl")
    found = {each.id for each in questions if parse_calculation(each.text, TODAY) is not None}
    assert found == {"execution": {"qe-072"}, "passation": {"qp-059", "qp-071", "qp-118"}}[name]


def test_a_question_about_a_dossier_or_in_english_is_no_calculation() -> None:
    for name in ("dossier", "english"):
        for each in read_questions(DATA / f"{name}_questions.jsonl"):
            assert parse_calculation(each.text, TODAY) is None, each.text


@given(st.decimals(min_value="0.01", max_value="1e9", places=2))
def test_an_amount_written_in_french_is_read_as_it_is(amount: Decimal) -> None:
    question = f"Quelle procédure pour {euros(amount)} HT de fournitures ? Nous sommes une commune."
    assert parse_calculation(question, TODAY) == ProcedureAsked(amount, SUPPLIES, LOCAL)


@given(st.dates(date(2019, 4, 1), date(2099, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d"]))
def test_a_day_is_read_as_it_is(day: date, written: str) -> None:
    question = f"Les rejets sont partis le {day.strftime(written)} : quand signer ?"
    assert parse_calculation(question, TODAY) == StandstillAsked(day)


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    parse_calculation(text, TODAY)


@given(st.sampled_from([question for question, _ in CALCULATED]), st.data())
def test_case_accents_of_months_and_spaces_change_nothing(
    question: str, data: st.DataObject
) -> None:
    written = question.replace(" ", data.draw(st.sampled_from([" ", "\u00a0", "\u202f"])))
    if data.draw(st.booleans()):
        written = written.upper().replace("FÉVRIER", "FEVRIER")
    assert parse_calculation(written, TODAY) == parse_calculation(question, TODAY)


def test_each_case_is_calculated_with_what_the_question_gave() -> None:
    asked = "Ville : avenants de 5 000 € et 7 000 € sur un marché de 90 000 €, possible ?"
    found = parse_calculation(asked, TODAY)
    assert isinstance(found, Missing)
    (answer,), case = found.cases[0]
    assert answer.label == WORKS.label
    assert case == _changed("90000", "5000", "7000", nature=WORKS, buyer=LOCAL)


@pytest.mark.parametrize("question", [question for question, *_ in LACKING])
def test_a_likely_answer_added_to_the_question_gives_its_case(question: str) -> None:
    found = parse_calculation(question, TODAY)
    assert isinstance(found, Missing)
    for answers, case in found.cases:
        told = [each.told for each in answers]
        if all(told):
            assert parse_calculation(" ".join([question, *told]), TODAY) == case


# Every calculator through its one door, on a law that states everything


DAY = date(2026, 11, 24)
FIGURE = Decimal(150000)
ASKED: tuple[tuple[str, Asked], ...] = (
    ("procedure", ProcedureAsked(FIGURE, Nature.SUPPLIES, Buyer.LOCAL)),
    ("delais", TimeLimitsAsked(Procedure.OPEN, DAY, Buyer.STATE)),
    ("standstill", StandstillAsked(DAY)),
    ("chiffre-affaires", TurnoverAsked(FIGURE)),
    ("avance", AdvanceAsked(FIGURE, None, Decimal(8), Buyer.LOCAL)),
    ("retenue", RetentionAsked(FIGURE)),
    ("paiement", PaymentAsked(DAY, Buyer.HOSPITAL, FIGURE)),
    ("modification", ModificationAsked(FIGURE, (FIGURE / 10,), Nature.WORKS, Buyer.LOCAL)),
)
RATES = Rates(Path("taux.toml"))


@pytest.mark.parametrize(("name", "asked"), ASKED)
def test_each_question_has_its_calculator(name: str, asked: Asked) -> None:
    found = calculate(asked, FakeLaw(DAY), RATES)
    assert found.name == name
    assert found.day == DAY
    assert found.result


@pytest.mark.parametrize("asked", [asked for _, asked in ASKED])
def test_a_constant_that_no_text_states_stops_its_calculators(asked: Asked) -> None:
    articles = {ground.article for ground in calculate(asked, FakeLaw(DAY), RATES).grounds}
    silent = {name for name, each in constants().items() if each.article in articles}
    with pytest.raises(Ungrounded):
        calculate(asked, FakeLaw(DAY, silent=silent), RATES)


@pytest.mark.parametrize("is_above", [False, True])
def test_a_planned_retention_is_told_on_which_side_of_the_ceiling_it_falls(is_above: bool) -> None:
    ceiling = FakeLaw(DAY).stated("retenue de garantie").value
    asked = replace(RetentionAsked(FIGURE), rate=ceiling + Decimal("0.01") * is_above)
    said = calculate(asked, FakeLaw(DAY), RATES).result[0].text
    assert ("ne dépasse pas le plafond" in said) is not is_above


# Calculators grounding


@given(st.sets(st.sampled_from(sorted(constants()))))
def test_the_constants_that_no_text_states_are_named_in_the_order_of_the_files(
    silent: set[str],
) -> None:
    found = [each.name for each in ungrounded(FakeLaw(silent=silent))]
    assert found == [name for name in constants() if name in silent]
