"""The fiche de synthèse, line by line, of the built-in dossier and of a real one."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from assistant.question.topics import topics
from assistant.tenders.fiche import LINES, Fiche, FicheLine, FicheState, fiche, stated
from ingestion.tenders.pieces import PieceKind
from tests.dossier_files import Read, built_in, changed, piece, read_piece
from tests.shared_texts import SHARED

REAL = SHARED / "data/tender/aquareel_2025"

STATED = {
    "subject": {
        "AE, § Acte d'engagement": "Objet | Entretien des espaces verts communaux",
        "RC, art. 2.1, p. 1": "La consultation a pour objet l'entretien des espaces verts",
    },
    "buyer": {
        "CCAP, p. 1": "Acheteur | Commune de Montelyre",
        "AE, art. 2": "Commune de Montelyre, 1 place",
        "RC, art. 1.1, p. 1": "L'acheteur est la Commune de Montelyre",
    },
    "procedure": {
        "AE, art. 1.1": "appel d'offres ouvert",
        "RC, art. 3.1, p. 2": "appel d'offres ouvert",
    },
    "lots": {
        "CCAP, art. 1.2, p. 1": "Lot 2 | Accompagnements de voirie",
        "RC, art. 3.3, p. 2": "en deux lots",
    },
    "duration": {
        "AE, art. 6": "trente-six mois",
        "CCAP, art. 3.1, p. 2": "douze mois à compter du 1er mars 2027",
        "CCAP, art. 3.2, p. 3": "quarante-huit mois",
        "RC, art. 3.4, p. 3": "quarante-huit mois",
    },
    "renewal": {
        "AE, art. 6": "tacitement deux fois",
        "CCAP, art. 3.2, p. 3": "tacitement trois fois",
        "RC, art. 3.4, p. 3": "tacitement trois fois",
    },
    "estimate": {"RC, art. 3.2, p. 2": "environ 118 000 € HT pour le lot 1"},
    "minimum": {
        "AE, art. 1.2": "55 000 € | 120 000 €",
        "CCAP, art. 1.4, p. 1": "Lot 2 | 55 000 € | 120 000 €",
        "RC, art. 3.2, p. 2": "125 000 € | 260 000 €",
    },
    "deadline": {
        "AE, § Acte d'engagement": "lundi 23 novembre 2026",
        "RC, p. 1": "vendredi 20 novembre 2026",
        "RC, art. 8.1, p. 6": "vendredi 20 novembre 2026",
        "RC, art. 11, p. 8": "Vendredi 20 novembre 2026",
    },
    "criteria": {
        "RC, art. 9.2, p. 7": "Prix des prestations",
        "RC, art. 9.3, p. 7": "Prix des prestations",
    },
    "variants": {"RC, art. 3.5, p. 3": "variantes est interdite pour les deux lots"},
    "retention": {"AE, art. 7.2": "de 5 %", "CCAP, art. 7.1, p. 5": "de 7 %"},
    "guarantee": {
        "AE, art. 7.2": "garantie à première demande",
        "CCAP, art. 6.2, p. 5": "pas subordonné à la constitution d'une garantie",
        "CCAP, art. 7.2, p. 5": "caution personnelle et solidaire n'est pas admise",
    },
    "advance": {
        "AE, art. 7.1": "fixé à 20 % du montant minimum",
        "CCAP, art. 6.1, p. 5": "fixé à 20 % du montant minimum",
    },
    "penalties": {
        "CCAP, art. 14.1, p. 10": "150 € par jour calendaire",
        "CCTP, art. 19.3, p. 8": "80 € par jour ouvré",
    },
    "penalty_cap": {"CCAP, art. 14.3, p. 10": "excéder 15 %"},
    "price_form": {
        "AE, art. 5.1": "application des prix unitaires",
        "CCAP, art. 5.1, p. 4": "Les prix comprennent toutes les dépenses",
    },
    "revision": {
        "AE, art. 5.1": "révisés chaque année",
        "CCAP, art. 5.3, p. 4": "Cn = 0,15 + 0,85 x",
        "CCAP, art. 5.4, p. 4": "excéder 4 % par an",
    },
    "payment_time": {"AE, art. 7.3": "trente jours", "CCAP, art. 8.4, p. 6": "trente jours"},
    "insurance": {"CCAP, art. 16.1, p. 11": "Dommages corporels | 5 000 000 €"},
    "subcontracting": {
        "CCAP, art. 9.1, p. 7": "peut sous-traiter une partie",
        "CCAP, art. 9.2, p. 7": "payé directement",
        "RC, art. 5.2, p. 4": "ne peut pas être sous-traitée",
    },
    "personal_data": {
        "CCAP, art. 17.2, p. 12": "règlement (UE) 2016/679",
        "RC, art. 12, p. 9": "conservées cinq ans",
    },
    "ccag": {"AE, art. 4.1": "CCAG-FCS", "CCAP, p. 1": "Le CCAG applicable est le CCAG-FCS"},
    "derogations": {"CCAP, art. 22, p. 14": "14.3 | 14.1.2 | Plafond"},
}

PLANTED = {
    "duration": "AE, CCAP, RC : valeurs différentes ; AE prévaut sur CCAP",
    "renewal": "AE, CCAP, RC : valeurs différentes ; AE prévaut sur CCAP",
    "deadline": "AE, RC : valeurs différentes",
    "criteria": (
        "RC, art. 9.2, p. 7 : 45 + 30 + 15 + 10 = 100 ; "
        "RC, art. 9.3, p. 7 : 45 + 25 + 15 + 10 = 95, et non 100"
    ),
    "retention": "AE, CCAP : valeurs différentes ; AE prévaut sur CCAP",
    "penalties": "CCAP, CCTP : valeurs différentes ; CCAP prévaut sur CCTP",
}

CORRECTED = {
    "AE": {
        "lundi 23 novembre 2026": "vendredi 20 novembre 2026",
        "deux fois": "trois fois",
        "trente-six mois": "quarante-huit mois",
    },
    "CCAP": {"garantie de 7 %": "garantie de 5 %"},
    "CCTP": {"80 € par jour ouvré": "150 € par jour calendaire"},
    "RC": {"(7 %) | 25 %": "(12 %) | 30 %"},
}


@cache
def _of_built_in() -> Fiche:
    return fiche(built_in())


def _line(name: str, of: Fiche) -> FicheLine:
    return of.lines[LINES.index(name)]


def _of(*texts: tuple[str, str]) -> Fiche:
    return fiche([piece(name, text) for name, text in texts])


def test_every_line_is_a_topic() -> None:
    assert [line.label for line in _of_built_in().lines] == [topics()[n].label for n in LINES]
    assert set(STATED) == set(LINES)


@pytest.mark.parametrize(("name", "stated"), STATED.items())
def test_a_line_holds_what_the_pieces_state(name: str, stated: Mapping[str, str]) -> None:
    entries = _line(name, _of_built_in()).entries
    for locator, words in stated.items():
        said = [entry.text for entry in entries if entry.passage.locator == locator]
        assert any(words in text for text in said), (locator, said)


def test_the_planted_contradictions_are_to_be_checked_and_nothing_else() -> None:
    remarks = {
        name: line.remark
        for name, line in zip(LINES, _of_built_in().lines, strict=True)
        if line.state is FicheState.DIFFERS
    }
    assert remarks == PLANTED


def test_nothing_is_to_be_checked_once_they_are_corrected() -> None:
    lines = fiche(changed(CORRECTED)).lines
    assert [line.label for line in lines if line.state is not FicheState.FOUND] == []


def test_each_entry_is_in_its_document_word_for_word() -> None:
    texts = {document.id: document.text for document, _ in built_in()}
    for line in _of_built_in().lines:
        for entry in line.entries:
            assert texts[entry.passage.document_id][entry.start : entry.end] == entry.text


def test_the_piece_that_prevails_comes_first() -> None:
    kinds = [entry.piece for entry in _line("renewal", _of_built_in()).entries]
    assert kinds == [PieceKind.AE, PieceKind.CCAP, PieceKind.RC]


def test_what_no_piece_says_is_not_found() -> None:
    line = _line("retention", _of(("CCAP.md", "# Article 1 – Objet\n\nLe marché a pour objet.")))
    assert (line.state, line.entries, line.remark) == (FicheState.ABSENT, (), "")


def test_what_a_supplier_wrote_is_not_read() -> None:
    text = "# Retenue\n\nUne retenue de garantie de 3 % est appliquée."
    assert _line("retention", _of(("Offre entreprise Dubois.md", text))).entries == ()
    document, passages = piece("CCAP.md", text)
    said = fiche([(replace(document, piece=PieceKind.OFFER), passages)])
    assert _line("retention", said).entries == ()


def test_a_piece_that_says_less_does_not_differ() -> None:
    said = _of(
        ("AE.md", "# Durée\n\nLe marché est conclu pour 12 mois."),
        ("CCAP.md", "# Durée\n\nLe marché est conclu pour 12 mois, sa durée totale est de 4 ans."),
    )
    assert _line("duration", said).state is FicheState.FOUND


def test_values_of_different_units_do_not_differ() -> None:
    said = _of(
        ("AE.md", "# Pénalités\n\nLa pénalité est de 100 € par jour de retard."),
        ("CCAP.md", "# Pénalités\n\nLa pénalité est de 1 % par jour de retard."),
    )
    assert _line("penalties", said).state is FicheState.FOUND


def _real() -> tuple[Read, ...]:
    if not REAL.exists():
        pytest.skip("no ../shared: the real dossier is absent")
    return tuple(read for path in sorted(REAL.glob("*.md")) for read in read_piece(path))


def test_a_real_dossier_states_what_it_has_and_no_more() -> None:
    said = fiche(_real())
    absent = {
        n for n, line in zip(LINES, said.lines, strict=True) if line.state is FicheState.ABSENT
    }
    assert absent == {
        *("estimate", "criteria", "variants", "retention", "guarantee", "penalty_cap"),
    }
    assert not [line for line in said.lines if line.state is FicheState.DIFFERS]
    values = {
        name: {value.written for entry in _line(name, said).entries for value in entry.values}
        for name in LINES
    }
    assert values["minimum"] == {"800000"}
    assert values["deadline"] == {"2025-12-18"}
    assert values["advance"] == {"7/20"}
    assert values["payment_time"] == {"30"}
    assert values["ccag"] == {"CCAG-TIC"}
    assert {"24", "48"} <= values["duration"]


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Combien de temps dure le marché ?", "trente-six mois"),
        ("Quelle est la date limite de remise des offres ?", "lundi 23 novembre 2026"),
        ("Quelles sont les pénalités de retard ?", "150 € par jour calendaire"),
        ("Combien de temps dure la garantie des arbres ?", ""),
        ("Quelle pénalité pour une tondeuse en retard ?", ""),
        ("Qui est l'acheteur ?", ""),
    ],
)
def test_a_question_that_asks_for_a_line_of_the_fiche_has_its_values(
    question: str, found: str
) -> None:
    entries = stated(question, built_in())
    assert bool(entries) is bool(found)
    if found:
        assert found in entries[0].text
