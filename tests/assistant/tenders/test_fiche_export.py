import csv
import io
from dataclasses import replace

from docx import Document as WordDocument
from hypothesis import given
from hypothesis import strategies as st

from assistant.tenders.fiche import Fiche, FicheLine, FicheState, fiche
from assistant.tenders.service import COLUMNS, as_csv, as_docx
from assistant.tenders.statements import Priority
from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Hidden
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


def test_csv_opens_in_french_spreadsheets() -> None:
    data = as_csv(fiche(built_in()))
    assert data.startswith(b"\xef\xbb\xbf")
    assert "révisés chaque année".encode() in data


def test_no_cell_is_a_formula() -> None:
    texts = (
        "=HYPERLINK(1) a pour objet le marché",
        "- avance de 5 %",
        "@avance de 5 %",
        "+ avance de 5 %",
    )
    for text in texts:
        rows = _rows(as_csv(_of(f"# Avance\n\n{text}")))
        assert not [cell for row in rows for cell in row if cell.startswith(tuple("=+-@\t\r\n"))]


@given(st.text(alphabet=st.sampled_from("=+-@＝＋－＠\t\r\n ;\"'a|5€%\x00\x0b\ufffe"), max_size=30))
def test_any_text_is_exported_and_is_no_formula(text: str) -> None:
    made = Fiche((FicheLine(text, (), FicheState.ABSENT, text),), Priority())
    _, [subject, *_, remark] = _rows(as_csv(made))
    assert subject == remark
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


def test_docx_says_when_no_clause_ranks_the_pieces() -> None:
    file = WordDocument(io.BytesIO(as_docx(_of("# Avance\n\nAucune avance."), "Essai")))
    assert any("l'ordre usuel" in paragraph.text for paragraph in file.paragraphs)


def test_docx_says_when_an_order_could_not_be_read() -> None:
    unread = "# Pièces\n\nL'ordre de priorité des pièces est en annexe."
    file = WordDocument(io.BytesIO(as_docx(_of(unread), "Essai")))
    assert any("n'a pas pu être lu" in paragraph.text for paragraph in file.paragraphs)


def test_text_that_no_page_shows_is_said_to_be_so() -> None:
    document, _ = piece("CCAP.md", "# Retenue de garantie\n\nUne retenue de garantie de 5 %.")
    start = document.text.index("Une retenue")
    hidden = replace(document, hidden=(Hidden(start, len(document.text)),))
    rows = _rows(as_csv(fiche([(hidden, passages_of(hidden))])))
    sources = {row[3] for row in rows if "5 %" in row[2]}
    assert sources == {"CCAP (texte que la page ne montre pas)"}
    assert "ne montre pas" not in as_csv(fiche([(document, passages_of(document))])).decode()
