"""What a review says of what it does not know, of days, of suppliers and of notices."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.calculators.amounts import end_of_period
from assistant.tenders.conformity.rules import FindingSeverity
from ingestion.tenders.dossiers import Dossier
from tests.support.conformity_dossier import SENT, FakeCode, found_by, found_in

OPEN = "Appel d'offres ouvert, par voie électronique."
MINISTRY = "# A – Pouvoir adjudicateur\n\nMinistère de la Transition"
NOTICE = (
    "# Avis de marché\n\n## Procédure\n\nType de procédure : procédure ouverte\n\n"
    "Date d'envoi de l'avis : 08/10/2026\n\n## Lot LOT-0001 : Parcs\n\nRéférence du lot : 1\n\n"
    "Date limite de remise des offres : {day} à 12:00\n\nVariante : non\n\n"
    "Critère : Prix, {price} %\n\nCritère Prix : Le prix compte pour {price} %.\n\n"
    "Critère : Environnement, 40 %"
)
RC = (
    "# Article 1 – Offres\n\nLes offres sont remises au plus tard le 20 novembre 2026.\n\n"
    "# Article 2 – Critères d'attribution\n\n- Prix : 60 %\n- Environnement : 40 %\n\n"
    "# Article 3 – Lots\n\nLot 1 : parcs. Les variantes sont interdites."
)


def test_a_fact_that_nothing_tells_becomes_a_condition_and_only_to_check() -> None:
    pieces = {"AE": MINISTRY, "CCAP": "Une retenue de garantie de 5 % est appliquée."}
    [finding] = found_by("retenue-plafond-pme", pieces)
    assert finding.severity is FindingSeverity.CHECK
    assert finding.to_check == ("le titulaire est une petite ou moyenne entreprise",)
    assert finding.sentence.endswith(
        ": à vérifier si le titulaire est une petite ou moyenne entreprise."
    )


def test_a_clause_that_says_one_thing_and_the_other_tells_nothing() -> None:
    both = "Ni procédure adaptée ni appel d'offres. Signature après un délai de 10 jours."
    [finding] = found_by("suspension", {"RC": both})
    assert finding.to_check == ("la procédure est formalisée",)


def test_the_description_tells_who_buys_before_the_pieces_do() -> None:
    pieces = {"CCAP": "Le délai de paiement est de 45 jours."}
    assert found_by("délai-paiement", pieces)
    hospital = Dossier("essai", buyer="Centre hospitalier de Montelyre")
    assert not found_by("délai-paiement", pieces, description=hospital)


def test_a_public_undertaking_may_pay_later_than_other_buyers() -> None:
    pieces = {"CCAP": "Le délai de paiement est de 60 jours."}
    undertaking = Dossier("essai", buyer="SEM Habitat, entreprise publique")
    assert not found_by("délai-paiement", pieces, description=undertaking)


def test_a_municipality_is_not_the_department_that_it_is_in() -> None:
    place = "# Article 1 – Acheteur\n\nCommune de Saint-Avit (Département de l'Ain)"
    pieces = {"RC": place, "CCAP": "Une retenue de garantie de 5 % est appliquée."}
    buyer = Dossier("essai", buyer="Commune de Saint-Avit")
    assert not found_by("retenue-plafond-pme", pieces, description=buyer)
    [finding] = found_by("retenue-plafond-pme", {**pieces, "RC": MINISTRY})
    assert "si l'acheteur est l'État ou a des dépenses" in finding.sentence


@pytest.mark.parametrize(
    "said",
    [
        "Marché ordinaire. Il ne s'agit pas d'un accord-cadre.",
        "Ce modèle sert à conclure un marché public ou un accord-cadre.",
        "L'accord-cadre actuel prend fin au mois de mai.",
        "Le précédent accord-cadre donne les quantités de l'an dernier.",
    ],
)
def test_a_framework_agreement_is_not_what_a_form_or_a_denial_names(said: str) -> None:
    assert not found_by("accord-cadre-maximum", {"AE": said})


def test_a_rule_does_not_look_at_a_dossier_older_than_itself() -> None:
    pieces = {"CCAP": "Le titulaire exécute les prestations."}
    assert found_by("clause-environnementale", pieces, FakeCode(date(2026, 8, 22)))
    assert not found_by("clause-environnementale", pieces, FakeCode(date(2026, 8, 21)))


def test_a_piece_that_is_not_there_is_said_not_to_be() -> None:
    [finding] = found_by("variantes", {"CCAP": "Le titulaire exécute les prestations."})
    assert finding.severity is FindingSeverity.UNCHECKED
    assert finding.sentence == (
        "Non contrôlé (Critères d'attribution, Pondération des critères, Critère environnemental, "
        "Variantes) : le dossier n'a aucune des pièces où le lire (avis, RC)."
    )


def test_a_day_that_nobody_gives_is_asked_for() -> None:
    limit = "Offres au plus tard le 20 novembre 2026."
    [finding] = found_by("délai-appel-offres-ouvert", {"RC": f"{OPEN} {limit}"})
    assert finding.severity is FindingSeverity.UNCHECKED
    assert "la date d'envoi de l'avis n'a été trouvée" in finding.sentence


def test_each_day_that_nothing_tells_is_asked_for_once_with_where_to_tell_it() -> None:
    answers = "Les réponses partent au plus tard le 18 novembre 2026."
    unchecked = found_by("délai-appel-offres-ouvert", {"RC": f"{OPEN} {answers}"})
    assert [each.sentence.partition(" n'a été")[0] for each in unchecked] == [
        "Non contrôlé (Délai de remise des offres) : la date d'envoi de l'avis",
        "Non contrôlé (Délai de remise des offres, Délai des réponses aux questions) : "
        "la date limite de remise des offres",
    ]
    assert all("sourcier dossier describe" in each.sentence for each in unchecked)
    assert unchecked[1].also == ("réponses-aux-questions",)


def test_a_limit_that_the_description_has_no_place_for_is_said_not_to_be_in_the_pieces() -> None:
    pieces = {"RC": "La procédure est une procédure avec négociation."}
    described = Dossier("essai", sent=SENT)
    [finding] = found_by("délai-candidatures-négociation", pieces, description=described)
    said = "la date limite de remise des candidatures n'a été trouvée dans aucune pièce où la lire"
    assert said in finding.sentence


def test_an_absence_is_shown_where_the_mention_would_stand() -> None:
    offer = "## 4 – Offre\n\nLe mémoire technique est joint, avec les critères de réponse."
    choice = "## 5 – Critères\n\n| Critère | Poids |\n|---|---|\n| Prix | 60 % |\n| Délai | 40 % |"
    [finding] = found_by("critère-environnement", {"RC": f"{offer}\n\n{choice}"})
    [place] = finding.places
    assert place.locator == "RC, art. 5"
    assert "Prix | 60 %" in place.text
    assert "Délai | 40 %" in place.text


def test_a_day_beyond_which_nothing_is_counted_is_said() -> None:
    described = Dossier("essai", sent=date(9999, 12, 31), deadline=date(2026, 10, 30))
    [finding] = found_by("délai-appel-offres-ouvert", {"RC": OPEN}, description=described)
    assert finding.sentence.endswith(" : la date du 31/12/9999 est impossible.")


def test_days_that_no_piece_states_are_those_of_the_description() -> None:
    described = Dossier("essai", sent=SENT, deadline=date(2026, 10, 30))
    [finding] = found_by("délai-appel-offres-ouvert", {"RC": OPEN}, description=described)
    assert finding.comparison == "30/10/2026 < 09/11/2026"
    assert finding.places == ()


@given(st.integers(1, 60))
def test_a_time_limit_is_short_until_its_last_day_has_passed(days: int) -> None:
    end = SENT + timedelta(days)
    text = f"{OPEN} Avis envoyé le {SENT:%d/%m/%Y}. Date limite des offres : {end:%d/%m/%Y}."
    last = end_of_period(SENT, 30)
    found = found_by("délai-appel-offres-ouvert", {"RC": text})
    assert len(found) == (end <= last)
    if found:
        expected = FindingSeverity.CHECK if end == last else FindingSeverity.GRAVE
        assert found[0].severity is expected


@given(st.decimals("0.1", "30", places=1))
def test_a_rate_is_found_fault_with_above_the_ceiling_alone(rate: Decimal) -> None:
    text = f"Une retenue de garantie de {f'{rate}'.replace('.', ',')} % est appliquée."
    assert bool(found_by("retenue-plafond", {"CCAP": text})) == (rate > 5)


@given(st.integers(1, 120))
def test_the_ceiling_is_the_one_that_the_law_of_the_day_states(limit: int) -> None:
    code = FakeCode(SENT, {"délai de paiement": Decimal(limit)})
    text = "Le délai de paiement est de 45 jours."
    assert bool(found_by("délai-paiement", {"CCAP": text}, code)) == (limit < 45)


def test_what_a_supplier_wrote_is_not_looked_at() -> None:
    text = "Une retenue de garantie de 9 % est appliquée."
    assert found_by("retenue-plafond", {"CCAP": text})
    assert not found_by("retenue-plafond", {"Offre technique": text})


def test_a_notice_is_compared_with_the_pieces() -> None:
    right = {"avis": NOTICE.format(day="20/11/2026", price=60), "RC": RC}
    findings = [each for each in found_in(right) if each.severity is not FindingSeverity.UNCHECKED]
    assert not findings
    wrong = right | {"avis": NOTICE.format(day="18/11/2026", price=50)}
    rules = {each.rule: each for each in found_in(wrong)}
    assert rules["différence-date-limite"].comparison == "avis : 18/11/2026 ≠ RC : 20/11/2026"
    assert rules["critères-somme"].comparison == "50 + 40 = 90 ≠ 100"
    three = right | {"avis": right["avis"].replace("du lot : 1", "du lot : 3")}
    three["RC"] = RC.replace("Lot 1 : parcs.", "Le marché comprend deux lots.")
    assert found_by("différence-lots", three)


def test_two_days_in_one_piece_differ_too() -> None:
    text = "Offres au plus tard le 20 novembre 2026.\n\nOffres au plus tard le 23 novembre 2026."
    [finding] = found_by("différence-date-limite", {"RC": text})
    assert finding.comparison == "RC : 20/11/2026, 23/11/2026"


@pytest.mark.parametrize(
    "said",
    [
        "Les candidats font parvenir une demande 10 jours avant la date limite de remise des "
        "offres, soit au plus tard le 4 décembre 2026.",
        "Avant de remettre leurs offres, les candidats visitent le site au plus tard le "
        "27 novembre 2026.",
        "Les échantillons joints aux offres sont déposés au plus tard le 11 décembre 2026.",
    ],
)
def test_a_day_that_only_refers_to_the_offers_is_not_their_limit(said: str) -> None:
    limit = "Date limite de remise des offres : 14 décembre 2026 à 12h00.\n\n"
    assert not found_by("différence-date-limite", {"RC": limit + said})
    late = "Les offres sont remises par les candidats au plus tard le 20 novembre 2026."
    assert found_by("différence-date-limite", {"RC": limit + late})


@pytest.mark.parametrize(
    ("rule", "rc", "ccap"),
    [
        ("lots", "Les prestations sont réparties en 4 lots.", "Le lot n° 2 a une réunion."),
        ("lots", "Il y a 4 lots.", "Un candidat peut obtenir 2 lots au plus."),
        ("lots", "Il y a 2 lots : le lot n° 5 et le lot n° 9.", "Le lot n° 5 est à relancer."),
        ("durée", "La durée totale du marché est de 4 ans.",
         "La durée maximale d'exécution des bons de commande est de 6 mois."),
        ("durée", "La durée totale du marché est de 4 ans.",
         "Les bons de commande ont une durée maximale d'exécution de 6 mois."),
        ("montants", "Le montant maximum du marché est de 400 000 € sur sa durée totale.",
         "Le montant maximum du marché est de 100 000 € par an."),
        ("date-limite", "Date limite de remise des offres : 20 novembre 2026.",
         "La date limite de visite, obligatoire avant la remise des offres, est le 10 novembre "
         "2026."),
        ("date-limite", "Date limite de remise des offres : 20 novembre 2026.",
         "Date limite de validité des offres : 20 mars 2027."),
        ("date-limite", "Date limite de remise des offres : 20 novembre 2026.",
         "Date limite de remise des offres : 20/11/2026 ; ouverture des plis le 24/11/2026."),
    ],
)  # fmt: skip
def test_values_of_two_things_do_not_differ(rule: str, rc: str, ccap: str) -> None:
    assert not found_by(f"différence-{rule}", {"RC": rc, "CCAP": ccap, "questions": ccap})


def test_an_order_that_could_not_be_read_is_said_not_to_be() -> None:
    ccap = "# Article 2 – Pièces\n\nL'ordre de priorité des pièces est en annexe.\n\n"
    pieces = {"CCAP": f"{ccap}# Article 3\n\nLe délai de paiement est de 30 jours."}
    pieces["AE"] = "Le délai de paiement est de 20 jours."
    [finding] = found_by("différence-paiement", pieces)
    assert "l'ordre de priorité des pièces (CCAP, art. 2) n'a pas pu être lu" in finding.sentence


def test_a_number_repeated_in_brackets_is_read_as_one() -> None:
    assert found_by("délai-paiement", {"CCAP": "Le délai de paiement est de soixante (60) jours."})
    pieces = {"RC": "Il y a 4 (quatre) lots.", "CCAP": "Il y a trois (3) lots."}
    [finding] = found_by("différence-lots", pieces)
    assert finding.comparison == "RC : 4 ≠ CCAP : 3"


def test_a_lot_beyond_those_that_are_counted_differs() -> None:
    pieces = {"RC": "Les prestations sont réparties en 4 lots.", "CCAP": "Le lot n° 5 est réservé."}
    [finding] = found_by("différence-lots", pieces)
    assert finding.comparison == "RC : 4 ≠ CCAP : 5"


@pytest.mark.parametrize(
    ("said", "is_fault"),
    [
        ("La sous-traitance n'est pas autorisée pour la direction de projet.", False),
        ("La sous-traitance est interdite pour les lots 1 et 2.", False),
        ("La sous-traitance est interdite au-delà du deuxième rang.", False),
        ("Un sous-traitant ne peut pas sous-traiter à son tour.", False),
        ("La sous-traitance est interdite pour le présent marché.", True),
        ("Pour la bonne exécution du marché, la sous-traitance est interdite.", True),
    ],
)
def test_subcontracting_forbidden_for_a_part_is_no_fault(said: str, is_fault: bool) -> None:
    assert bool(found_by("sous-traitance-interdite", {"CCAP": said})) == is_fault


@pytest.mark.parametrize(
    ("said", "day", "is_fault"),
    [
        ("Le CCAG-FCS du 19 janvier 2009 est applicable.", date(2021, 9, 30), False),
        ("Le CCAG-FCS du 19 janvier 2009 est applicable.", date(2021, 10, 1), True),
        ("Le CCAG-FCS de 2021 s'applique ; il remplace celui de 2009.", SENT, False),
    ],
)
def test_the_ccag_of_2009_is_a_fault_once_it_has_ended(
    said: str, day: date, is_fault: bool
) -> None:
    assert bool(found_by("ccag-2009", {"CCAP": said}, FakeCode(day))) == is_fault


@pytest.mark.parametrize(
    ("said", "is_fault"),
    [
        ("une attestation d'assurance pour les risques professionnels", False),
        ("les certificats délivrés par un organisme de qualification", False),
        ("les certificats délivrés par les administrations fiscales et sociales", True),
    ],
)
def test_a_proof_of_capacity_may_be_asked_of_all(said: str, is_fault: bool) -> None:
    text = f"# Article 5 – Candidature\n\nLe candidat fournit {said}."
    assert bool(found_by("attestations-candidature", {"RC": text})) == is_fault


@pytest.mark.parametrize(
    ("said", "is_fault"),
    [
        ("Après signature, le titulaire a un délai de 5 jours pour son planning.", False),
        ("À compter de la signature, un délai de 5 jours court.", False),
        ("La signature électronique est vérifiée dans un délai de 5 jours.", False),
        ("Avant la signature, l'attributaire produit ses pièces dans un délai de 5 jours.", False),
        ("Avant la signature, les pièces sont dues dans un délai de 5 jours pour vérifier.", False),
        ("La signature du marché intervient à l'expiration d'un délai de 5 jours.", True),
        ("Avant la signature, un délai de 5 jours est respecté.", True),
    ],
)
def test_a_time_around_the_signature_may_be_for_something_else(said: str, is_fault: bool) -> None:
    assert bool(found_by("suspension", {"RC": f"{OPEN}\n\n{said}"})) == is_fault


TURNOVER = "# Article 5 – Candidature\n\nLe chiffre d'affaires annuel minimal est de 300 000 €."
PARTS = [
    "L'accord-cadre a un minimum de 0 € et un maximum annuel de 100 000 € sur 4 ans en tout.",
    "Montants minimum et maximum par an :\n\n- minimum : 10 000 €\n- maximum : 100 000 €",
    "Le lot 1 a un minimum de 10 000 € et un maximum de 100 000 €.",
    "| Lot | Minimum | Maximum |\n|---|---|---|\n| 1 | 10 000 € | 100 000 € |",
    "La part à bons de commande a un minimum de 10 000 € et un maximum de 100 000 €.",
    "| Lot | Minimum | Maximum |\n|---|---|---|\n| 1 – Quais | sans | 100 000 |",
    "| Lot | Montant maximal HT sur la durée totale |\n|---|---|\n| 1 | 100 000 € |",
]


@pytest.mark.parametrize("said", PARTS)
def test_an_amount_of_a_year_or_a_lot_is_not_that_of_the_contract(said: str) -> None:
    pieces = {"RC": f"# Article 2 – Montants\n\n{said}\n\n{TURNOVER}", "CCAP": "CCAG-FCS."}
    [turnover] = found_by("chiffre-affaires", pieces)
    assert turnover.severity is FindingSeverity.UNCHECKED
    lower = pieces | {"RC": pieces["RC"].replace("300 000", "150 000")}
    assert not found_by("chiffre-affaires", lower)
    [social] = found_by("clause-sociale", pieces)
    assert "la valeur estimée atteint le seuil européen" in social.to_check
    more = {name: text.replace("100 000", "800 000") for name, text in pieces.items()}
    [social] = found_by("clause-sociale", more)
    assert "la valeur estimée atteint le seuil européen" not in social.to_check


@pytest.mark.parametrize(
    "said",
    [
        "L'accord-cadre a un minimum de 0 € et un maximum de 100 000 € sur sa durée totale.",
        "Lot 1 : minimum 0 €, maximum 40 000 €. Maximum total : 100 000 €.",
        "Le marché en lot unique a un minimum de 10 000 € et un maximum de 100 000 €.",
    ],
)
def test_an_amount_of_the_whole_contract_tells_what_it_is_under(said: str) -> None:
    pieces = {"RC": f"# Article 2 – Montants\n\n{said}\n\n{TURNOVER}", "CCAP": "CCAG-FCS."}
    [turnover] = found_by("chiffre-affaires", pieces)
    assert turnover.severity is FindingSeverity.CORRECT
    assert not found_by("clause-sociale", pieces)


def test_a_brand_is_told_once_with_all_its_places() -> None:
    text = "Une tondeuse Honda.\n\nUn taille-haie Stihl.\n\nUne tronçonneuse STIHL."
    [finding] = found_by("marques", {"CCTP": text})
    assert "« stihl »" in finding.sentence
    assert len(finding.places) == 2


def test_what_excuses_an_item_may_stand_in_the_lead_of_its_list() -> None:
    items = "- une tronçonneuse Stihl ;\n- une tondeuse Honda."
    assert found_by("marques", {"CCTP": f"Le titulaire fournit :\n\n{items}"})
    lead = "Le titulaire fournit, en marque citée ou équivalente :"
    assert not found_by("marques", {"CCTP": f"{lead}\n\n{items}"})
