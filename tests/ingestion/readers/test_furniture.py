"""Heads, feet and contents are kept and set aside; what pages say never is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.chunking.passages import passages_of
from ingestion.chunking.places import page_numbers
from ingestion.documents.document import Document, Kind
from ingestion.readers.content import clean_text
from ingestion.readers.formats import read_bytes
from ingestion.readers.fragments import Fragment
from ingestion.readers.paragraphs import Joiner, blocks_of_pages, is_furniture, set_apart
from ingestion.readers.pdf import lines_of

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


def test_a_wrapped_entry_of_contents_is_one_entry() -> None:
    wrapped = ["3 EXIGENCES DU MAÎTRE", "D'OUVRAGE ........ 2"]
    pages = {1: ["Sommaire", *wrapped], 2: ["3 EXIGENCES DU MAÎTRE D'OUVRAGE", "Un an."]}
    kept = set_apart(pages)
    assert kept.body[1] == ["Sommaire"]
    assert kept.aside == tuple((1, line) for line in wrapped)


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


# Fragments into lines, lines into paragraphs


LONG = "Le présent marché porte sur la fourniture et la livraison de mobilier"


def fragments(*placed: tuple[str, float, float]) -> list[Fragment]:
    return [Fragment(text, x, y, 10) for text, x, y in placed]


def test_cells_on_one_baseline_are_a_row() -> None:
    placed = [("Audit\n", 60, 500), ("jour\n", 200, 500), ("900 €\n", 300, 500), ("Fin\n", 60, 480)]
    assert lines_of(fragments(*placed)) == ["Audit | jour | 900 €", "Fin"]


def test_a_cell_of_several_lines_stays_one_cell() -> None:
    placed = [("Audit de la\n", 60, 500), ("solution\n", 60, 488), ("900 €\n", 300, 500)]
    assert lines_of(fragments(*placed)) == ["Audit de la solution | 900 €"]


def test_cells_centred_on_their_row_stay_in_it() -> None:
    first = [("Lot 1\n", 60, 500), ("Parcs et\n", 120, 506), ("jardins\n", 120, 494)]
    second = [
        ("Lot 2\n", 60, 470),
        ("Voirie\n", 120, 470),
        ("15\n", 300, 476),
        ("sites\n", 300, 464),
    ]
    third = [(f"{text}\n", 60, 440 - 12 * n) for n, text in enumerate(("Lot", "numéro", "3"))]
    placed = [*first, ("12 sites\n", 300, 500), *second, *third, ("Stades\n", 120, 428)]
    assert lines_of(fragments(*placed)) == [
        "Lot 1 | Parcs et jardins | 12 sites",
        "Lot 2 | Voirie | 15 sites",
        "Lot numéro 3 | Stades",
    ]


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    left = [(f"gauche {n}\n", 60, 700 - 12 * n) for n in range(20)]
    right = [(f"droite {n}\n", 320, 700 - 12 * n) for n in range(20)]
    lines = lines_of(fragments(*left, *right))
    assert lines == [f"gauche {n}" for n in range(20)] + [f"droite {n}" for n in range(20)]


def test_a_bullet_or_number_belongs_to_its_text() -> None:
    placed = [
        ("•\n", 60, 500),
        ("le titulaire\n", 80, 500),
        ("12.3\n", 60, 480),
        ("Prix\n", 90, 480),
    ]
    assert lines_of(fragments(*placed)) == ["• le titulaire", "12.3 Prix"]


RAISED = [
    ("un délai de 30\n", 60, 500, 10),
    ("2\n", 134, 504, 7),
    (" jours, 25 000", 138, 500, 10),
    ("1", 138, 500, 7),  # raised by the text itself, which its origin does not tell
    (" euros, CO", 138, 500, 10),
    ("2\n", 190, 498, 7),
    ("1\n", 60, 485, 7),
    ("Hors options, 10\n", 64, 482, 8),
    ("(3)\n", 124, 485, 5),
    ("40\n", 300, 482, 8),
]


def test_digits_above_a_line_are_no_part_of_the_number_before_them() -> None:
    assert lines_of(Fragment(*each) for each in RAISED) == [
        "un délai de 30² jours, 25 000¹ euros, CO2",
        "1",
        "Hors options, 10⁽³⁾ | 40",
    ]


def test_small_digits_of_another_cell_are_a_cell() -> None:
    placed = [("Minimum 10\n", 60, 500, 10), ("2\n", 300, 504, 7), ("20", 60, 450, 10)]
    assert lines_of([Fragment(*each) for each in placed]) == ["Minimum 10 | 2", "20"]


def test_a_change_of_font_inside_a_line_cuts_nothing() -> None:
    placed = [("Le titulaire ", 60, 500), ("doit", 125, 500), (" livrer.\n", 145, 500)]
    assert lines_of(fragments(*placed)) == ["Le titulaire doit livrer."]


def joined(*lines: str) -> list[str]:
    return [block.text for block in Joiner.for_lines(lines).blocks(lines)]


def test_wrapped_lines_become_a_paragraph() -> None:
    assert joined(LONG, "scolaire.", "Il est conclu pour un an.") == [
        f"{LONG} scolaire.",
        "Il est conclu pour un an.",
    ]
    assert joined(LONG + " Ville", "Direction des achats") == [f"{LONG} Ville Direction des achats"]


def test_a_reference_cut_at_the_line_end_is_mended() -> None:
    assert joined(
        "au sens de l'article L5212-", "13 du code", "et selon l'article", "", "R. 2122-8"
    ) == ["au sens de l'article L5212-13 du code et selon l'article R. 2122-8"]


def test_a_word_cut_at_the_line_end_is_mended_and_a_compound_kept() -> None:
    assert joined(f"{LONG} adminis-", "tratif") == [f"{LONG} administratif"]
    assert joined(f"{LONG} peut-", "être") == [f"{LONG} peut-être"]
    assert joined("sous-traitant", "", f"{LONG} sous-", "traitant")[1] == f"{LONG} sous-traitant"


def test_a_word_that_another_hyphen_cuts_is_mended() -> None:
    (block,) = blocks_of_pages({1: "Les pres\u2010\n\ncriptions du lot."})
    assert block.text == "Les prescriptions du lot."


def test_items_and_addresses_stay_on_their_lines() -> None:
    lines = [
        "• un délai ;",
        "\uf0fc une garantie.",
        "1° Les livres ;",
        "Service des achats",
        "12 rue Haute",
    ]
    assert joined(*lines) == [
        "- un délai ;",
        "- une garantie.",
        "1° Les livres ;",
        "Service des achats",
        "12 rue Haute",
    ]


@pytest.mark.parametrize("signs", ["■□", "✓○", "●○", "☒☐", "☑□", "\uf0fc\uf0a3", "\uf0fc○"])
def test_items_of_which_one_is_chosen_keep_their_signs(signs: str) -> None:
    chosen, empty = signs[0], signs[1]
    shown = signs.replace("\uf0a3", "☐")
    pages = {1: f"{chosen} Les variantes sont interdites.\n{empty} Les variantes sont autorisées."}
    assert [clean_text(block.text) for block in blocks_of_pages(pages)] == [
        clean_text(f"- {shown[0]} Les variantes sont interdites."),
        f"- {shown[1]} Les variantes sont autorisées.",
    ]


def test_a_box_is_kept_wherever_it_stands_and_is_never_joined_to_the_line_before() -> None:
    assert joined(LONG, "☐ Le groupement") == [LONG, "- ☐ Le groupement"]
    assert joined("● un délai", "● une garantie", "") == ["- un délai", "- une garantie"]
    assert joined("☐ | Lot 1 | 10 jours") == ["☐ | Lot 1 | 10 jours"]
    assert clean_text("\uf0fe Oui \uf0a8 Non") == "☒ Oui ☐ Non"


def test_pages_number_their_blocks() -> None:
    assert [(block.text, block.page) for block in blocks_of_pages({3: "Un.", 7: "Deux."})] == [
        ("Un.", 3),
        ("Deux.", 7),
    ]


def test_unseen_characters_are_left_out() -> None:
    assert clean_text("e\u0301te\u0301 \ufb01n\u200b\U000e0041 l\x92an\x1b[31m\x00 a\u2028b") == (
        "été fin l’an a\nb"
    )
