"""The fiche de synthèse, line by line, of the built-in dossier and of a real one."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import pytest

from assistant.question.topics import topics
from assistant.tenders.fiche import LINES, Fiche, FicheLine, FicheState, fiche, stated
from ingestion.documents.pieces import PieceKind
from tests.support.dossier_files import Read, built_in, changed, piece, read_piece
from tests.support.question_lists import read_table
from tests.support.shared_texts import SHARED

REAL = SHARED / "data/tender/aquareel_2025"

FICHE = read_table("fiche.toml")


@cache
def _of_built_in() -> Fiche:
    return fiche(built_in())


def _line(name: str, of: Fiche) -> FicheLine:
    return of.lines[LINES.index(name)]


def _of(*texts: tuple[str, str]) -> Fiche:
    return fiche([piece(name, text) for name, text in texts])


def test_every_line_is_a_topic() -> None:
    assert [line.label for line in _of_built_in().lines] == [topics()[n].label for n in LINES]
    assert set(FICHE["stated"]) == set(LINES)


@pytest.mark.parametrize(("name", "stated"), FICHE["stated"].items())
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
    assert remarks == FICHE["planted"]


def test_nothing_is_to_be_checked_once_they_are_corrected() -> None:
    lines = fiche(changed(FICHE["corrected"])).lines
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


@pytest.mark.parametrize(
    ("name", "one", "other", "differ"),
    [
        ("duration", "La durée totale, reconductions comprises, est de 4 ans.",
         "L'accord-cadre est conclu pour une période initiale de 12 mois.", False),
        ("duration", "Il est conclu pour 12 mois reconductible 3 fois, durée totale de 48 mois.",
         "La durée maximale de l'accord-cadre est de 4 ans.", False),
        ("duration", "Le marché est conclu pour 4 ans, reconductions comprises.",
         "Le marché est conclu pour un an. Il est reconductible.", False),
        ("duration", "Il est conclu pour 12 mois reconductible 3 fois, durée totale de 48 mois.",
         "La durée maximale de l'accord-cadre est de 3 ans.", True),
        ("duration", "Le marché est conclu pour 4 ans.", "Le marché est conclu pour 3 ans.", True),
        ("renewal", "Il est reconductible 3 fois, pour une durée totale de 48 mois.",
         "Il est reconduit trois fois par période d'un an.", False),
        ("renewal", "Il est reconductible 3 fois, pour une durée totale de 48 mois.",
         "Il est reconduit deux fois par période d'un an.", True),
        ("minimum", "Le montant maximum sur la durée totale est de 400 000 € HT.",
         "Montant maximum annuel : 100 000 € HT.", False),
        ("minimum", "Le montant minimum est de 10 000 € HT.",
         "Le montant maximum est de 90 000 € HT.", False),
        ("criteria", "Critères suivants : prix 60 %, délai 40 %.",
         "Critères suivants : prix 50 %, délai 50 %.", True),
        ("minimum", "Montant maximum : 400 000 € HT.", "Montant maximum : 90 000 € HT.", True),
    ],
)  # fmt: skip
def test_only_values_of_the_same_thing_differ(
    name: str, one: str, other: str, differ: bool
) -> None:
    said = _line(name, _of(("RC.md", f"# Clause\n\n{one}"), ("AE.md", f"# Clause\n\n{other}")))
    assert [entry.piece for entry in said.entries] == [PieceKind.AE, PieceKind.RC]
    assert ("valeurs différentes" in said.remark) is differ


_DAYS_LATE = "par jour de retard"


@pytest.mark.parametrize(
    ("name", "heading", "said"),
    [
        ("penalties", "Pénalités",
         f"Il encourt, {_DAYS_LATE} et sans mise en demeure préalable, une pénalité de 150 €."),
        ("penalties", "Pénalités",
         f"Une pénalité de 150 € {_DAYS_LATE}, qui ne peut excéder 10 % du marché, est due."),
        ("penalties", "Pénalités",
         "La pénalité de retard est P = V x R / 3 000, où R = nombre de jours de retard."),
        ("duration", "Durée", "L'accord-cadre à bons de commande est conclu pour quatre ans."),
        ("payment_time", "Règlement", "Les sommes dues au titulaire et au(x) sous-traitant(s) de "
         "premier rang sont payées dans un délai global de 30 jours."),
        ("payment_time", "Règlement",
         "Le délai global de paiement des avances, acomptes et solde est de 30 jours."),
        ("payment_time", "Règlement", "Le délai global de paiement est de soixante (60) jours."),
        ("retention", "Garantie", "Il est prélevé une retenue de garantie de 5 % qui pourra être "
         "remplacée par une garantie à première demande."),
    ],
)  # fmt: skip
def test_a_clause_in_its_standard_words_is_found(name: str, heading: str, said: str) -> None:
    line = _line(name, _of(("CCAP.md", f"# Article 7 – {heading}\n\n{said}")))
    assert [entry.text for entry in line.entries] == [said]
    assert line.entries[0].values or " = " in said


@pytest.mark.parametrize("row", FICHE["clauses"], ids=lambda row: row["name"])
def test_a_clause_is_found_in_the_words_of_other_hands(row: Mapping[str, str]) -> None:
    said = row.get("said", "").strip()
    text = f"# {row['heading']}\n\n{said}\n{row.get('beside', '')}"
    entries = _line(row["name"], _of(("CCAP.md", text))).entries
    bare = [line.strip("| ") for line in said.splitlines() if line and not line.startswith("|-")]
    shown = [line for entry in entries for line in entry.text.splitlines() if line]
    assert shown == bare


_ABOUT_TABLES = (
    "# Jugement des offres\n\n| Critère | Détail | Points | Lot 2 |\n|---|---|---|---|\n"
    "| Coût | Devis type | 35 | 50 |\n| Méthode | Note écrite | 65 | 50 |"
)


def test_bare_numbers_of_a_table_of_criteria_are_weights() -> None:
    line = _line("criteria", _of(("RC.md", _ABOUT_TABLES)))
    assert (line.state, line.remark) == (FicheState.FOUND, "RC : 50 + 50 = 100")


def test_a_lot_whose_weights_make_no_whole_is_to_be_checked_whatever_the_last_one_makes() -> None:
    table = "# Jugement\n\n| Critère | Lot 1 | Lot 2 |\n|---|---|---|\n| Coût | 60 % | 55 % |\n"
    line = _line("criteria", _of(("RC.md", f"{table}| Méthode | 30 % | 45 % |")))
    assert line.state is FicheState.DIFFERS
    assert line.remark == "RC, Lot 1 : 60 + 30 = 90, et non 100 ; RC, Lot 2 : 55 + 45 = 100"


def test_a_table_of_an_annex_about_other_criteria_gives_way_to_those_of_the_award() -> None:
    award = "# Critères\n\n| Critère | Poids |\n|---|---|\n| Coût | 60 % |\n| Délai | 40 % |"
    other = "# Prix\n\n| Critère | Correction |\n|---|---|\n| Usure | –6 % |\n| Soin | +4 % |"
    line = _line("criteria", _of(("RC.md", award), ("ANNEXE.md", other)))
    assert [each.piece for each in line.entries] == [PieceKind.RC]
    assert line.state is FicheState.FOUND


@pytest.mark.parametrize(
    ("header", "differ"),
    [("Deux premières années | Année suivante", False), ("Maximum | Rien", True)],
)
def test_amounts_of_a_table_are_those_that_their_columns_are_headed_by(
    header: str, differ: bool
) -> None:
    contract = f"# Montants\n\n| Lot | {header} |\n|---|---|---|\n| 1 | 50 000 € | 25 000 € |"
    rules = "# Montants\n\n| Lot | Maximum sur trois ans |\n|---|---|\n| 1 | 75 000 € |"
    line = _line("minimum", _of(("AE.md", contract), ("RC.md", rules)))
    assert [each.piece for each in line.entries] == [PieceKind.AE, PieceKind.RC]
    assert (line.state is FicheState.DIFFERS) is differ


def test_the_order_that_follows_a_ccag_after_a_semicolon_tells_its_edition() -> None:
    listed = (
        "# Article 2 – Pièces\n\n- le CCTP ;\n- le CCAG/PI ; arrêté du 30 mars 2021 ;\n- le BPU"
    )
    assert _line("ccag", _of(("CCAP.md", listed))).remark == "CCAG-PI de 2021 (CCAP, art. 2)"


def test_what_describes_the_work_gives_way_to_the_terms_of_the_contract() -> None:
    contract = ("CCAP.md", "# Durée\n\nLe marché est reconductible une fois pour dix mois.")
    work = ("CCTP.md", "# Accueil\n\nLe badge provisoire est renouvelable deux fois.")
    assert [each.piece for each in _line("renewal", _of(contract, work)).entries] == ["CCAP"]
    assert [each.piece for each in _line("renewal", _of(work)).entries] == ["CCTP"]


def test_in_one_piece_what_stands_below_a_heading_on_the_topic_is_shown_alone() -> None:
    text = (
        "# Généralités\n\nLes dérogations sont en fin de cahier.\n\n"
        "# Dérogations\n\nL'article 3 déroge à l'article 14.1 du CCAG."
    )
    [entry] = _line("derogations", _of(("CCAP.md", text))).entries
    assert entry.text.startswith("L'article 3")


def test_the_duration_of_the_contract_comes_before_that_of_its_phases_and_is_compared() -> None:
    contract = (
        "CCAP.md",
        "# Délais\n\nLa période de préparation dure 2 mois.\n\nAutre point.\n\n"
        "Le marché est conclu pour 36 mois.",
    )
    phases = ("CCTP.md", "# Durée\n\nLa maintenance dure 24 mois.")
    line = _line("duration", _of(contract, phases))
    assert [each.values[0].written for each in line.entries] == ["36", "2", "24"]
    assert line.state is FicheState.FOUND


def test_a_new_deadline_in_the_answers_to_questions_is_to_be_checked() -> None:
    line = _line("deadline", _of(
        ("RC.md", "# Remise\n\nLes offres sont remises avant le 3 mai 2027 à 12 h."),
        ("QR.md", "# Réponses\n\nLa date limite est reportée au 12 mai 2027 à 12 h."),
    ))  # fmt: skip
    assert line.state is FicheState.DIFFERS


def test_the_words_that_make_a_ccag_applicable_are_shown() -> None:
    text = "# Cadre\n\nIl relève du CCAG-FCS, sauf dérogations de l'article 12."
    [entry] = _line("ccag", _of(("CCAP.md", text))).entries
    assert (entry.text, entry.piece) == (text.partition("\n\n")[2], "CCAP")


def test_a_number_repeated_in_brackets_is_one_value() -> None:
    said = "Le délai global de paiement est de soixante (60) jours, ou 30 (trente) jours (fin)."
    line = _line("payment_time", _of(("CCAP.md", f"# Règlement\n\n{said}")))
    assert [value.written for value in line.entries[0].values] == ["60", "30"]


def test_who_assists_the_buyer_is_not_the_buyer() -> None:
    said = _of(
        ("AE.md", "# Identification de l'acheteur\n\nNom de l'organisme : Commune de Nay"),
        ("CCAP.md", "# Intervenants\n\nLe maître d'ouvrage est assisté par le cabinet Dupont."),
    )
    assert [each.text for each in _line("buyer", said).entries] == [
        "Nom de l'organisme : Commune de Nay"
    ]


@pytest.mark.parametrize(
    "listed",
    [
        "- Le CCAG-FCS 2021\n- Le CCTP",
        "- Le C.C.A.G.-F.C.S. de 2021\n- Le CCTP",
        "- Le cahier des clauses administratives générales (CCAG) applicable aux marchés publics "
        "de fournitures courantes et services, édition 2021",
    ],
)
def test_a_ccag_that_applies_is_found(listed: str) -> None:
    line = _line("ccag", _of(("CCAP.md", f"# Article 2 – Pièces\n\n{listed}")))
    assert (line.state, line.remark) == (FicheState.FOUND, "CCAG-FCS de 2021 (CCAP, art. 2)")


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
        ("Quelle est la durée du lot 2 ?", ""),
        ("Combien de temps dure la tranche n° 1 du marché ?", ""),
    ],
)
def test_a_question_that_asks_for_a_line_of_the_fiche_has_its_values(
    question: str, found: str
) -> None:
    entries = stated(question, built_in())
    assert bool(entries) is bool(found)
    if found:
        assert found in entries[0].text


def test_an_estimate_is_a_sum_and_not_a_share() -> None:
    told = "L'écart avec le terrain est estimé à 7 % des affectations."
    assert not _line("estimate", _of(("CCTP.md", f"# Existant\n\n{told}"))).entries
    [entry] = _line(
        "estimate", _of(("RC.md", "# Objet\n\nLe marché est estimé à 90 000 € HT."))
    ).entries
    assert [value.written for value in entry.values] == ["90000"]
