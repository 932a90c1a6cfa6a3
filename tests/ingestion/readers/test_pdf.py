import io

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import NameObject, NumberObject
from reportlab.pdfgen.canvas import Canvas

from ingestion.chunking.passages import passages_of
from tests.support.reading_files import (
    SENTENCE,
    heading,
    paragraph,
    pdf,
    problem,
    protected,
    read,
    reading_of,
    table,
)


def test_articles_pages_and_tables_of_a_tender_piece() -> None:
    data = pdf(
        [heading("Article 12 – Pénalités"), heading("12.3 Retard", 2), paragraph()],
        [
            heading("Article 13 – Prix"),
            table([["Prestation", "Unité", "Prix HT"], ["Audit complet", "jour", "1 200,00 €"]]),
        ],
    )
    document = read(data, "dce/CCAP.pdf")
    assert [(h.level, h.text) for h in document.headings] == [
        (1, "Article 12 – Pénalités"),
        (2, "12.3 Retard"),
        (1, "Article 13 – Prix"),
    ]
    clause, prices = passages_of(document)
    assert (clause.locator, clause.text) == ("CCAP, art. 12.3, p. 1", SENTENCE)
    assert prices.locator == "CCAP, art. 13, p. 2"
    assert prices.text == "Prestation | Unité | Prix HT\nAudit complet | jour | 1 200,00 €"


def test_an_empty_cell_moves_no_other_into_its_column() -> None:
    rows = [["", "Minimum HT", "Maximum HT"], ["Lot 1", "10 000", "40 000"], ["Lot 2", "", "90"]]
    document = read(pdf([table(rows), paragraph("Fin.")]), "BPU.pdf")
    assert document.text.split("\n") == [
        "| Minimum HT | Maximum HT",
        "Lot 1 | 10 000 | 40 000",
        "Lot 2 |  | 90",
        "Fin.",
    ]


@pytest.mark.parametrize("hyphen", ["\u00ad", "-"])
def test_a_word_cut_by_a_soft_hyphen_is_whole(hyphen: str) -> None:
    output = io.BytesIO()
    canvas = Canvas(output)
    canvas.drawString(60, 700, f"Les pres{hyphen}")
    canvas.drawString(60, 686, "criptions du lot.")
    canvas.save()
    assert read(output.getvalue(), "CCTP.pdf").text == "Les prescriptions du lot."


def test_repeated_headers_and_page_numbers_are_set_aside() -> None:
    pages = [[paragraph(f"Texte propre à la partie numéro {n} du cahier.")] for n in "abcde"]
    data = pdf(*pages, header="Ville de Sourceval – CCAP", footer="Page {page} sur {pages}")
    document = read(data, "CCAP.pdf")
    text, aside = document.text[: document.body_end], document.text[document.body_end :]
    assert text.count("Ville de Sourceval") == 1
    assert "Page" not in text
    assert aside.count("Ville de Sourceval") == 4
    assert aside.count("Page") == 5
    assert text.count("Texte propre") == 5


def test_pages_are_those_of_the_offsets() -> None:
    document = read(pdf([paragraph("Première.")], [paragraph("Deuxième.")]), "x.pdf")
    assert [document.text[page.start : page.end] for page in document.pages] == [
        "Première.",
        "Deuxième.",
    ]


def test_entries_of_a_table_of_contents_are_set_aside() -> None:
    contents = [paragraph(f"Article {n} – Objet {'.' * 40} {n}") for n in (1, 2)]
    body = [[heading(f"Article {n} – Objet"), paragraph()] for n in (1, 2)]
    document = read(pdf([paragraph("Sommaire"), *contents], *body), "CCAP.pdf")
    assert "...." not in document.text[: document.body_end]
    assert document.text[document.body_end :].count("....") == 20
    assert len(document.headings) == 2


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_a_password_is_said(algorithm: str) -> None:
    data = pdf([paragraph()])
    assert problem(protected(data, "secret", algorithm), "x.pdf") == "protégé par mot de passe"
    assert read(protected(data, "", algorithm), "x.pdf").text == SENTENCE


def test_scanned_pages_are_said() -> None:
    assert problem(drawn("", ""), "x.pdf") == "aucun texte : document numérisé ?"
    reading = reading_of(drawn("Texte.", "", "Fin."), "x.pdf")
    assert reading.warnings == ("pages sans texte (numérisées ou blanches) : 2",)
    assert [page.number for page in reading.documents[0].pages] == [1, 3]


