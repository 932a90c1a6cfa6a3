"""The same clause in many wordings: what a rule finds fault with, and what it lets pass."""

from collections.abc import Iterator

import pytest

from assistant.tenders.conformity.rules import FindingSeverity
from tests.support.conformity_dossier import found_by
from tests.support.question_lists import read_table

Wording = tuple[str, dict[str, str]]


def _read(kind: str) -> Iterator[Wording]:
    for rule, row in read_table("conformity_wordings.toml").items():
        for said in row[kind]:
            text = f"{row.get('lead', '')}{said}"
            yield rule, {**row.get("beside", {}), row.get("piece", "CCAP"): text}


def _is_found(rule: str, pieces: dict[str, str]) -> bool:
    found = found_by(rule, pieces)
    return any(each.severity is not FindingSeverity.UNCHECKED for each in found)


@pytest.mark.parametrize(("rule", "pieces"), [*_read("finds")])
def test_a_fault_is_found_in_any_wording(rule: str, pieces: dict[str, str]) -> None:
    assert _is_found(rule, pieces)


@pytest.mark.parametrize(("rule", "pieces"), [*_read("passes")])
def test_what_is_right_passes_in_any_wording(rule: str, pieces: dict[str, str]) -> None:
    assert not _is_found(rule, pieces)


def test_what_a_piece_of_another_kind_says_is_not_said_to_be_absent() -> None:
    pieces = {"RC": "Les offres sont jugées.", "CCAP": "Le prix est révisé."}
    assert found_by("variantes", pieces)
    assert not found_by("variantes", pieces | {"CCAP": "Les variantes sont interdites."})
    contract = "Le contrat est un accord-cadre."
    assert found_by("accord-cadre-maximum", {"RC": contract})
    told = {"RC": contract, "questions": "Réponse : le montant maximum est de 90 000 € HT."}
    assert not found_by("accord-cadre-maximum", told)


def test_a_social_clause_that_a_piece_does_without_for_a_reason_is_not_said_to_be_absent() -> None:
    contract = {"CCAP": "Le montant maximum du marché est de 300 000 € HT. CCAG-FCS."}
    assert found_by("clause-sociale", contract)
    assert found_by("clause-sociale", contract | {"RC": "Aucune clause sociale n'est prévue."})
    waived = "Aucune clause sociale n'est prévue, l'exécution étant confiée à un seul agent."
    assert not found_by("clause-sociale", contract | {"RC": waived})


def test_a_turnover_is_compared_with_amounts_of_a_table_that_tells_its_unit_beside() -> None:
    table = "| Lot | Minimum | Maximum |\n|---|---|---|\n| 1 – Quais | sans | 900 000 |"
    amounts = f"# Article 3 – Montants\n\nEn euros hors taxes :\n\n{table}"
    turnover = "# Article 5 – Candidature\n\nUn chiffre d'affaires d'au moins {} € est exigé."
    assert not found_by("chiffre-affaires", {"AE": amounts, "RC": turnover.format("700 000")})
    [finding] = found_by("chiffre-affaires", {"AE": amounts, "RC": turnover.format("5 000 000")})
    assert finding.severity is FindingSeverity.UNCHECKED
    assert "n'a reconnu que par an, par période ou par lot" in finding.sentence
    quantities = {"AE": amounts.replace("Montants", "Quantités"), "RC": turnover.format("700 000")}
    assert found_by("chiffre-affaires", quantities)


def test_a_turnover_under_the_ceiling_of_any_amount_is_no_fault() -> None:
    amounts = "# Article 2 – Étendue\n\n| Zone | Maximum |\n|---|---|\n| Nord | 700 000 € |"
    turnover = "# Article 5 – Candidature\n\nUn chiffre d'affaires d'au moins {} € est exigé."
    assert not found_by("chiffre-affaires", {"RC": f"{amounts}\n\n{turnover.format('600 000')}"})
    [finding] = found_by("chiffre-affaires", {"RC": f"{amounts}\n\n{turnover.format('2 000 000')}"})
    assert finding.severity is FindingSeverity.UNCHECKED
    assert "la revue n'a pas reconnu dans les pièces" in finding.sentence
