"""The fiche de synthèse as a file, DOCX or CSV. Door of python-docx for the fiche."""

import csv
import io
import re
from collections.abc import Iterator
from enum import StrEnum

from docx import Document as WordDocument

from assistant.cells import inert
from assistant.tenders.fiche import Fiche, FicheLine
from assistant.tenders.priority import Priority

COLUMNS = ("Sujet", "État", "Texte de la pièce", "Source", "Remarque")
TITLE = "Fiche de synthèse"
NOTICE = "Chaque texte est repris mot pour mot de la pièce citée. Les sommes sont calculées."

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Row = tuple[str, str, str, str, str]


class FileFormat(StrEnum):
    """What a fiche is written as; the value is the suffix of the file."""

    DOCX = "docx"
    CSV = "csv"


def exported(fiche: Fiche, dossier: str, file_format: FileFormat) -> bytes:
    """The fiche as a file; `dossier` is what people call the dossier."""
    return as_csv(fiche) if file_format is FileFormat.CSV else as_docx(fiche, dossier)


def as_csv(fiche: Fiche) -> bytes:
    """The fiche as a CSV file for French spreadsheets, one entry a row; no cell is a formula."""
    written = io.StringIO(newline="")
    rows = csv.writer(written, delimiter=";")
    rows.writerow(COLUMNS)
    for line in fiche.lines:
        rows.writerows(tuple(map(inert, row)) for row in _rows(line))
    return written.getvalue().encode("utf-8-sig")


def as_docx(fiche: Fiche, dossier: str) -> bytes:
    """The fiche as a Word file; `dossier` is what people call the dossier."""
    file = WordDocument()
    file.add_heading(_printable(f"{TITLE} – {dossier}"), level=0)
    file.add_paragraph(NOTICE)
    file.add_paragraph(_printable(_priority(fiche.priority)))
    table = file.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    for row in (COLUMNS, *(row for line in fiche.lines for row in _rows(line))):
        cells = table.rows[0].cells if row is COLUMNS else table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            cell.text = text
    written = io.BytesIO()
    file.save(written)
    return written.getvalue()


def _rows(line: FicheLine) -> Iterator[Row]:
    """One row an entry; one for a line without any."""
    entries = [(each.text, each.located) for each in line.entries] or [("", "")]
    for text, locator in entries:
        cells = (line.label, line.state, text, locator, line.remark)
        subject, state, said, source, remark = map(_printable, cells)
        yield subject, state, said, source, remark


def _priority(priority: Priority) -> str:
    if priority.locator and not priority.pieces:
        said = f"Un ordre de priorité ({priority.locator}) n'a pas pu être lu"
        return f"{said}, vérifiez-le : l'ordre usuel est suivi."
    if not priority.pieces:
        return "Aucun ordre de priorité des pièces n'a été trouvé : l'ordre usuel est suivi."
    return f"Ordre de priorité ({priority.locator}) : {', '.join(priority.pieces)}."


def _printable(text: str) -> str:
    """Text without the control characters that XML refuses."""
    return _UNPRINTABLE.sub("", text)
