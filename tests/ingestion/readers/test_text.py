"""Texts, pages of the web, sheets and articles of law are read as they show."""

import json
from collections.abc import Mapping
from datetime import date

import pytest

from ingestion.chunking.passages import passages_of
from ingestion.documents.document import Document, FileReading, Kind, State
from ingestion.readers.formats import read_bytes, to_json
from ingestion.readers.reading import reading_json
from tests.support.reading_files import problem, read, reading_of

SHEET = """---
title: Acheter sous les seuils
themes: [seuils]
articles: [R2122-8]
etat_au: 2026-08-23
sources:
  - Code de la commande publique, art. R2122-8
---

# Acheter sous les *seuils*

## Sous quel montant ? (art. R2122-8)

Moins de **60 000 €** HT ([art. R2122-8](https://exemple.fr)).
Une phrase par ligne, avec `code`.

- un point ;
- un autre :
  1. dedans

| Lot | Montant |
|-----|--------:|
| 1   | 60 000 € |
"""


def test_a_rule_sheet_is_plain_text_with_its_date() -> None:
    sheet = read(SHEET.encode(), "fiches/seuils.md", Kind.RULES)
    assert (sheet.title, sheet.state_date) == ("Acheter sous les seuils", date(2026, 8, 23))
    assert sheet.text.split("\n") == [
        "Acheter sous les seuils",
        "Sous quel montant ? (art. R2122-8)",
        "Moins de 60 000 € HT (art. R2122-8).",
        "Une phrase par ligne, avec code.",
        "- un point ;",
        "- un autre :",
        "  1. dedans",
        "Lot | Montant",
        "1 | 60 000 €",
    ]
    (passage,) = passages_of(sheet)
    assert passage.locator == "art. R2122-8, fiche « Acheter sous les seuils »"
    assert passage.state_date == date(2026, 8, 23)


def test_a_malformed_front_matter_is_said_and_the_text_read() -> None:
    reading = reading_of(b"---\ntitle: [\n---\n\nTexte.", "x.md")
    assert reading.warnings == ("en-tête YAML illisible, ignoré",)
    assert reading.documents[0].text == "Texte."
    reading = reading_of(b"---\netat_au: hier\n---\n\nTexte.", "x.md")
    assert reading.warnings == ("en-tête : « etat_au » n'est pas une date (hier)",)


def test_page_marks_of_a_converted_pdf_are_pages() -> None:
    first = "# CCAP\n\n## Page 1\n\nARTICLE 1 OBJET\nDes livres.\n\n---\n"
    text = first + "\n## Page 2\n\n    4.1 Durée\nUn an.\n"
    document = read(text.encode(), "x.md")
    assert [passage.locator for passage in passages_of(document)] == [
        "CCAP, art. 1, p. 1",
        "CCAP, art. 4.1, p. 2",
    ]


def test_html_is_read_as_it_shows() -> None:
    page = """<!doctype html><html><head><title> Une  page </title><style>p{}</style></head><body>
    <nav>Menu</nav><h1>Titre</h1><p>Le <b>seuil</b> est de<br>60&nbsp;000 €.</p><script>x</script>
    <ol><li>un</li><li>deux</li></ol><ul><li>trois</li></ul>
    <table><tr><th>Lot</th><td>900 €</td></tr></table></body></html>"""
    document = read(page.encode(), "x.html")
    assert document.title == "Une page"
    assert document.text.split("\n") == [
        "Titre",
        "Le seuil est de",
        "60 000 €.",
        "1. un",
        "2. deux",
        "- trois",
        "Lot | 900 €",
    ]


def test_a_list_of_a_page_is_numbered_as_it_shows() -> None:
    page = (
        "<ol start='4'><li>Objet</li><li value='9'>Prix</li><li>Durée</li></ol>"
        "<ol type='A'><li>Un</li></ol><ol type='i' start=4><li>Deux</li></ol><ul><li>Trois</ul>"
    )
    assert read(page.encode(), "RC.html").text.split("\n") == [
        "4. Objet",
        "9. Prix",
        "10. Durée",
        "A. Un",
        "iv. Deux",
        "- Trois",
    ]


def test_what_is_empty_gives_nothing_to_what_follows() -> None:
    page = "<h2></h2><p>Un</p><ul><li> </li></ul><p>Deux</p><ol><li><p>Trois</p><li></ol>Quatre"
    document = read(page.encode(), "RC.html")
    assert document.text.split("\n") == ["Un", "Deux", "1. Trois", "Quatre"]
    assert document.headings == ()


