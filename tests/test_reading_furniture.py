"""Heads, feet and contents are kept and set aside; what pages say never is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.chunking.passages import page_numbers, passages_of
from ingestion.readers.documents import Document, Kind
from ingestion.readers.formats import read_bytes
from ingestion.readers.paragraphs import is_furniture, set_apart

LOTS = 5
PENALTY = "Pénalité de retard : {} € par jour"


def body(pages: dict[int, list[str]]) -> dict[int, list[str]]:
    return set_apart(pages).body


def written(pages: dict[int, list[str]]) -> Document:
    """A document as it is read from a file converted from a PDF."""
    text = "\n".join(f"## Page {number}\n\n" + "\n".join(lines) for number, lines in pages.items())
    reading = read_bytes(text.encode(), "CCAP.md", Kind.TENDER)
    [document] = reading.documents
    return document


def searched(document: Document) -> str:
    return "\n".join(passage.text for passage in passages_of(document))


@pytest.mark.parametrize("foot", [[], ["Commune de Zéphir", "{}/6"], ["Page {}"]])
def test_a_document_of_one_page_a_lot_keeps_each(foot: list[str]) -> None:
    pages = {1: ["Consultation de la commune", "Objet : mobilier des écoles", "Allotissement"]}
    for number in range(2, LOTS + 2):
        said = [f"Lot {number - 1}", "Mobilier", PENALTY.format(100 * number)]
        pages[number] = [*said, *(line.format(number) for line in foot)]
    read = searched(written(pages))
    for number in range(2, LOTS + 2):
        assert f"Lot {number - 1}" in read
        assert PENALTY.format(100 * number) in read


@pytest.mark.parametrize(
    "line",
    [
        "Lot A",
        "Pénalité : 150",
        "Pénalité : 150 €",
        "Montant : cent cinquante euros",
        "Remise sous trente jours",
        "Remise le 12/03/2026",
        "Article 4",
        "4.2 Prix",
        "Voir l’article R. 2122-8",
        "Taux : 5 %",
        "150",
    ],
)
def test_what_tells_something_is_no_furniture_however_often_it_stands(line: str) -> None:
    assert not is_furniture(dict.fromkeys(range(1, 10), line))


def test_the_title_of_a_contract_may_count_its_lots() -> None:
    assert is_furniture(dict.fromkeys(range(1, 10), "Accord-cadre d'entretien (deux lots)"))


def test_pages_that_say_the_same_all_stay() -> None:
    pages = {number: ["Annexe à remplir", "Sans objet.", f"{number}/4"] for number in range(1, 5)}
    assert set(map(tuple, body(pages).values())) == {("Annexe à remplir", "Sans objet.")}


def test_headings_that_count_like_pages_are_no_furniture() -> None:
    pages = {n: [f"Article {n}", "suite" + "x" * n] for n in range(1, 7)}
    assert body(pages)[4] == ["Article 4", "suitexxxx"]
    pages = {n: [f"Fiche {n}", "suite" + "x" * n] for n in range(1, 7)}
    assert body(pages)[4] == ["Fiche 4", "suitexxxx"]


def test_footers_with_a_shifted_page_number_are_set_aside() -> None:
    pages = {n: [f"texte {n * 7}", "suite" + "x" * n, f"CCAP – {n - 1}/9"] for n in range(2, 8)}
    kept = set_apart(pages)
    assert kept.body[2] == ["texte 14", "suitexx", "CCAP – 1/9"]
    assert kept.body[3] == ["texte 21", "suitexxx"]
    assert kept.aside == tuple((n, f"CCAP – {n - 1}/9") for n in range(3, 8))


def test_a_line_within_what_a_page_says_is_no_edge_of_it() -> None:
    pages = {n: [f"Poste {n} bis", "Désignation", *"abcdefgh"] for n in range(1, 7)}
    assert body(pages)[4][:2] == ["Poste 4 bis", "Désignation"]


def test_a_price_with_leaders_is_no_entry_of_contents() -> None:
    assert body({1: ["Montant HT ........ 3"]}) == {1: ["Montant HT ........ 3"]}


def test_an_entry_of_contents_whose_words_stand_nowhere_else_is_none() -> None:
    pages = {1: ["Sommaire", "Durée ........ 2", "Lot 2 ....... 2"], 2: ["Durée", "Un an."]}
    kept = set_apart(pages)
    assert kept.body[1] == ["Sommaire", "Lot 2 ....... 2"]
    assert kept.aside == ((1, "Durée ........ 2"),)


PAGES = {
    n: ["Commune de Zéphir", f"Clause {'x' * n}", f"Elle court{'e' * n} à", f"Page {n}/5"]
    for n in range(1, 6)
}


def test_furniture_is_kept_marked_and_not_searched() -> None:
    document = written(PAGES)
    texts = [document.text[each.start : each.end] for each in document.furniture]
    assert texts == ["Page 1/5"] + [
        line for n in range(2, 6) for line in ("Commune de Zéphir", f"Page {n}/5")
    ]
    assert [page_numbers(document, each.start, each.end) for each in document.furniture] == [
        (each.page, each.page) for each in document.furniture
    ]
    assert "Page" not in searched(document)
    assert searched(document).count("Commune de Zéphir") == 1
    assert "Elle courtee à\nClause xxx" in searched(document)


def test_what_is_set_aside_is_said_and_is_no_warning() -> None:
    text = "\n".join(f"## Page {n}\n\n" + "\n".join(lines) for n, lines in PAGES.items())
    reading = read_bytes(text.encode(), "CCAP.md", Kind.TENDER)
    assert reading.warnings == ()
    assert reading.remarks == (
        "gardé et montré, mais non cherché : lignes répétées en tête ou en pied de page "
        "(4 : « Commune de Zéphir »), numéros de page (5)",
    )


def test_what_stands_before_the_first_page_is_read() -> None:
    [document] = read_bytes(
        b"Avertissement utile.\n\n## Page 1\n\nUn.\n\n## Page 2\n\nDeux.\n", "a.md", Kind.TENDER
    ).documents
    assert document.text == "Avertissement utile.\nUn.\nDeux."


LINES = st.sampled_from(
    [
        "Commune de Zéphir",
        "Lot {}",
        "Page {}",
        "{}/9",
        "{}",
        "CCAP | {}",
        "Marché n° 2026-07",
        "Pénalité : 150 €",
        "Prix : {} €",
        "Remise sous trente jours",
        "le 12/03/2026",
        "Article {}",
        "Sans objet.",
        "",
    ]
)
DOCUMENTS = st.lists(st.lists(LINES, max_size=9), min_size=1, max_size=9).map(
    lambda pages: {
        number: [line.format(number) for line in lines] for number, lines in enumerate(pages, 1)
    }
)
COUNTS_ITS_PAGE = re.compile(r"(?:CCAP \| |Page )?{}(?:/9)?")


@settings(max_examples=300, deadline=None)
@given(DOCUMENTS)
def test_no_line_is_lost_and_none_with_a_figure_is_set_aside(pages: dict[int, list[str]]) -> None:
    kept = set_apart(pages)
    for number, lines in pages.items():
        aside = [line for page, line in kept.aside if page == number]
        assert sorted(kept.body[number] + aside) == sorted(lines)
        for line in aside:
            bare = line.replace("n° 2026-07", "")
            figure = re.search(r"\d|trente", bare)
            assert not figure or re.fullmatch(COUNTS_ITS_PAGE.pattern.format(number), line)
            assert not line.startswith(("Lot", "Article"))


@settings(max_examples=150, deadline=None)
@given(DOCUMENTS.filter(lambda pages: any(map(any, pages.values()))))
def test_offsets_hold_with_furniture(pages: dict[int, list[str]]) -> None:
    text = "## Page 0\n\nDébut.\n" + "\n".join(
        f"## Page {number}\n\n" + "\n".join(lines) for number, lines in pages.items()
    )
    [document] = read_bytes(text.encode(), "CCAP.md", Kind.TENDER).documents
    passages = passages_of(document, size=80, overlap=10)
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert passage.end <= document.body_end
    for each in document.furniture:
        line = document.text[each.start : each.end]
        assert line in [said.strip() for said in pages[each.page]]
        assert page_numbers(document, each.start, each.end) == (each.page, each.page)