def written(writer: PdfWriter) -> bytes:
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def drawn(*texts: str) -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output)
    for text in texts:
        canvas.rect(10, 10, 50, 50)
        canvas.drawString(60, 700, text)
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def test_lost_pages_are_named() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn("Un.", "Deux.", "Trois."))))
    del writer.pages[1]["/Contents"]
    assert "sans texte" in reading_of(written(writer), "x.pdf").warnings[0]
    good = pdf([paragraph("Un.")], [paragraph("Deux.")])
    before, filtered, after = good.rpartition(b"/ASCII85Decode")
    reading = reading_of(before + filtered.replace(b"85", b"58") + after, "x.pdf")
    assert reading.warnings == ("pages illisibles : 2",)
    assert reading.documents[0].text == "Un."
    broken = good.replace(b"/ASCII85Decode", b"/ASCII58Decode")
    assert problem(broken, "x.pdf") == (
        "fichier corrompu : aucune page lisible ; pages illisibles : 1, 2"
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html><p>texte</p></html>", "le contenu n'est pas un PDF"),
        (b"%PDF-1.7\n", "fichier corrompu"),
        (b"%PDF-1.7\ntrailer << /Root 9 0 R >>\n%%EOF", "fichier corrompu"),
        (b"", "fichier vide"),
    ],
)
def test_what_is_no_pdf_is_said(data: bytes, reason: str) -> None:
    assert problem(data, "x.pdf").startswith(reason)


def test_filled_fields_and_attachments_are_not_lost() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(form())))
    writer.add_attachment("annexe.csv", b"a;b")
    reading = reading_of(written(writer), "x.pdf")
    assert "siret : 123 456 789 00012" in reading.documents[0].text
    assert reading.warnings == ("pièces jointes au PDF non lues : annexe.csv",)


MASKED = "champs de formulaire et annotations masqués, non lus, pages : 1"


def test_what_was_typed_upon_a_page_is_read_with_it() -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([paragraph("Montant HT :")]))))
    shown, hidden = (FreeText(text=text, rect=(9, 9, 99, 30)) for text in ("125 000 euros", "x"))
    hidden[NameObject("/F")] = NumberObject(2)
    for typed in (shown, hidden):
        writer.add_annotation(0, typed)
    reading = reading_of(written(writer), "AE.pdf")
    assert reading.documents[0].text == "Montant HT :\n125 000 euros"
    assert reading.warnings == (MASKED,)


@pytest.mark.parametrize("flag", [2, 32])
def test_a_field_that_does_not_show_is_left_out_and_said(flag: int) -> None:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(form())))
    for annotation in writer.pages[0].annotations or ():
        annotation.get_object()[NameObject("/F")] = NumberObject(flag)
    reading = reading_of(written(writer), "AE.pdf")
    assert reading.documents[0].text == "Candidat"
    assert reading.warnings == (MASKED,)


def test_the_button_that_is_chosen_is_told_once() -> None:
    output = io.BytesIO()
    canvas = Canvas(output)
    canvas.drawString(60, 700, "Candidat")
    canvas.acroForm.textfield(name="montant", value="125 000", x=60, y=500)
    for value, x in (("oui", 60), ("non", 160)):
        canvas.acroForm.radio(name="avance", value=value, selected=value == "non", x=x, y=600)
    canvas.save()
    assert read(output.getvalue(), "AE.pdf").text == "Candidat\nmontant : 125 000\navance : non"


def form() -> bytes:
    output = io.BytesIO()
    canvas = Canvas(output)
    canvas.drawString(60, 700, "Candidat")
    canvas.acroForm.textfield(name="siret", value="123 456 789 00012", x=60, y=600)
    canvas.save()
    return output.getvalue()


def test_the_title_is_the_authors_unless_a_program_wrote_it() -> None:
    def titled(title: str) -> str:
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf([paragraph()]))))
        writer.add_metadata({"/Title": title})
        return read(written(writer), "lot1/cctp.pdf").title

    assert titled("Cahier des charges") == "Cahier des charges"
    assert titled("Microsoft Word - v3.doc") == "cctp"