def test_the_number_of_an_item_follows_the_last_one_of_its_own_list() -> None:
    page = "<ol><li>Un<ol start='7'><li>Sept<li>Huit</ol><li value='5'>Cinq<li>Six</ol>"
    lines = ["1. Un", "7. Sept", "8. Huit", "5. Cinq", "6. Six"]
    assert read(page.encode(), "RC.html").text.split("\n") == lines


def test_what_is_filled_in_on_a_page_is_read() -> None:
    page = (
        "<form>Variantes : <select><option>Oui<option selected>Non</select> Lot <select><option>1"
        "<option>2</select>Montant : <input value='120 000 euros'><input type=checkbox checked> "
        "avance <input type=radio> sans <input type=hidden value=x><input type=submit value=y>"
    )
    assert read(page.encode(), "AE.html").text == (
        "Variantes : Non Lot 1 Montant : 120 000 euros ☒ avance ☐ sans"
    )


def test_text_that_a_page_does_not_show_is_read_and_said() -> None:
    page = (
        "<nav hidden>menu</nav><p>Prix</p><div hidden>Offre <b style='display: none'>retenue"
        "</b></div><span style='visibility:hidden'>ferme</span>"
    )
    reading = reading_of(page.encode(), "RC.html")
    assert reading.documents[0].text == "Prix\nOffre retenue\nferme"
    assert reading.warnings == ("texte masqué, lu quand même : « Offre retenue », « ferme »",)


def test_html_declares_its_encoding() -> None:
    page = '<meta charset="iso-8859-1"><p>été</p>'
    assert read(page.encode("latin-1"), "x.htm").text == "été"


@pytest.mark.parametrize(
    ("encoding", "warned"),
    [
        ("utf-8", False),
        ("utf-8-sig", False),
        ("utf-16", False),
        ("utf-16-le", True),
        ("utf-16-be", True),
        ("cp1252", True),
    ],
)
def test_encodings(encoding: str, warned: bool) -> None:
    reading = reading_of("Le marché est conclu.".encode(encoding), "x.txt")
    assert reading.documents[0].text == "Le marché est conclu."
    assert bool(reading.warnings) is warned


def test_bytes_that_are_no_text_are_said() -> None:
    assert problem(bytes(range(256)) * 20, "x.txt") == "le contenu n'est pas du texte"
    assert problem(b" \n \n", "x.txt") == "aucun texte dans le fichier"
    assert problem(b"x", "x.xyz").startswith("format inconnu (.xyz) ; formats lus : PDF")
    assert problem(b"x", "x.doc") == (
        "format inconnu (.doc) ; ancien format Word : enregistrez-le en .docx"
    )


@pytest.mark.parametrize("mark", [";", ",", "\t", "|"])
def test_csv_rows_keep_their_line(mark: str) -> None:
    rows = [["date", "montant"], ["2026-01-02", '"60\n000"'], [], ["2026-01-03", "12"]]
    document = read("\r\n".join(mark.join(row) for row in rows).encode(), "factures.csv")
    assert document.text == "date | montant\n2026-01-02 | 60 000\n\n2026-01-03 | 12"
    assert document.headings[0].text == "date | montant"
    (passage,) = passages_of(document)
    assert passage.locator == "factures.csv, lignes 2 à 4"


@pytest.mark.parametrize(
    "rows",
    [
        ["Bordereau des prix, lot 2", "Référence;Désignation;PU HT", "R1;Chaise;12,50"],
        ["Désignation;PU HT", '"Chaise, bois, lot 2, salle 3";12', "Table;30"],
    ],
)
def test_the_separator_of_a_csv_is_the_one_of_most_lines(rows: list[str]) -> None:
    text = read("\n".join(rows).encode(), "BPU.csv").text
    assert text == "\n".join(rows).replace(";", " | ").replace('"', "")


ARTICLE = {
    "code": "Code de la commande publique",
    "num": "R2122-8",
    "chemin": ["Partie réglementaire", "Livre I"],
    "texte": "Premier alinéa.\nSecond alinéa.",
    "etat": "MODIFIE",
    "valide_du": "2020-01-01",
    "valide_au": "2026-03-31",
    "controle": "texte au 2026-08-23",
}


def law(*lines: Mapping[str, object] | str) -> FileReading:
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    return read_bytes(text.encode(), "code.jsonl", Kind.RULES)


