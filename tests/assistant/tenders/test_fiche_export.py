import csv
import io
from dataclasses import replace

import pytest
from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st

from assistant.tenders.fiche import Fiche, FicheEntry, FicheLine, FicheState, fiche
from assistant.tenders.fiche_export import COLUMNS, as_csv, as_docx
from assistant.tenders.priority import Priority
from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Hidden
from ingestion.documents.pieces import PieceKind
from tests.support.dossier_files import built_in, piece


def _of(text: str) -> Fiche:
    return fiche([piece("CCAP.md", text)])


def _rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_csv_has_a_row_for_each_entry_and_for_each_line_without_any() -> None:
    made = _of("# Retenue de garantie\n\nUne retenue de garantie de 5 % est appliquée.")
    header, *rows = _rows(as_csv(made))
    assert tuple(header) == COLUMNS
    assert [
        "Retenue de garantie",
        "trouvé",
        "Une retenue de garantie de 5 % est appliquée.",
        "CCAP",
        "",
    ] in rows
    assert ["Variantes", "non trouvé", "", "", ""] in rows
    assert len(rows) == sum(max(1, len(line.entries)) for line in made.lines)


@given(st.text(alphabet=st.sampled_from("=+-@＝＋－＠\t\r\n ;\"'a|5€%\x00\x0b\ufffe"), max_size=30))
def test_any_text_is_exported_and_is_no_formula(text: str) -> None:
    [passage] = piece("CCAP.md", "# Avance\n\nSans avance.")[1]
    entry = FicheEntry(PieceKind.CCAP, replace(passage, start=0, text=text), 0, len(text), ())
    made = Fiche((FicheLine(text, (entry,), FicheState.FOUND, text),), Priority())
    _, [subject, _, said, _, remark] = _rows(as_csv(made))
    assert subject == said == remark
    assert not subject.lstrip(" ").startswith(tuple("=+-@＝＋－＠|%\t\r\n"))
    assert as_docx(made, text)


def test_docx_says_each_subject_with_source_state_and_remark() -> None:
    file = WordDocument(io.BytesIO(as_docx(fiche(built_in()), "Espaces verts")))
    said = [paragraph.text for paragraph in file.paragraphs]
    assert said[0] == "Fiche de synthèse – Espaces verts"
    assert "Ordre de priorité (CCAP, art. 2.1, p. 2) : AE, BPU, CCAP, CCTP." in said
    [table] = file.tables
    rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
    assert rows[0] == COLUMNS
    [cap] = [row for row in rows if row[0] == "Plafond des pénalités"]
    assert (cap[1], cap[3]) == ("trouvé", "CCAP, art. 14.3, p. 10")
    assert "15 %" in cap[2]
    assert any(row[4].endswith("= 95, et non 100") for row in rows)


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("Aucune avance.", "Aucun ordre de priorité"),
        ("L'ordre de priorité des pièces est en annexe.", "n'a pas pu être lu"),
    ],
)
def test_docx_says_when_no_order_of_the_pieces_is_read(clause: str, told: str) -> None:
    file = WordDocument(io.BytesIO(as_docx(_of(f"# Pièces\n\n{clause}"), "Essai")))
    assert any(told in paragraph.text for paragraph in file.paragraphs)


def test_text_that_no_page_shows_is_said_to_be_so() -> None:
    document, _ = piece("CCAP.md", "# Retenue de garantie\n\nUne retenue de garantie de 5 %.")
    start = document.text.index("Une retenue")
    hidden = replace(document, hidden=(Hidden(start, len(document.text)),))
    rows = _rows(as_csv(fiche([(hidden, passages_of(hidden))])))
    sources = {row[3] for row in rows if "5 %" in row[2]}
    assert sources == {"CCAP (texte que la page ne montre pas)"}
    assert "ne montre pas" not in as_csv(fiche([(document, passages_of(document))])).decode()
