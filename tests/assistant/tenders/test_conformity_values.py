"""What pieces state: days, delays and counts, in the words of many buyers."""

from datetime import date
from typing import Any

import pytest

from assistant.tenders.clauses import clauses_of
from assistant.tenders.conformity.rules import FindingSeverity, rule_book
from assistant.tenders.conformity.values import readings
from tests.support.conformity_dossier import found_by, piece
from tests.support.question_lists import read_rows

ROWS = read_rows("stated_values.jsonl")
OPEN = "La procédure est un appel d'offres ouvert. Les plis vont sur le profil d'acheteur. "


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(list(row["pieces"].values())[-1]))
def test_a_value_is_read_as_buyers_write_it(row: dict[str, Any]) -> None:
    clauses = clauses_of(piece(name, text) for name, text in row["pieces"].items())
    found = {each.value for each in readings(rule_book().values[row["value"]], clauses)}
    stated = (each if isinstance(each, int) else date.fromisoformat(each) for each in row["stated"])
    assert found == {*stated}


def test_a_day_that_is_moved_is_no_contradiction() -> None:
    limit = {"RC": "Date limite de remise des offres : 9 juin 2026."}
    moved = limit | {"QR": "La date limite est reportée au 17 juin 2026."}
    assert not found_by("différence-date-limite", moved)
    other = limit | {"QR": "La date limite des offres est bien le 17 juin 2026."}
    assert found_by("différence-date-limite", other)


def test_the_publication_of_a_notice_is_enough_where_it_leaves_the_time() -> None:
    published = f"{OPEN}Publication de l'avis : 4 mai 2026. Offres au plus tard le "
    assert not found_by("délai-appel-offres-ouvert", {"RC": f"{published} 22 juin 2026."})
    [finding] = found_by("délai-appel-offres-ouvert", {"RC": f"{published} 25 mai 2026."})
    assert finding.severity is FindingSeverity.UNCHECKED
    assert "la date d'envoi de l'avis n'a été trouvée ni" in finding.sentence


def test_a_delay_that_no_piece_begins_is_not_asked_for() -> None:
    assert not found_by("réponses-aux-questions", {"RC": OPEN})


def test_an_open_procedure_that_may_be_negotiated_later_has_no_time_for_candidates() -> None:
    later = f"{OPEN}\n\n## Suite\n\nSans offre, une procédure avec négociation est possible."
    assert not found_by("délai-candidatures-négociation", {"RC": later})
    negotiated = "La procédure est une procédure avec négociation."
    [finding] = found_by("délai-candidatures-négociation", {"RC": negotiated})
    assert finding.severity is FindingSeverity.UNCHECKED


@pytest.mark.parametrize(
    "earlier",
    [
        "Un premier appel d'offres ouvert, publié en mars, a été déclaré sans suite.",
        "Elle fait suite à un appel d'offres ouvert demeuré infructueux.",
        "Après un appel d'offres ouvert dont aucun pli n'était recevable, elle est permise.",
    ],
)
def test_the_procedure_of_an_earlier_consultation_is_not_that_of_the_dossier(earlier: str) -> None:
    pieces = {"RC": f"La procédure avec négociation est retenue. {earlier}"}
    [finding] = found_by("délai-candidatures-négociation", pieces)
    assert finding.severity is FindingSeverity.UNCHECKED
    assert not found_by("délai-appel-offres-ouvert", pieces)


@pytest.mark.parametrize(
    ("rule", "ccap", "ae"),
    [
        ("reconductions", "Le lot 1 est reconduit deux fois.",
         "Le lot n° 2 est reconduit une fois."),
        ("période-initiale", "Période initiale de 12 mois.",
         "Lot 3 : période initiale de 18 mois."),
        ("début", "Durée à compter du 1er mars 2027.",
         "Pour le lot B, durée à compter du 1er mai 2027."),
        ("avance", "Une avance de 10 % est versée.",
         "Une avance de 20 % est versée à la petite ou moyenne entreprise."),
        ("paiement", "Le délai de paiement est de 30 jours pour la commune.",
         "Le délai de paiement est de 50 jours pour l'hôpital et de 30 jours pour la commune."),
        ("plafond", "Les pénalités sont plafonnées à 10 %.",
         "Les pénalités de disponibilité sont plafonnées à 20 %."),
        ("pénalité", "Le retard d'une livraison vaut une pénalité de 90 € par jour.",
         "Le retard d'un rapport vaut une pénalité de 40 € par jour."),
    ],
)  # fmt: skip
def test_values_of_two_parts_or_two_things_do_not_differ(rule: str, ccap: str, ae: str) -> None:
    assert not found_by(f"différence-{rule}", {"CCAP": ccap, "AE": ae})