def test_an_article_of_law_and_its_days() -> None:
    (article,) = law(ARTICLE).documents
    assert article.reference == "R2122-8"
    assert article.path == ("Partie réglementaire", "Livre I")
    assert (article.valid_from, article.valid_to) == (date(2020, 1, 1), date(2026, 4, 1))
    assert article.state_date == date(2026, 8, 23)
    assert article.text == "Premier alinéa.\nSecond alinéa."


def test_a_day_of_checking_that_there_is_not_refuses_its_line_only() -> None:
    reading = law(ARTICLE, {**ARTICLE, "controle": "texte au 2026-02-30"})
    assert len(reading.documents) == 1
    said = "lignes ignorées, champ « controle » qui n'est pas une date : 2"
    assert reading.warnings == (said,)


def test_titles_hold_no_character_that_misleads() -> None:
    page = "<title>Lot 2\u202e\u200b</title><p>Texte.</p>"
    assert read(page.encode(), "x.html").title == "Lot 2"
    assert read("<title>\u200b</title><p>Texte.</p>".encode(), "avis.html").title == "avis"
    (article,) = law({**ARTICLE, "chemin": ["Livre\u202e I"]}).documents
    assert article.path == ("Livre I",)


def test_the_last_day_that_there_is_means_none() -> None:
    (article,) = law({**ARTICLE, "valide_au": "9999-12-31"}).documents
    assert (article.valid_from, article.valid_to) == (date(2020, 1, 1), None)


def test_malformed_lines_are_named_and_the_rest_goes_on() -> None:
    unknown_state = {**ARTICLE, "etat": "NOUVEAU"}
    reading = law(ARTICLE, "{", "[]", "", {**ARTICLE, "num": ""}, unknown_state, ARTICLE, "{,")
    assert len(reading.documents) == 1
    assert reading.warnings == (
        "lignes ignorées, JSON invalide : 2, 8",
        "lignes ignorées, objet JSON attendu : 3",
        "lignes ignorées, champ « num » absent ou vide : 5",
        "lignes ignorées, état inconnu : 6",
        "lignes ignorées, article déjà lu plus haut : 7",
    )
    assert (
        law("{}").problem
        == "aucun article lisible ; lignes ignorées, champ « texte » absent ou vide : 1"
    )


def test_the_state_and_the_public_page_of_an_article_are_read() -> None:
    (article,) = law({**ARTICLE, "id": "LEGIARTI000000000001"}).documents
    assert article.state is State.CHANGED
    assert article.address is not None
    assert article.address.endswith("/LEGIARTI000000000001")
    (other,) = law({**ARTICLE, "id": "autre chose", "etat": None}).documents
    assert (other.state, other.address) == (None, None)


@pytest.mark.parametrize(
    "ended",
    [
        {**ARTICLE, "valide_au": None},
        {"num": "R2122-8", "texte": "Un texte remplacé.", "motif": "remplacé"},
        {**ARTICLE, "etat": "ANNULE"},
    ],
)
def test_a_version_without_an_end_that_is_known_is_kept_and_never_cited(
    ended: Mapping[str, object],
) -> None:
    reading = law(ended)
    (version,) = reading.documents
    assert reading.warnings == ("versions jamais citées, sans date de fin ou annulées : 1",)
    assert version.reference == "R2122-8"
    assert passages_of(version) == ()


def test_equal_bytes_have_equal_ids() -> None:
    def ids(data: bytes, source: str) -> list[str]:
        reading = read_bytes(data, source, Kind.RULES)
        return [passage.id for document in reading.documents for passage in passages_of(document)]

    assert ids(SHEET.encode(), "a.md") == ids(SHEET.encode(), "b.md")
    assert ids(SHEET.encode(), "a.md") != ids(SHEET.encode() + b"\nFin.", "a.md")


def test_a_reading_survives_the_passage_between_processes() -> None:
    for reading in (law(ARTICLE, "{"), reading_of(SHEET.encode(), "a.md"), reading_of(b"", "a.md")):
        assert reading_json.validate_json(to_json(reading)) == reading
    with pytest.raises(ValueError, match="validation error"):
        reading_json.validate_json(b'{"source": "x", "documents": [{}]}')
    (article,) = reading_json.validate_json(to_json(law(ARTICLE))).documents
    assert isinstance(article, Document)
    assert isinstance(article.state, State)
