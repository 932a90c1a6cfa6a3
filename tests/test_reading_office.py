from typing import Any

import pytest

from ingestion.chunking.passages import passages_of
from ingestion.readers import content
from tests.reading_files import odt, problem, read, word, zipped

BOMB = "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/hostname'>]>"


def write_clauses(document: Any) -> None:
    document.core_properties.title = "CCAP du marché"
    document.add_heading("Cahier des clauses", level=0)
    document.add_heading("Article 12 – Pénalités", level=1)
    document.add_heading("12.3 Retard", level=2)
    document.add_paragraph("Une pénalité de 150 € est due.")
    document.add_paragraph("par jour de retard", style="List Bullet")
    table = document.add_table(rows=0, cols=2)
    for row in (("Lot", "Montant"), ("1", "60 000 €")):
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def test_headings_items_and_rows_of_a_docx() -> None:
    document = read(word(write_clauses), "piece.docx")
    assert document.title == "CCAP du marché"
    assert [(h.level, h.text) for h in document.headings] == [
        (1, "Cahier des clauses"),
        (2, "Article 12 – Pénalités"),
        (3, "12.3 Retard"),
    ]
    (passage,) = passages_of(document)
    assert passage.locator == "CCAP, art. 12.3"
    assert passage.text.split("\n") == [
        "Une pénalité de 150 € est due.",
        "- par jour de retard",
        "Lot | Montant",
        "1 | 60 000 €",
    ]


def test_articles_without_styles_are_recognised_in_a_docx() -> None:
    def write(document: Any) -> None:
        for line in ("ARTICLE 4 : DURÉE", "4.1 Reconduction", "Elle est tacite."):
            document.add_paragraph(line)

    document = read(word(write), "ccap.docx")
    assert [(h.level, h.text) for h in document.headings] == [
        (1, "ARTICLE 4 : DURÉE"),
        (2, "4.1 Reconduction"),
    ]


def test_numbers_that_word_computes_are_written() -> None:
    def write(document: Any) -> None:
        for line in ("Un délai", "Une garantie"):
            document.add_paragraph(line, style="List Number")

    assert read(word(write), "x.docx").text == "1. Un délai\n2. Une garantie"


def test_inserted_text_and_form_controls_are_read_and_deleted_text_is_not() -> None:
    def write(document: Any) -> None:
        document.add_paragraph("Le délai est de ")
        run = document.paragraphs[0]._p
        for tag, text in (("ins", "30 jours"), ("del", "45 jours"), ("sdt", " ouvrés")):
            outer = run.makeelement(run.tag.replace("}p", "}" + tag))
            outer.append(document.add_paragraph(text).runs[0]._r)
            run.append(outer)
        for extra in document.paragraphs[1:]:
            extra._p.getparent().remove(extra._p)

    assert read(word(write), "x.docx").text == "Le délai est de 30 jours ouvrés"


def test_headings_items_rows_and_notes_of_an_odt() -> None:
    body = (
        '<text:h text:outline-level="1">Article 3 – Prix</text:h>'
        "<text:p>Les prix<text:s/>sont fermes<text:note><text:note-citation>1</text:note-citation>"
        "<text:note-body><text:p>Hors taxes.</text:p></text:note-body></text:note>.</text:p>"
        "<text:list><text:list-item><text:p>lot 1</text:p></text:list-item></text:list>"
        "<table:table><table:table-row><table:table-cell><text:p>Lot</text:p></table:table-cell>"
        "<table:table-cell><text:p>900 €</text:p></table:table-cell></table:table-row>"
        "</table:table>"
    )
    document = read(odt(body), "RC.odt")
    assert document.text.split("\n") == [
        "Article 3 – Prix",
        "Les prix sont fermes [note : Hors taxes.] .",
        "- lot 1",
        "Lot | 900 €",
    ]
    (passage,) = passages_of(document)
    assert passage.locator == "RC, art. 3"


@pytest.mark.parametrize("suffix", ["docx", "odt"])
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04tronqu\xe9", "fichier corrompu"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 100, "protégé par mot de passe"),
        (zipped(autre_xml="<a/>"), "le contenu n'est pas un document"),
        (zipped(content_xml=b" " * 70_000_000), "fichier refusé : contenu décompressé démesuré"),
        (zipped(content_xml=b" " * 3_000_000), "fichier refusé : contenu compressé plus de"),
        (zipped(**{f"p{n}": "" for n in range(5001)}), "fichier refusé : plus de 5000 éléments"),
    ],
)
def test_what_is_no_document_is_said(data: bytes, reason: str, suffix: str) -> None:
    assert problem(data, f"x.{suffix}").startswith(reason)


def test_the_parts_together_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "_MOST_BYTES", 1000)
    data = zipped(a=b"x" * 700, b=b"y" * 700)
    assert problem(data, "x.odt") == "fichier refusé : contenu décompressé démesuré"


def test_declared_entities_are_refused() -> None:
    expected = "fichier refusé : il déclare des entités XML"
    assert problem(odt("<text:p>&x;</text:p>", before=BOMB), "x.odt") == expected
    assert problem(zipped(word__document_xml=BOMB + "<a>&x;</a>"), "x.docx") == expected


def test_a_protected_odt_and_an_empty_one_are_said() -> None:
    manifest = "<m><encryption-data/></m>"
    data = zipped(**{"META-INF__manifest_xml": manifest}, content_xml="x")
    assert problem(data, "x.odt") == "protégé par mot de passe"
    assert problem(odt("<text:p/>"), "x.odt") == "aucun texte dans le document"
    assert problem(word(lambda _: None), "x.docx") == "aucun texte : document numérisé ?"
