"""Small real files for the tests of the readers."""

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pypdf import PdfReader, PdfWriter
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Table

from ingestion.documents.document import Document, FileReading, Kind
from ingestion.readers.formats import read_bytes

STYLES = getSampleStyleSheet()
SENTENCE = (
    "Le titulaire remet ses documents dans un délai de 15 jours, au sens de l'article R. 2122-8 du "
    "code de la commande publique, pour un montant maximum de 60 000 € HT sur la durée totale."
)


def read(data: bytes, source: str, kind: Kind = Kind.TENDER) -> Document:
    """The only document of a file that reads without remark."""
    reading = read_bytes(data, source, kind)
    assert (reading.problem, reading.warnings) == (None, ())
    (document,) = reading.documents
    return document


def problem(data: bytes, source: str) -> str:
    reading = read_bytes(data, source, Kind.TENDER)
    assert reading.documents == ()
    assert reading.problem
    return reading.problem


def reading_of(data: bytes, source: str) -> FileReading:
    return read_bytes(data, source, Kind.TENDER)


def heading(text: str, level: int = 1) -> Paragraph:
    return Paragraph(text, STYLES[f"Heading{level}"])


def paragraph(text: str = SENTENCE) -> Paragraph:
    return Paragraph(text, STYLES["BodyText"])


def table(rows: Sequence[list[str]]) -> Table:
    return Table(rows, style=[("GRID", (0, 0), (-1, -1), 0.5, colors.black)])


def pdf(*pages: Sequence[Flowable], header: str = "", footer: str = "") -> bytes:
    """A PDF; "{page}" and "{pages}" are replaced in header and footer."""

    def furnish(canvas: Canvas, template: SimpleDocTemplate) -> None:
        numbers = {"page": template.page, "pages": len(pages)}
        canvas.drawString(60, A4[1] - 30, header.format(**numbers))
        canvas.drawRightString(A4[0] - 60, 25, footer.format(**numbers))

    story = [flowable for page in pages for flowable in (*page, PageBreak())][:-1]
    output = io.BytesIO()
    SimpleDocTemplate(output, pagesize=A4).build(story, onFirstPage=furnish, onLaterPages=furnish)
    return output.getvalue()


def protected(data: bytes, password: str, algorithm: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(user_password=password, owner_password="proprio", algorithm=algorithm)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def slow_pdf(depth: int = 9, width: int = 10) -> bytes:
    """A page that draws a form ten times, which draws another ten times, and so on."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R "
        "/Resources << /XObject << /F 6 0 R >> /Font << /A 5 0 R >> >> >>",
        _stream("", "/F Do"),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for level in range(depth):
        inner = f"/XObject << /F {7 + level} 0 R >>" if level < depth - 1 else ""
        form = f"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << {inner} "
        drawn = "/F Do " * width if inner else "BT /A 9 Tf (texte) Tj ET"
        objects.append(_stream(form + "/Font << /A 5 0 R >> >>", drawn))
    body = "".join(f"{n} 0 obj\n{text}\nendobj\n" for n, text in enumerate(objects, start=1))
    trailer = f"trailer << /Root 1 0 R /Size {len(objects) + 1} >>\nstartxref\n0\n%%EOF\n"
    return f"%PDF-1.4\n{body}{trailer}".encode()


def _stream(entries: str, content: str) -> str:
    return f"<< {entries} /Length {len(content)} >>\nstream\n{content}\nendstream"


def word(write: Callable[..., None]) -> bytes:
    """A DOCX; `write` receives the empty document."""
    document = docx.Document()
    write(document)
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def word_element(written: str) -> Any:
    """Word's XML, its names declared on the first tag."""
    return parse_xml(re.sub(r"^<w:\w+", rf"\g<0> {nsdecls('w')}", written))


def zipped(**parts: str | bytes) -> bytes:
    """An archive; `__` in a name stands for "/", `_` for "."."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), content)
    return output.getvalue()


def with_parts(data: bytes, parts: Mapping[str, str]) -> bytes:
    """An archive with these parts in the place of its own."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(output, "w") as new:
        for name in set(old.namelist()) - parts.keys():
            new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return output.getvalue()


ODT_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def odt(body: str, *, before: str = "", **parts: str) -> bytes:
    content = (
        f'<?xml version="1.0"?>{before}<office:document-content {ODT_NAMES}><office:body>'
        f"<office:text>{body}</office:text></office:body></office:document-content>"
    )
    return zipped(content_xml=content, **parts)
