"""Workbooks that would take a minute to read are refused at once, or read as far as they go."""

import io
import re
import zipfile
from decimal import Decimal

import openpyxl  # type: ignore[import-untyped]
import pytest

from ingestion.errors import UnreadableFile
from ingestion.ledger import tables
from tests.invoice_files import workbook


def _declaring(data: bytes, size: str) -> bytes:
    """A workbook whose sheet declares another size than its own."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.startswith("xl/worksheets/"):
                part = re.sub(
                    rb'<dimension ref="[^"]*"', b'<dimension ref="%s"' % size.encode(), part
                )
            after.writestr(name, part)
    return out.getvalue()


def test_a_sheet_is_read_as_far_as_its_cells_go() -> None:
    data = _declaring(workbook(("Numéro", "TTC"), ("F-1", Decimal("12.5"))), "A1:XFD1048576")
    [sheet] = tables.read_xlsx(data).sheets
    assert sheet.lines == ((1, ("Numéro", "TTC")), (2, ("F-1", "12.5")))


def test_more_cells_than_can_be_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = workbook(*[("a", "b")] * 6)
    monkeypatch.setattr(tables, "_MOST_CELLS", 12)
    assert len(tables.read_xlsx(data).sheets[0].lines) == 6
    monkeypatch.setattr(tables, "_MOST_CELLS", 11)
    with pytest.raises(UnreadableFile, match="trop grand"):
        tables.read_xlsx(data)


def test_so_are_cells_far_apart() -> None:
    book = openpyxl.Workbook()
    for line in range(1, 200):
        book.active.cell(line, 16_384, "x")
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(UnreadableFile, match="trop grand"):
        tables.read_xlsx(out.getvalue())
