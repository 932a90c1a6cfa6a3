"""What of a passage says something by itself."""

from datetime import date

import pytest

from assistant.answering.quotable import quotable
from tests.support.passage_texts import evidence_of

BEFORE, SINCE = date(2026, 3, 31), date(2026, 4, 1)


def _units(text: str, as_of: date = SINCE) -> list[str]:
    return [unit.text for unit in quotable(evidence_of(text), as_of)]


def test_a_sentence_that_refers_back_brings_the_one_before() -> None:
    first = "Le titulaire remet son rapport en fin de mois."
    second = "Il le transmet à la commune sous dix jours."
    assert _units(f"{first} {second}") == [first, f"{first} {second}"]


def test_an_exception_goes_with_its_rule() -> None:
    rule = "La commune paie chaque facture sous trente jours."
    exception = "Toutefois, un litige suspend ce délai de paiement."
    assert _units(f"{rule} {exception}")[0] == f"{rule} {exception}"


@pytest.mark.parametrize(
    "exception",
    [
        "Cette exclusion n’est pas applicable en cas de sursis accordé par le juge.",
        "Ces dispositions ne sont pas applicables aux marchés passés en urgence.",
        "Elle ne peut toutefois être opposée à qui a payé sa dette.",
    ],
)
def test_an_exclusion_is_not_quoted_without_what_it_does_not_apply_to(exception: str) -> None:
    rule = "L'exclusion s'applique pour une durée de trois ans."
    assert _units(f"{rule} {exception}")[0] == f"{rule} {exception}"


def test_a_sentence_brings_what_the_one_before_it_leans_on() -> None:
    first = "Le marché est confié à un groupement d'entreprises."
    said = [first, "Il est signé par le mandataire.", "Dans ce cas, un pouvoir est joint."]
    assert _units(" ".join(said))[-1] == " ".join(said)


def test_what_is_announced_goes_with_its_announcement() -> None:
    text = (
        "La pénalité se calcule par la formule suivante :\nP = V × R / 500, où R compte les jours."
    )
    assert _units(text)[0] == text


THRESHOLDS = (
    "Les seuils de procédure sont fixés ainsi :\nACHETEURS\nFournitures :\na) Acheteurs de l'État\n"
    "140 000 € HT\nb) Autres acheteurs de fournitures\n216 000 € HT\nc) Acheteurs de la défense\n"
    "216 000 € HT\nTravaux\n5 404 000 € HT\nUn avis de l'administration les revoit."
)


def test_a_label_and_its_figure_on_lines_of_their_own_stay_with_what_is_above() -> None:
    told = _units(THRESHOLDS)
    announced, amounts = [each for each in told if "140 000 € HT" in each]
    assert announced.startswith("Les seuils de procédure")
    assert announced.endswith(amounts)
    assert amounts.endswith("c) Acheteurs de la défense\n216 000 € HT\nTravaux\n5 404 000 € HT")
    assert "Un avis de l'administration les revoit." in told


def test_the_rows_of_a_short_table_are_quoted_with_their_header() -> None:
    table = "Critère | Lot 1 | Lot 2\nPrix | 40 % | 30 %\nValeur technique | 60 % | 70 %"
    said = "Les offres sont classées par ordre décroissant."
    assert _units(f"{said}\n{table}\n{said}") == [said, table, said]


def test_the_rows_of_a_long_table_are_quoted_one_by_one() -> None:
    rows = [f"Plantation d'un arbre de haute tige n° {n} | {n} € l'unité" for n in range(10, 30)]
    assert _units("\n".join(rows)) == rows


def test_a_past_rule_is_quoted_for_its_own_days_only() -> None:
    past = "Avant le 1er avril 2026, le seuil était de 40 000 € HT pour les fournitures."
    now = "Le seuil est de 60 000 € HT pour les fournitures depuis le 1er avril 2026."
    assert _units(f"{past} {now}", SINCE) == [now]
    assert _units(f"{past} {now}", BEFORE) == [past]


RULE = "Le montant est inférieur à 40 000 euros hors taxes."


@pytest.mark.parametrize(
    "beside",
    [
        "Par dérogation, jusqu'au 31 décembre 2025, il est de 100 000 euros pour les travaux.",
        "Toutefois, à compter du 1er janvier 2027, il est de 50 000 euros pour les travaux.",
        "Il est de 100 000 euros jusqu'au 31 décembre 2025 pour les marchés de travaux.",
    ],
)
def test_a_rule_is_quoted_without_the_exception_of_other_days(beside: str) -> None:
    assert _units(f"{RULE} {beside}") == [RULE]


def test_an_exception_of_the_day_still_goes_with_its_rule() -> None:
    exception = "Toutefois, jusqu'au 31 décembre 2026, il est de 100 000 euros pour les travaux."
    assert _units(f"{RULE} {exception}")[0] == f"{RULE} {exception}"


def test_what_leans_on_a_rule_of_other_days_is_not_quoted_alone() -> None:
    past = "Avant le 1er avril 2026, le seuil était de 40 000 € HT pour les fournitures."
    assert _units(f"{past} Il est fixé par décret pour chaque sorte de marché.") == []


def test_a_list_or_a_table_is_quoted_while_one_of_its_items_is_the_law() -> None:
    items = ["40 000 euros pour les fournitures", "100 000 euros, jusqu'au 31 décembre 2025"]
    listed = "Les seuils sont :\n" + "\n".join(f"{n}° {each}" for n, each in enumerate(items, 1))
    rows = "\n".join(f"Seuil | {each}" for each in items)
    past = f"Les seuils sont :\n1° {items[1]} pour les travaux"
    assert [_units(text) for text in (listed, rows, past)] == [[listed], [rows], []]
